#include "claim/wiring.h"

#include <utility>
#include <vector>

#include "claim/app/calendar_file.h"
#include "claim/app/claim_desk.h"
#include "claim/app/rules.h"
#include "runtime/file.h"

namespace guarantee::claim {
namespace {

constexpr std::size_t kFileBytesMax = 256U << 10;

Result<std::shared_ptr<const Policy>> MakePolicy(const ClaimOptions& options) {
  if (options.contact_name.empty()) {
    return Refused("claim.contact", "must be set: payments name it", "claim.contact_name");
  }
  if (options.contact_phone.empty()) {
    return Refused("claim.contact", "must be set: payments name it", "claim.contact_phone");
  }
  std::string calendar;
  if (!options.calendar_file.empty()) {
    Result<std::string> text = runtime::ReadFile(options.calendar_file, kFileBytesMax, "claim.file",
                                                 "claim.calendar_file");
    if (!text) return tl::unexpected(text.error());
    calendar = std::move(*text);
  }
  Result<std::vector<std::int32_t>> days = ReadCalendar(calendar);
  if (!days) return tl::unexpected(days.error());
  Policy policy;
  policy.contact_name = options.contact_name;
  policy.contact_phone = options.contact_phone;
  policy.non_working_days = std::move(*days);
  return std::make_shared<const Policy>(std::move(policy));
}

Result<std::optional<Rules>> MakeRules(const ClaimOptions& options) {
  if (options.rules_file.empty()) return std::optional<Rules>{};
  const Result<std::string> text =
      runtime::ReadFile(options.rules_file, kFileBytesMax, "claim.file", "claim.rules_file");
  if (!text) return tl::unexpected(text.error());
  return ReadRules(*text);
}

}  // namespace

Result<std::unique_ptr<host::Host>> StartClaim(
    const ClaimOptions& options, messaging::Bus& bus, sql::Database& database,
    std::shared_ptr<const contract::Contract> contract,
    std::shared_ptr<const partner::PartnerDirectory> partners, const Clock& clock) {
  const Result<std::shared_ptr<const Policy>> policy = MakePolicy(options);
  if (!policy) return tl::unexpected(policy.error());
  const Result<std::optional<Rules>> rules = MakeRules(options);
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
    ClaimDesk::Dependencies needs;
    needs.tools = std::move(tools);
    needs.contract = contract;
    needs.policy = [partners, policy = *policy](const std::string& partner) {
      return partners->FindPartner(partner) ? policy : nullptr;
    };
    needs.rules = *rules;
    return std::make_unique<ClaimDesk>(std::move(needs));
  };
  return host::Host::Start(std::move(host), bus, database, contract, make, clock);
}

}  // namespace guarantee::claim
