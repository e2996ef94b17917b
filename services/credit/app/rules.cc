#include "credit/app/rules.h"

#include "credit/adapters/command_codec.h"
#include "service/rules_section.h"

namespace guarantee::credit {
namespace {

using nlohmann::json;

constexpr const char* kDecider = "rules";
constexpr const char* kLimitKey = "limit";
constexpr const char* kDaysKey = "valid_days";

tl::unexpected<Error> Unfit(const char* rule, const std::string& key) {
  return Refused("rules", rule, "credit." + key);
}

Result<Money> ReadLimit(const json& credit) {
  const auto limit = credit.find(kLimitKey);
  if (limit == credit.end() || !limit->is_string()) {
    return Unfit("must be an amount", kLimitKey);
  }
  const Result<Money> amount = Money::Parse(limit->get<std::string>());
  if (!amount || *amount <= Money{}) {
    return Unfit("must be an amount above zero", kLimitKey);
  }
  return *amount;
}

Result<int> ReadDays(const json& credit) {
  const auto days = credit.find(kDaysKey);
  if (days == credit.end() || !days->is_number_integer() || *days < 1 || *days > kValidDaysMax) {
    return Unfit("must be 1 to 3650 days", kDaysKey);
  }
  return days->get<int>();
}

}  // namespace

Result<std::optional<Rules>> ReadRules(std::string_view text) {
  const Result<std::optional<json>> credit =
      service::RulesSection(text, "credit", {kLimitKey, kDaysKey});
  if (!credit) return tl::unexpected(credit.error());
  if (!*credit) return std::optional<Rules>{};
  const Result<Money> limit = ReadLimit(**credit);
  if (!limit) return tl::unexpected(limit.error());
  const Result<int> days = ReadDays(**credit);
  if (!days) return tl::unexpected(days.error());
  return std::optional<Rules>{Rules{*limit, *days}};
}

std::optional<Command> DecideByRules(const Rules& rules, const Credit& row, UnixMillis now) {
  const Application* open = OpenApplication(row);
  if (open == nullptr || ReservedOf(row) > rules.limit) return std::nullopt;
  return Grant{{"grant-" + open->business_no, kDecider, {}, 0},
               open->business_no,
               rules.limit,
               now,
               LastMomentOfDay(now, rules.valid_days)};
}

}  // namespace guarantee::credit
