// What the decisions carry: the fields of notices, timers and events.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "order/domain/guards.h"
#include "scene.h"

namespace guarantee::order::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

Policy Unbacked() {
  Policy policy = CreditBacked();
  policy.credit_backed = false;
  policy.insurer_code = "INSURER";
  return policy;
}

template <typename T>
const T* Find(const Decision& decision) {
  for (const Effect& effect : decision.effects) {
    if (const auto* found = std::get_if<T>(&effect)) return found;
  }
  return nullptr;
}

std::vector<EventKind> Kinds(const Decision& decision) {
  std::vector<EventKind> kinds;
  for (const Event& event : decision.events) kinds.push_back(KindOf(event));
  return kinds;
}

Approve ApproveAtOnce() {
  Approve approve = GoodApprove();
  approve.payer = GoodPayment();
  approve.payer->waived = true;
  approve.payer->reference.clear();
  approve.letter = GoodLetter();
  return approve;
}

TEST(OrderStory, OneDecisionWithPayerAndLetter_PassesEveryStateAndIssues) {
  Policy policy = Unbacked();
  policy.needs_page = false;
  policy.premium_step = false;
  const auto order = Taken(std::nullopt, GoodApply(), kNow, policy);
  ASSERT_EQ(order->state, State::kUnderwriting);
  const Decision decision = Decide(order, ApproveAtOnce(), kNow, policy);
  EXPECT_THAT(Kinds(decision), ElementsAre(EventKind::kOrderApproved, EventKind::kPremiumAccepted,
                                           EventKind::kIssuingStarted, EventKind::kLetterIssued));
  const auto* notice = Find<NotifyIssued>(decision);
  ASSERT_NE(notice, nullptr);
  Letter letter = GoodLetter();
  letter.guarantee_no = "G-1";
  const NotifyIssued expected{.business_no = "BUSINESS-1",
                              .order_no = "ORDER-1",
                              .letter = letter,
                              .payer_name = "甲公司",
                              .payer_account = "4200-1",
                              .institution_name = "示例银行",
                              .insurer_code = "INSURER",
                              .quote = {Money{125'000}, 2'500},
                              .not_after = kDeadline};
  EXPECT_EQ(*notice, expected);
  EXPECT_THAT(decision.effects, Contains(Effect{ClearTimer{TimerKind::kPurchaseDeadline}}));
}

TEST(OrderStory, LetterWithTheBanksNumber_KeepsIt) {
  LetterReady ready{GoodLetter()};
  ready.letter.guarantee_no = "BANK-7";
  const auto order = Taken(OrderIn(State::kIssuing), ready, kNow, CreditBacked());
  EXPECT_EQ(order->guarantee_no, "BANK-7");
  EXPECT_EQ(order->letter->guarantee_no, "BANK-7");
}

TEST(OrderStory, RefusedDecisionSentAgain_GetsItsFirstOutcomeAndNoSecondEvent) {
  const Policy policy = CreditBacked();
  auto order = OrderIn(State::kUnderwriting);
  Approve approve = GoodApprove();
  approve.quote.premium = Money{0};
  const Decision first = Decide(order, approve, kNow, policy);
  EXPECT_EQ(first.refusal, RefusalCode::kQuoteUnfit);
  EXPECT_THAT(Kinds(first), ElementsAre(EventKind::kDecisionRefused));
  order = After(order, first);
  approve.quote.premium = Money{125'000};
  const Decision again = Decide(order, approve, kNow, policy);
  EXPECT_EQ(again.verdict, Verdict::kSameAgain);
  EXPECT_EQ(again.refusal, RefusalCode::kQuoteUnfit);
  EXPECT_THAT(again.events, IsEmpty());
}

TEST(OrderStory, ContraryDecision_LosesToTheFirst) {
  const auto order = OrderIn(State::kAwaitPremium);
  const Decision late = Decide(order, Reject{{"D-9", "manager", "no", 0}}, kNow, CreditBacked());
  ASSERT_THAT(Kinds(late), ElementsAre(EventKind::kDecisionRefused));
  const DecisionRefused expected{"D-9", "manager", RefusalCode::kAlreadyDecided, kNow};
  EXPECT_EQ(std::get<DecisionRefused>(late.events.front()), expected);
}

TEST(OrderStory, Refusals_SayTheRulingsWords) {
  EXPECT_EQ(FactsOf(RefusalCode::kIssuedNoCancel).text, "订单已出函，不能取消");
  EXPECT_EQ(FactsOf(RefusalCode::kIssuePending).text, "已出函待推送，不能取消");
  EXPECT_EQ(FactsOf(RefusalCode::kPastDeadline).text, "已超过保函购买截止时间");
  EXPECT_EQ(FactsOf(RefusalCode::kOrderUnknown).text, "订单不存在");
  EXPECT_EQ(FactsOf(RefusalCode::kOrderNumberUsed).text, "订单编号重复");
  EXPECT_EQ(FactsOf(RefusalCode::kRestoredOpenTime).text, "已还原，不能变更开标时间");
}

TEST(OrderStory, CancelRefused_EchoesTheNumberAndSaysWhy) {
  const Decision decision = Decide(OrderIn(State::kIssuing), GoodCancel(), kNow, CreditBacked());
  const NotifyCancel expected{"order-1 as written", false, "已出函待推送，不能取消"};
  ASSERT_NE(Find<NotifyCancel>(decision), nullptr);
  EXPECT_EQ(*Find<NotifyCancel>(decision), expected);
}

TEST(OrderStory, CancelDeclined_CarriesTheInstitutionsWords) {
  Policy policy = CreditBacked();
  policy.cancel_by_decision = true;
  const auto order = Taken(OrderIn(State::kAwaitPremium), GoodCancel(), kNow, policy);
  const Decision decision =
      Decide(order, DeclineCancel{{"D-5", "manager", "letter is coming", 0}}, kNow, policy);
  const NotifyCancel expected{"order-1 as written", false, "letter is coming"};
  ASSERT_NE(Find<NotifyCancel>(decision), nullptr);
  EXPECT_EQ(*Find<NotifyCancel>(decision), expected);
}

TEST(OrderStory, FailedLetter_IsAskedForAgainWithTheNextAttempt) {
  const Policy policy = CreditBacked();
  const Decision failed =
      Decide(OrderIn(State::kIssuing), LetterFailed{1, "token away"}, kNow, policy);
  const UnixMillis due = kNow + policy.letter_retry_ms;
  EXPECT_THAT(failed.effects, ElementsAre(Effect{SetTimer{TimerKind::kLetterRetry, due}}));
  const auto order = After(OrderIn(State::kIssuing), failed);
  const Decision again = Decide(order, TimePassed{TimerKind::kLetterRetry, due}, due, policy);
  ASSERT_NE(Find<RequestLetter>(again), nullptr);
  const RequestLetter expected{"G-1", 2, Money{50'000'000}, due, ValidEndFor(kOpening, policy)};
  EXPECT_EQ(*Find<RequestLetter>(again), expected);
}

TEST(OrderStory, MovedDeadline_MovesTheTimer) {
  const UnixMillis later = kDeadline + 1'000;
  const Decision decision =
      Decide(OrderIn(State::kAccepted), DeadlineChanged{later, kNow, false}, kNow, CreditBacked());
  EXPECT_THAT(decision.effects,
              ElementsAre(Effect{SetTimer{TimerKind::kPurchaseDeadline, later + 1}}));
}

TEST(OrderStory, SecondRequestUnderAUsedNumber_FailsUnderItsOwnBusinessNumber) {
  Apply31 second = GoodApply();
  second.business_no = "BUSINESS-2";
  const Decision decision = Decide(OrderIn(State::kIssued), second, kNow, CreditBacked());
  const NotifyFailed expected{"BUSINESS-2", "ORDER-1", RefusalCode::kOrderNumberUsed};
  ASSERT_NE(Find<NotifyFailed>(decision), nullptr);
  EXPECT_EQ(*Find<NotifyFailed>(decision), expected);
}

TEST(OrderStory, SealedFieldsAndAccount_ArriveInTheSensitivePart) {
  const Decision decision = Decide(std::nullopt, GoodApply(), kNow, CreditBacked());
  const auto& accepted = std::get<OrderAccepted>(decision.events.front());
  EXPECT_EQ(accepted.sensitive.sealed.bidder_name, "sealed-name");
  EXPECT_EQ(accepted.sensitive.basic_account, "4200 1");
}

TEST(OrderStory, Quote_RoundsHalfUpAndKeepsTheMinimum) {
  Policy policy;
  EXPECT_EQ(QuoteFor(Money{50'000'000}, policy).premium, Money{125'000});
  EXPECT_EQ(QuoteFor(Money{200}, policy).premium, Money{1});  // 0.5 fen
  EXPECT_EQ(QuoteFor(Money{599}, policy).premium, Money{1});  // 1.4975 fen
  EXPECT_EQ(QuoteFor(Money{600}, policy).premium, Money{2});  // 1.5 fen
  EXPECT_EQ(QuoteFor(Money{99'999'999'999'999'999}, policy).premium, Money{250'000'000'000'000});
  policy.premium_min = Money{10'000};
  EXPECT_EQ(QuoteFor(Money{600}, policy).premium, Money{10'000});
}

TEST(OrderStory, AccountsAndNames_AreComparedWithoutTheirTypography) {
  EXPECT_TRUE(SameAccount("6222-0000 1111", "622200001111"));
  EXPECT_TRUE(SameAccount("6222－0000　1111", "6222–00001111"));
  EXPECT_FALSE(SameAccount("622200001112", "622200001111"));
  EXPECT_TRUE(SamePartyName("甲（岳阳）公司 ", "甲(岳阳)公司"));
  EXPECT_FALSE(SamePartyName("甲-乙公司", "甲乙公司"));
}

TEST(OrderStory, DecisionLog_StopsAtItsBound) {
  const Policy policy = CreditBacked();
  auto order = OrderIn(State::kUnderwriting);
  for (std::size_t i = 0; i < kRememberedDecisionsMax + 5; ++i) {
    Approve approve = GoodApprove();
    approve.decision.decision_id = "D-" + std::to_string(i);
    approve.quote.premium = Money{0};
    order = Taken(order, approve, kNow, policy);
  }
  EXPECT_EQ(order->decisions.size(), kRememberedDecisionsMax);
}

}  // namespace
}  // namespace guarantee::order::testing
