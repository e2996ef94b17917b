#include "invoice/options.h"

#include <iterator>

#include "invoice/app/invoice_work.h"

namespace guarantee::invoice {
namespace {

using runtime::ConfigKey;
using runtime::KeyKind;

constexpr ConfigKey kKeys[] = {
    {.name = "invoice.rules_file",
     .kind = KeyKind::kFile,
     .help = "what is decided at once; empty: nothing"},
    {.name = "invoice.numbers_demonstration",
     .kind = KeyKind::kBoolean,
     .fallback = "false",
     .help = "allow the rules file's invoice numbers; refused outside development"},
};

}  // namespace

std::vector<ConfigKey> InvoiceKeys() { return {std::begin(kKeys), std::end(kKeys)}; }

std::vector<std::string> Topics() {
  return {kRequestsTopic,
          kDecisionsTopic,
          kNoticeEventsTopic,
          kEventsTopic,
          kStateTopic,
          "guarantee.notices.v1",
          std::string(kRequestsTopic) + ".dlq",
          std::string(kDecisionsTopic) + ".dlq",
          std::string(kNoticeEventsTopic) + ".dlq"};
}

Result<InvoiceOptions> ReadOptions(const runtime::Config& config, const node::Node& node) {
  InvoiceOptions options;
  options.process_name = node.process_name();
  options.alone = node.alone();
  options.rules_file = config.Text("invoice.rules_file");
  options.demonstration_numbers = config.Boolean("invoice.numbers_demonstration");
  if (options.demonstration_numbers && node.environment() != partner::Environment::kDevelopment) {
    return Refused("config", "demonstration numbers are for development only",
                   "invoice.numbers_demonstration");
  }
  return options;
}

}  // namespace guarantee::invoice
