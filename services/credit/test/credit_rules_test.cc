// The rules file, and what the rules decide.
#include <gtest/gtest.h>

#include <string>

#include "contract/formats.h"
#include "credit/app/credit_work.h"
#include "credit/app/rules.h"

namespace guarantee::credit {
namespace {

TEST(CreditRulesFile, TermsAreRead_OthersSectionsAreTheirs) {
  const auto rules =
      ReadRules(R"({"order": {"x": 1}, "credit": {"limit": "100.50", "valid_days": 365}})");
  ASSERT_TRUE(rules.has_value() && *rules);
  EXPECT_EQ((*rules)->limit, Money{10'050});
  EXPECT_EQ((*rules)->valid_days, 365);
  const auto none = ReadRules(R"({"order": {}})");
  ASSERT_TRUE(none.has_value());
  EXPECT_FALSE(none->has_value());
}

TEST(CreditRulesFile, MistakesAreRefusedByName) {
  const auto field = [](const std::string& inside) {
    const auto rules = ReadRules(R"({"credit": {)" + inside + "}}");
    return rules ? std::string("taken") : rules.error().field;
  };
  EXPECT_EQ(ReadRules("[]").error().code, "rules");
  EXPECT_EQ(ReadRules(R"({"credit": 1})").error().field, "credit");
  EXPECT_EQ(field(R"("limit": "5", "valid_days": 3650)"), "taken");
  EXPECT_EQ(field(R"("valid_days": 1)"), "credit.limit");
  EXPECT_EQ(field(R"("limit": 5, "valid_days": 1)"), "credit.limit");
  EXPECT_EQ(field(R"("limit": "0.00", "valid_days": 1)"), "credit.limit");
  EXPECT_EQ(field(R"("limit": "-5", "valid_days": 1)"), "credit.limit");
  EXPECT_EQ(field(R"("limit": "5")"), "credit.valid_days");
  EXPECT_EQ(field(R"("limit": "5", "valid_days": 0)"), "credit.valid_days");
  EXPECT_EQ(field(R"("limit": "5", "valid_days": 3651)"), "credit.valid_days");
  EXPECT_EQ(field(R"("limit": "5", "valid_days": "1")"), "credit.valid_days");
  EXPECT_EQ(field(R"("limit": "5", "valid_days": 1, "more": 1)"), "credit.more");
}

Credit Row(State state) {
  Credit row;
  row.applications.push_back({});
  row.applications.back().business_no = "CREDIT-1";
  row.applications.back().state = state;
  return row;
}

TEST(CreditRules, GrantTheOpenApplicationOnly) {
  const Rules rules{Money{500}, 1};
  const UnixMillis now = contract::ParseTime("2026-02-27 23:30:00").value();
  const auto grant = std::get<Grant>(DecideByRules(rules, Row(State::kApplied), now).value());
  EXPECT_EQ(grant.business_no, "CREDIT-1");
  EXPECT_EQ(grant.limit, Money{500});
  EXPECT_EQ(grant.valid_begin, now);
  EXPECT_EQ(grant.valid_end + 1, contract::ParseTime("2026-03-01 00:00:00").value());
  EXPECT_FALSE(DecideByRules(rules, {}, now));
  for (const State state : {State::kGranted, State::kDeclined, State::kWithdrawn, State::kLapsed}) {
    EXPECT_FALSE(DecideByRules(rules, Row(state), now));
  }
}

TEST(CreditRules, MoreReservedThanTheLimit_IsForPeople) {
  Credit row = Row(State::kApplied);
  row.reservations = {{"demo/order/1", "1", {500}, false}};
  EXPECT_TRUE(DecideByRules({Money{500}, 1}, row, {1}));
  EXPECT_FALSE(DecideByRules({Money{499}, 1}, row, {1}));
}

TEST(CreditTimers, NameComesBack) {
  const auto passed = TimerOf(TimerName("CREDIT:1"), {7});
  ASSERT_TRUE(passed.has_value());
  EXPECT_EQ(passed->business_no, "CREDIT:1");
  EXPECT_EQ(passed->due, UnixMillis{7});
  EXPECT_FALSE(TimerOf("other:1", {7}));
}

}  // namespace
}  // namespace guarantee::credit
