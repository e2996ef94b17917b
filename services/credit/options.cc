#include "credit/options.h"

#include <iterator>

#include "credit/app/credit_work.h"

namespace guarantee::credit {
namespace {

using runtime::ConfigKey;
using runtime::KeyKind;

constexpr ConfigKey kKeys[] = {
    {.name = "credit.rules_file",
     .kind = KeyKind::kFile,
     .help = "what is decided at once; empty: nothing"},
    {.name = "credit.minimum_amount",
     .required = true,
     .help = "the product's smallest guarantee, yuan: what 3.21 asks a line for"},
};

}  // namespace

std::vector<ConfigKey> CreditKeys() { return {std::begin(kKeys), std::end(kKeys)}; }

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

CreditOptions ReadOptions(const runtime::Config& config, const node::Node& node) {
  CreditOptions options;
  options.process_name = node.process_name();
  options.alone = node.alone();
  options.rules_file = config.Text("credit.rules_file");
  options.minimum_amount = config.Text("credit.minimum_amount");
  return options;
}

}  // namespace guarantee::credit
