#include "credit/wiring.h"

#include <utility>

#include "credit/app/credit_desk.h"
#include "credit/app/rules.h"
#include "runtime/file.h"

namespace guarantee::credit {
namespace {

constexpr std::size_t kFileBytesMax = 256U << 10;
constexpr const char* kRulesKey = "credit.rules_file";
constexpr const char* kMinimumKey = "credit.minimum_amount";

Result<std::optional<Rules>> MakeRules(const std::string& path) {
  if (path.empty()) return std::optional<Rules>{};
  const Result<std::string> text = runtime::ReadFile(path, kFileBytesMax, "credit.file", kRulesKey);
  if (!text) return tl::unexpected(text.error());
  return ReadRules(*text);
}

Result<Money> MakeMinimum(const std::string& text) {
  const Result<Money> amount = Money::Parse(text);
  if (amount && *amount > Money{}) return *amount;
  return Refused("credit.minimum", "must be an amount above zero: 3.21 is answered by it",
                 kMinimumKey);
}

}  // namespace

Result<std::unique_ptr<host::Host>> StartCredit(
    const CreditOptions& options, messaging::Bus& bus, sql::Database& database,
    std::shared_ptr<const contract::Contract> contract,
    std::shared_ptr<const partner::PartnerDirectory> partners, const Clock& clock) {
  const Result<Money> minimum = MakeMinimum(options.minimum_amount);
  if (!minimum) return tl::unexpected(minimum.error());
  const Result<std::optional<Rules>> rules = MakeRules(options.rules_file);
  if (!rules) return tl::unexpected(rules.error());
  host::HostOptions host;
  host.group = kGroup;
  host.process_name = options.process_name;
  host.alone = options.alone;
  host.requests_topic = kRequestsTopic;
  host.state_topic = kStateTopic;
  host.foreign_topics = {kDecisionsTopic};
  host.waiting_kind = kWaitingKind;
  host.request_limit_ms = options.request_limit_ms;
  host.partners = partners->Ids();
  host.attachments = {contract, partners, kEventsTopic};
  const auto make = [&](service::DeskTools tools) -> Result<std::unique_ptr<service::Desk>> {
    CreditDesk::Dependencies needs;
    needs.tools = std::move(tools);
    needs.contract = contract;
    needs.knows_partner = [partners](const std::string& partner) {
      return partners->FindPartner(partner) != nullptr;
    };
    needs.rules = *rules;
    needs.minimum_amount = *minimum;
    return std::make_unique<CreditDesk>(std::move(needs));
  };
  return host::Host::Start(std::move(host), bus, database, contract, make, clock);
}

}  // namespace guarantee::credit
