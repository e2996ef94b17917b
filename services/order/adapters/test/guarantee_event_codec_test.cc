// Every public field is filled, and nothing sensitive gets out.
#include "order/adapters/guarantee_event_codec.h"

#include <gmock/gmock.h>
#include <google/protobuf/message.h>
#include <gtest/gtest.h>

#include <vector>

#include "guarantee/event/v1/guarantee.pb.h"
#include "message_fields.h"

namespace guarantee::order::letter::testing {
namespace {

namespace event = guarantee::event::v1;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr UnixMillis kAt{77};

Guarantee After() {
  Guarantee after;
  after.state = State::kSealed;
  after.revision = 3;
  after.guarantee_no = "G-1";
  after.order_no = "ORDER-1";
  after.available = Money{9};
  return after;
}

RestoredNames SecretNames() {
  return {"secret", "secret", "secret", "secret", "secret", "secret", "secret", "secret"};
}

// One of each kind, every field set.
std::vector<Event> EveryEvent() {
  const LetterFile file{"sha", 1, "application/pdf", {2}};
  const Premium premium{Money{3}, "secret", "secret", "secret", false};
  const auto reason = RefusalCode::kClaimOpen;
  return {
      GuaranteeIssued{"p",
                      "G-1",
                      "O-1",
                      {1},
                      {2},
                      {3},
                      {4},
                      {5},
                      {6},
                      file,
                      {"secret", premium, {true, "secret"}}},
      IssueAcknowledged{{1}},
      GuaranteeRestored{"B-1", {1}, {1}, true, true, {SecretNames(), "secret"}},
      PlainLetterAsked{"B-1", {}, {1}, true, "D-1", "someone"},
      PlainLetterReceived{file, "D-1", "someone", {1}},
      PlainLetterAcknowledged{"B-1", {1}},
      RefundRequested{"B-1", {1}, {"secret"}},
      RefundRefused{"B-1", reason, "D-1", "someone", {1}, {"secret", "secret"}},
      RefundWithdrawn{"B-1", {1}, {"secret"}},
      GuaranteeRefunded{"B-1", "D-1", "someone", {1}, true, true},
      RefundAcknowledged{{1}},
      RefundUndelivered{{1}},
      CancellationRequested{"B-1", {1}, {"secret"}},
      CancellationRefused{"B-1", reason, "D-1", "someone", {1}, {"secret"}},
      CancellationWithdrawn{"B-1", {1}, {"secret"}},
      CancellationSettled{"B-1", {1}},
      GuaranteeCancelled{"B-1", true, "D-1", "someone", {1}, true},
      CancellationProposed{"B-1", "D-1", "someone", {1}, {"secret"}},
      ProposalSent{"B-1", {1}, {2}},
      ProposalConsented{"B-1", {1}},
      ProposalOverdue{"B-1", {1}},
      ProposalClosed{"B-1", "D-1", "someone", {1}},
      ClaimHeld{"B-1", {1}, {2}, {3}},
      ClaimPaymentRecorded{"B-1", {1}, {2}, "PAY-1", {3}, true, true},
      ClaimReleased{"B-1", {1}},
      GuaranteeExpired{{1}, true},
      OpenTimeMoved{{1}, {2}, {3}},
      DeadlineMoved{{1}, {2}, {3}},
      DecisionRefused{"D-1", "someone", reason, {1}},
  };
}

TEST(GuaranteeEventCodec, EveryKind_FillsEveryFieldAndLeaksNothing) {
  const auto events = EveryEvent();
  ASSERT_EQ(events.size(), kEventCount);
  for (std::size_t at = 0; at < events.size(); ++at) {
    ASSERT_EQ(events[at].index(), at) << "one of each kind, in order";
    const auto message = PublicEvent(events[at], After(), kAt);
    SCOPED_TRACE(message->GetTypeName());
    EXPECT_THAT(Unset(*message), IsEmpty());
    EXPECT_THAT(message->SerializeAsString(), Not(HasSubstr("secret")));
  }
}

TEST(GuaranteeEventCodec, Head_SaysTheGuaranteeAsItIsAfterwards) {
  const auto message = PublicEvent(ProposalSent{"B-1", {1}, {2}}, After(), kAt);
  const auto& sent = dynamic_cast<const event::GuaranteeCancellationProposalSent&>(*message);
  EXPECT_EQ(sent.guarantee().guarantee_no(), "G-1");
  EXPECT_EQ(sent.guarantee().order_no(), "ORDER-1");
  EXPECT_EQ(sent.guarantee().revision(), 3);
  EXPECT_EQ(sent.guarantee().at(), 1);
  EXPECT_EQ(sent.guarantee().state(), "sealed");
  EXPECT_EQ(sent.guarantee().available_fen(), 9);
  EXPECT_EQ(sent.business_no(), "B-1");
  EXPECT_EQ(sent.answer_due(), 2);
}

TEST(GuaranteeEventCodec, IssuedLetter_HasItsTimesInPlace) {
  const auto message = PublicEvent(EveryEvent().front(), After(), kAt);
  const auto& issued = dynamic_cast<const event::GuaranteeIssued&>(*message);
  EXPECT_EQ(issued.amount_fen(), 1);
  EXPECT_EQ(issued.guarantee().at(), 2);
  EXPECT_EQ(issued.valid_begin(), 3);
  EXPECT_EQ(issued.valid_end(), 4);
  EXPECT_EQ(issued.open_time(), 5);
  EXPECT_EQ(issued.purchase_deadline(), 6);
  EXPECT_EQ(issued.letter().sha256(), "sha");
}

TEST(GuaranteeEventCodec, Refusal_HasWordAndText) {
  const auto message = PublicEvent(EveryEvent().back(), After(), kAt);
  const auto& refused = dynamic_cast<const event::GuaranteeDecisionRefused&>(*message);
  EXPECT_EQ(refused.reason(), "guarantee.claim_open");
  EXPECT_EQ(refused.text(), "存在未决理赔");
}

TEST(GuaranteeEventCodec, MovedTimes_KeepTheirDirection) {
  const auto message = PublicEvent(OpenTimeMoved{{1}, {2}, {3}}, After(), kAt);
  const auto& moved = dynamic_cast<const event::GuaranteeOpenTimeMoved&>(*message);
  EXPECT_EQ(moved.from(), 1);
  EXPECT_EQ(moved.to(), 2);
  EXPECT_EQ(moved.guarantee().at(), 3);
}

TEST(GuaranteeEventCodec, PremiumTask_NamesThePaymentAndNotThePayer) {
  const RefundPremium effect{{Money{5}, "secret", "secret", "PREMIUM-1", false}};
  const auto message = PublicTask(effect, After(), kAt);
  const auto& due = dynamic_cast<const event::GuaranteePremiumRefundDue&>(*message);
  EXPECT_EQ(due.amount_fen(), 5);
  EXPECT_EQ(due.reference(), "PREMIUM-1");
  EXPECT_EQ(due.guarantee().at(), 77);
  EXPECT_THAT(message->SerializeAsString(), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace guarantee::order::letter::testing
