// The rules file and the calendar file.
#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "claim/app/calendar_file.h"
#include "claim/app/claim_work.h"
#include "claim/app/rules.h"
#include "claim/domain/policy.h"

namespace guarantee::claim {
namespace {

TEST(ClaimRulesFile, LimitIsRead_OthersSectionsAreTheirs) {
  const auto rules = ReadRules(R"({"order": {"x": 1}, "claim": {"pay_up_to": "100.50"}})");
  ASSERT_TRUE(rules.has_value() && *rules);
  EXPECT_EQ((*rules)->pay_up_to, Money{10'050});
  const auto none = ReadRules(R"({"order": {}})");
  ASSERT_TRUE(none.has_value());
  EXPECT_FALSE(none->has_value());
}

TEST(ClaimRulesFile, MistakesAreRefusedByName) {
  EXPECT_EQ(ReadRules("[]").error().code, "rules");
  EXPECT_EQ(ReadRules(R"({"claim": 1})").error().field, "claim");
  EXPECT_EQ(ReadRules(R"({"claim": {}})").error().field, "claim.pay_up_to");
  EXPECT_EQ(ReadRules(R"({"claim": {"pay_up_to": 5}})").error().field, "claim.pay_up_to");
  EXPECT_EQ(ReadRules(R"({"claim": {"pay_up_to": "-5"}})").error().field, "claim.pay_up_to");
  EXPECT_EQ(ReadRules(R"({"claim": {"pay_up_to": "5", "more": 1}})").error().field, "claim.more");
}

Claims Row(Match match, Hold hold) {
  Claims row;
  row.guarantee.available = Money{500};
  Claim claim;
  claim.state = State::kReceived;
  claim.business_no = "CLAIM-1";
  claim.hold = hold;
  claim.match = match;
  row.claims = {claim};
  return row;
}

TEST(ClaimRules, DecideOnlyWhatIsHeldComparedAndWithinTheLimit) {
  const Rules rules{Money{500}};
  EXPECT_FALSE(DecideByRules(rules, Row(Match::kSame, Hold::kAsked), {1}));
  EXPECT_FALSE(DecideByRules(rules, Row(Match::kOpen, Hold::kHeld), {1}));
  EXPECT_FALSE(DecideByRules({Money{499}}, Row(Match::kSame, Hold::kHeld), {1}));
  Claims own = Row(Match::kSame, Hold::kHeld);
  own.claims[0].own = true;
  EXPECT_FALSE(DecideByRules(rules, own, {1}));
  EXPECT_TRUE(std::holds_alternative<Refuse>(
      *DecideByRules(rules, Row(Match::kDiffers, Hold::kHeld), {1})));
}

TEST(ClaimRules, PlayTwoPrincipals) {
  Claims row = Row(Match::kSame, Hold::kHeld);
  const auto first = std::get<ApprovePayment>(*DecideByRules({Money{500}}, row, {1}));
  row.claims[0].approvals = {{first.decision.decided_by, Money{500}}};
  const auto second = std::get<ApprovePayment>(*DecideByRules({Money{500}}, row, {1}));
  EXPECT_NE(first.decision.decided_by, second.decision.decided_by);
  EXPECT_NE(first.decision.decision_id, second.decision.decision_id);
  row.claims[0].state = State::kPaying;
  EXPECT_FALSE(std::get<ConfirmPayment>(*DecideByRules({Money{500}}, row, {1})).reference.empty());
}

bool Free(const std::vector<std::int32_t>& days, std::int32_t day) {
  return std::binary_search(days.begin(), days.end(), day);
}

// 2024-10-04 was a Friday, the 20,000th day.
TEST(ClaimCalendarFile, WeekendsHolidaysAndWorkedWeekends) {
  const auto plain = ReadCalendar("");
  ASSERT_TRUE(plain.has_value());
  EXPECT_FALSE(Free(*plain, 20'000));
  EXPECT_TRUE(Free(*plain, 20'001));
  EXPECT_TRUE(Free(*plain, 20'002));
  const auto kept = ReadCalendar("# National Day\n2024-10-04\r\n\n2024-10-05 work # made up\n");
  ASSERT_TRUE(kept.has_value());
  EXPECT_TRUE(Free(*kept, 20'000));
  EXPECT_FALSE(Free(*kept, 20'001));
  EXPECT_TRUE(std::is_sorted(kept->begin(), kept->end()));
}

TEST(ClaimCalendarFile, MistakesAreRefusedByLine) {
  for (const char* text : {"2024-13-01", "2024-02-30", "2024-1-01", "1999-01-01", "work", "x",
                           "2024-10-05 holiday", "2024-10-0a", "-024-10-05"}) {
    const auto read = ReadCalendar(std::string("\n") + text);
    ASSERT_FALSE(read.has_value()) << text;
    EXPECT_EQ(read.error().message, "line 2 is not a day");
  }
}

TEST(ClaimTimers, NamesComeBack_NumbersMayHoldColons) {
  for (const TimerKind kind : {TimerKind::kHoldAnswer, TimerKind::kExaminationWarning,
                               TimerKind::kExaminationEnd, TimerKind::kPlatformAnswer}) {
    const auto passed = TimerOf(TimerName(kind, "A:1"), {7});
    ASSERT_TRUE(passed.has_value());
    EXPECT_EQ(passed->kind, kind);
    EXPECT_EQ(passed->business_no, "A:1");
    EXPECT_EQ(passed->due, UnixMillis{7});
  }
  EXPECT_FALSE(TimerOf("waiting", {7}).has_value());
  EXPECT_FALSE(TimerOf("other:1", {7}).has_value());
}

}  // namespace
}  // namespace guarantee::claim
