#include "invoice/wiring.h"

#include <utility>

#include "invoice/app/invoice_desk.h"
#include "invoice/app/rules.h"
#include "runtime/file.h"

namespace guarantee::invoice {
namespace {

constexpr std::size_t kFileBytesMax = 256U << 10;
constexpr const char* kRulesField = "invoice.rules_file";

// Whether the rules issue.
Result<bool> MakeRules(const InvoiceOptions& options) {
  if (options.rules_file.empty()) return false;
  const Result<std::string> text =
      runtime::ReadFile(options.rules_file, kFileBytesMax, "invoice.file", kRulesField);
  if (!text) return tl::unexpected(text.error());
  Result<bool> issue = ReadRules(*text);
  if (issue && *issue && !options.demonstration_numbers) {
    return Refused("rules", "a number from the rules is for demonstration only",
                   "invoice.numbers_demonstration");
  }
  return issue;
}

}  // namespace

Result<std::unique_ptr<host::Host>> StartInvoice(
    const InvoiceOptions& options, messaging::Bus& bus, sql::Database& database,
    std::shared_ptr<const contract::Contract> contract,
    std::shared_ptr<const partner::PartnerDirectory> partners, const Clock& clock) {
  const Result<bool> issue = MakeRules(options);
  if (!issue) return tl::unexpected(issue.error());
  host::HostOptions host;
  host.group = kGroup;
  host.process_name = options.process_name;
  host.alone = options.alone;
  host.requests_topic = kRequestsTopic;
  host.state_topic = kStateTopic;
  host.foreign_topics = {kDecisionsTopic, kNoticeEventsTopic};
  host.waiting_kind = kWaitingKind;
  host.request_limit_ms = options.request_limit_ms;
  host.partners = partners->Ids();
  const auto make = [&](service::DeskTools tools) -> Result<std::unique_ptr<service::Desk>> {
    InvoiceDesk::Dependencies needs;
    needs.tools = std::move(tools);
    needs.contract = contract;
    needs.policy = [partners](const std::string& id) -> std::optional<Policy> {
      const auto partner = partners->FindPartner(id);
      if (!partner) return std::nullopt;
      Policy policy;
      policy.relaxed = partner->tolerance.relaxed_invoice;
      return policy;
    };
    needs.issue_by_rules = *issue;
    return std::make_unique<InvoiceDesk>(std::move(needs));
  };
  return host::Host::Start(std::move(host), bus, database, contract, make, clock);
}

}  // namespace guarantee::invoice
