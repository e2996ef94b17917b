#include "claim/app/rules.h"

#include "service/rules_section.h"

namespace guarantee::claim {
namespace {

using nlohmann::json;

// Two principals, as for people.
constexpr const char* kMaker = "rules";
constexpr const char* kChecker = "rules-second";
constexpr const char* kLimitKey = "pay_up_to";

DecisionHead Head(const Claim& claim, const char* step, const char* by) {
  return {std::string(step) + "-" + claim.business_no, by, {}, 0};
}

}  // namespace

Result<std::optional<Rules>> ReadRules(std::string_view text) {
  const Result<std::optional<json>> found = service::RulesSection(text, "claim", {kLimitKey});
  if (!found) return tl::unexpected(found.error());
  if (!*found) return std::optional<Rules>{};
  const json& claim = **found;
  const auto limit = claim.find(kLimitKey);
  if (limit == claim.end() || !limit->is_string()) {
    return Refused("rules", "must be an amount", std::string("claim.") + kLimitKey);
  }
  const Result<Money> amount = Money::Parse(limit->get<std::string>());
  if (!amount) return Refused("rules", "must be an amount", std::string("claim.") + kLimitKey);
  return std::optional<Rules>{Rules{*amount}};
}

std::optional<Command> DecideByRules(const Rules& rules, const Claims& row, UnixMillis now) {
  const Claim* claim = OpenClaim(row);
  if (claim == nullptr || claim->own) return std::nullopt;
  const std::string& number = claim->business_no;
  if (claim->state == State::kPaying) {
    return ConfirmPayment{Head(*claim, "confirm", kMaker), number, "rules-" + number, {}, now};
  }
  const Money demand = DemandOf(row, *claim);
  if (claim->hold != Hold::kHeld || demand > rules.pay_up_to) return std::nullopt;
  if (claim->match == Match::kDiffers) return Refuse{Head(*claim, "refuse", kMaker), number, {}};
  if (claim->match == Match::kOpen) return std::nullopt;
  const bool first = claim->approvals.empty();
  return ApprovePayment{
      Head(*claim, first ? "approve" : "approve-second", first ? kMaker : kChecker), number,
      demand};
}

}  // namespace guarantee::claim
