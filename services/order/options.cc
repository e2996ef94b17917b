#include "order/options.h"

#include "order/app/rows.h"
#include "runtime/file.h"

namespace guarantee::order {
namespace {

constexpr std::size_t kKeyFileBytesMax = 4'096;

using runtime::ConfigKey;
using runtime::KeyKind;

constexpr ConfigKey kKeys[] = {
    {.name = "order.rules_file",
     .kind = KeyKind::kFile,
     .help = "what is decided at once; empty: nothing"},
    {.name = "order.letters_demonstration",
     .kind = KeyKind::kBoolean,
     .fallback = "false",
     .help = "allow the rules file's letter; refused outside development"},
    {.name = "order.restore_early_seconds",
     .kind = KeyKind::kInteger,
     .fallback = "300",
     .least = 0,
     .most = 86'400,
     .help = "3.7 is taken this long before the opening, for clocks that differ"},
    {.name = "order.proposal_answer_hours",
     .kind = KeyKind::kInteger,
     .fallback = "72",
     .least = 1,
     .most = 8'760,
     .help = "from sending our own 3.9 until an operator is called"},
    {.name = "order.key_file",
     .kind = KeyKind::kFile,
     .required = true,
     .help = "of keyed hashes: the same file as gateway.key_file"},
    {.name = "order.storage_key_file",
     .kind = KeyKind::kFile,
     .required = true,
     .help = "opens what the gateway sealed: the same file as gateway.storage_key_file"},
};

}  // namespace

std::vector<ConfigKey> OrderKeys() { return {std::begin(kKeys), std::end(kKeys)}; }

std::vector<std::string> Topics() {
  return {kRequestsTopic,
          kDecisionsTopic,
          kNoticeEventsTopic,
          kEventsTopic,
          kStateTopic,
          "guarantee.notices.v1",
          "guarantee.requests.claim.v1",
          "guarantee.requests.credit.v1",
          "guarantee.requests.invoice.v1",
          std::string(kRequestsTopic) + ".dlq",
          std::string(kDecisionsTopic) + ".dlq",
          std::string(kNoticeEventsTopic) + ".dlq"};
}

Result<OrderOptions> ReadOptions(const runtime::Config& config, const node::Node& node) {
  OrderOptions options;
  options.process_name = node.process_name();
  options.alone = node.alone();
  options.rules_file = config.Text("order.rules_file");
  Result<sealing::StorageKeys> storage =
      sealing::StorageKeys::Load(config.Text("order.storage_key_file"));
  if (!storage) return tl::unexpected(storage.error());
  options.storage_keys = std::make_shared<const sealing::StorageKeys>(std::move(*storage));
  Result<std::string> key = runtime::ReadFile(config.Text("order.key_file"), kKeyFileBytesMax,
                                              "config", "order.key_file");
  if (!key) return tl::unexpected(key.error());
  options.key = Secret(std::move(*key));
  options.letter_policy.restore_early_ms = config.Integer("order.restore_early_seconds") * 1'000;
  options.letter_policy.proposal_answer_ms =
      config.Integer("order.proposal_answer_hours") * 3'600'000;
  options.demonstration_letters = config.Boolean("order.letters_demonstration");
  if (options.demonstration_letters && node.environment() != partner::Environment::kDevelopment) {
    return Refused("config", "demonstration letters are for development only",
                   "order.letters_demonstration");
  }
  return options;
}

}  // namespace guarantee::order
