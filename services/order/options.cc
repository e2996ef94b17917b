#include "order/options.h"

#include "order/app/order_work.h"

namespace guarantee::order {
namespace {

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
};

}  // namespace

std::vector<ConfigKey> OrderKeys() { return {std::begin(kKeys), std::end(kKeys)}; }

std::vector<std::string> Topics() {
  return {kRequestsTopic,
          kDecisionsTopic,
          kNoticeEventsTopic,
          kEventsTopic,
          "guarantee.notices.v1",
          std::string(kRequestsTopic) + ".dlq",
          std::string(kDecisionsTopic) + ".dlq",
          std::string(kNoticeEventsTopic) + ".dlq"};
}

Result<OrderOptions> ReadOptions(const runtime::Config& config, const node::Node& node) {
  OrderOptions options;
  options.process_name = node.process_name();
  options.alone = node.alone();
  options.rules_file = config.Text("order.rules_file");
  options.demonstration_letters = config.Boolean("order.letters_demonstration");
  if (options.demonstration_letters && node.environment() != partner::Environment::kDevelopment) {
    return Refused("config", "demonstration letters are for development only",
                   "order.letters_demonstration");
  }
  return options;
}

}  // namespace guarantee::order
