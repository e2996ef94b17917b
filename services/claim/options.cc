#include "claim/options.h"

#include <iterator>

#include "claim/app/claim_work.h"

namespace guarantee::claim {
namespace {

using runtime::ConfigKey;
using runtime::KeyKind;

constexpr ConfigKey kKeys[] = {
    {.name = "claim.rules_file",
     .kind = KeyKind::kFile,
     .help = "what is decided at once; empty: nothing"},
    {.name = "claim.calendar_file",
     .kind = KeyKind::kFile,
     .help = "holidays and worked weekends of the examination clock; empty: weekends only"},
    {.name = "claim.contact_name", .required = true, .help = "whom the notice of a payment names"},
    {.name = "claim.contact_phone", .required = true, .help = "and where"},
};

}  // namespace

std::vector<ConfigKey> ClaimKeys() { return {std::begin(kKeys), std::end(kKeys)}; }

std::vector<std::string> Topics() {
  return {kRequestsTopic,
          kDecisionsTopic,
          kEventsTopic,
          kStateTopic,
          kOrderRequestsTopic,
          "guarantee.notices.v1",
          std::string(kRequestsTopic) + ".dlq",
          std::string(kDecisionsTopic) + ".dlq"};
}

ClaimOptions ReadOptions(const runtime::Config& config, const node::Node& node) {
  ClaimOptions options;
  options.process_name = node.process_name();
  options.alone = node.alone();
  options.rules_file = config.Text("claim.rules_file");
  options.calendar_file = config.Text("claim.calendar_file");
  options.contact_name = config.Text("claim.contact_name");
  options.contact_phone = config.Text("claim.contact_phone");
  return options;
}

}  // namespace guarantee::claim
