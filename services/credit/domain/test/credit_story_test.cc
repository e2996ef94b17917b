// Whole lines of credit, the race of 3.17, and 3.21's answers.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "scene.h"

namespace guarantee::credit::testing {
namespace {

using ::testing::Contains;

// Rulings 5.3: whoever commits first wins; both orders.
TEST(CreditRace, WithdrawalFirst_TheGrantIsRefused) {
  auto row = CreditIn(State::kApplied);
  row = Taken(row, Withdraw{kNumber, "", kNow});
  const Decision grant = Decide(row, GoodGrant("D-1"), kNow + 5);
  EXPECT_EQ(grant.refusal, RefusalCode::kAlreadyDecided);
  EXPECT_FALSE(After(row, grant)->line.has_value());
  EXPECT_TRUE(grant.effects.empty());
}

TEST(CreditRace, GrantFirst_TheWithdrawalIsRefusedAndTheGrantIsTold) {
  auto row = CreditIn(State::kApplied);
  const Decision grant = Decide(row, GoodGrant("D-1"), kNow + 5);
  EXPECT_THAT(grant.effects, Contains(Effect{Notify{kNumber, true, kApplicant, kBegin, kEnd}}));
  row = After(row, grant);
  const Decision loser = Decide(row, Withdraw{kNumber, "", kNow + 4}, kNow + 6);
  EXPECT_EQ(loser.refusal, RefusalCode::kDecided);
  EXPECT_EQ(FactsOf(loser.refusal).text, "业务已办结，不能撤回");
  // One that came after the grant gives the line back.
  EXPECT_EQ(Decide(row, Withdraw{kNumber, "", kNow + 7}, kNow + 7).verdict, Verdict::kApplied);
}

TEST(CreditStory, Renewal_TakesTheReservationsOver) {
  auto row = CreditIn(State::kGranted);
  row = Taken(row, GoodReserve());
  row = Taken(row, GoodApply("CREDIT-2"));
  Grant grant = GoodGrant("D-2", "CREDIT-2");
  grant.valid_end = kEnd + 365 * kDayMs;
  const Decision renewed = Decide(row, grant, kNow);
  EXPECT_THAT(renewed.effects, Contains(Effect{ClearTimer{kNumber}}));
  EXPECT_THAT(renewed.effects, Contains(Effect{SetTimer{"CREDIT-2", grant.valid_end + 1}}));
  row = After(row, renewed);
  EXPECT_EQ(FindApplication(*row, kNumber)->end_reason, RefusalCode::kRenewed);
  EXPECT_EQ(HeadroomOf(*row), (Money{kLimit.fen - kAmount.fen}));
  EXPECT_EQ(Decide(row, Withdraw{"CREDIT-2", "", kNow}, kNow).refusal, RefusalCode::kOutstanding);
  row = Taken(row, GoodRelease());
  EXPECT_EQ(HeadroomOf(*row), kLimit);
}

TEST(CreditStory, RepeatedRequest_GetsTheFirstAnswer) {
  auto row = Taken(CreditIn(State::kGranted), GoodReserve());
  const Decision again = Decide(row, GoodReserve("ORDER-1", Money{1}), kNow);
  EXPECT_THAT(again.effects,
              ::testing::ElementsAre(Effect{TellReserved{"demo/order/ORDER-1", kAmount}}));
  EXPECT_TRUE(again.events.empty());
}

TEST(CreditStory, ReleasesForgotten_AreTheOldest) {
  auto row = CreditIn(State::kGranted);
  for (std::size_t i = 0; i <= kReleasedMax; ++i) {
    const std::string order = std::to_string(i);
    row = Taken(Taken(row, GoodReserve(order)), GoodRelease(order));
  }
  EXPECT_EQ(row->reservations.size(), kReleasedMax);
  EXPECT_EQ(FindReservation(*row, "demo/order/0"), nullptr);
  EXPECT_NE(FindReservation(*row, "demo/order/1"), nullptr);
  EXPECT_EQ(HeadroomOf(*row), kLimit);
}

TEST(CreditPublic, NothingLinksApplicantAndOrder) {
  auto row = CreditIn(State::kGranted);
  const Decision reserved = Decide(row, GoodReserve(), kNow);
  ASSERT_EQ(reserved.events.size(), 1U);
  const auto& event = std::get<CreditReserved>(reserved.events.front());
  EXPECT_EQ(event.sensitive.order_no, "ORDER-1");
  EXPECT_EQ(event.headroom, (Money{kLimit.fen - kAmount.fen}));
}

// Rulings 5.3, the last column, and 3.21.
TEST(CreditStanding, EveryState_HasItsCode) {
  EXPECT_EQ(StandingOf(std::nullopt, kAmount, kNow), Standing::kNoCredit);
  EXPECT_EQ(StandingOf(Credit{}, kAmount, kNow), Standing::kNoCredit);
  EXPECT_EQ(StandingOf(CreditIn(State::kApplied), kAmount, kNow), Standing::kNoCredit);
  EXPECT_EQ(StandingOf(CreditIn(State::kGranted), kAmount, kNow), Standing::kReady);
  EXPECT_EQ(StandingOf(CreditIn(State::kDeclined), kAmount, kNow), Standing::kDeclined);
  EXPECT_EQ(StandingOf(CreditIn(State::kWithdrawn), kAmount, kNow), Standing::kNoCredit);
  EXPECT_EQ(StandingOf(CreditIn(State::kLapsed), kAmount, kNow), Standing::kNoCredit);
  EXPECT_EQ(static_cast<int>(Standing::kReady), 1);
  EXPECT_EQ(static_cast<int>(Standing::kNoCredit), 2);
  EXPECT_EQ(static_cast<int>(Standing::kShort), 3);
  EXPECT_EQ(static_cast<int>(Standing::kDeclined), 4);
}

TEST(CreditStanding, Granted_IsJudgedByHeadroomAndDate) {
  const auto row = Taken(CreditIn(State::kGranted), GoodReserve());
  const Money left{kLimit.fen - kAmount.fen};
  EXPECT_EQ(StandingOf(row, left, kNow), Standing::kReady);
  EXPECT_EQ(StandingOf(row, {left.fen + 1}, kNow), Standing::kShort);
  EXPECT_EQ(StandingOf(row, left, kBegin), Standing::kReady);
  EXPECT_EQ(StandingOf(row, left, kBegin + -1), Standing::kNoCredit);
  EXPECT_EQ(StandingOf(row, left, kEnd), Standing::kReady);
  EXPECT_EQ(StandingOf(row, left, kEnd + 1), Standing::kNoCredit);
}

TEST(CreditStanding, RenewalDeclined_LeavesTheLine) {
  auto row = Taken(CreditIn(State::kGranted), GoodApply("CREDIT-2"));
  row = Taken(row, Decline{By("D-2"), "CREDIT-2"});
  EXPECT_EQ(StandingOf(row, kAmount, kNow), Standing::kReady);
  row = Taken(row, LineOver(), kEnd + 1);
  EXPECT_EQ(StandingOf(row, kAmount, kEnd + 1), Standing::kDeclined);
}

}  // namespace
}  // namespace guarantee::credit::testing
