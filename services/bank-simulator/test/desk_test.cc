#include "bank-simulator/desk.h"

#include <gtest/gtest.h>

#include "guarantee/event/v1/claim.pb.h"
#include "guarantee/event/v1/claim_decision.pb.h"
#include "guarantee/event/v1/credit.pb.h"
#include "guarantee/event/v1/credit_decision.pb.h"
#include "guarantee/event/v1/guarantee.pb.h"
#include "guarantee/event/v1/guarantee_decision.pb.h"
#include "guarantee/event/v1/invoice.pb.h"
#include "guarantee/event/v1/invoice_decision.pb.h"
#include "guarantee/event/v1/order.pb.h"
#include "guarantee/event/v1/order_decision.pb.h"
#include "messaging/event.h"

namespace guarantee::bank_simulator {
namespace {

namespace event = guarantee::event::v1;

constexpr UnixMillis kNow{1'700'000'000'000};

const Desk& DeskUnderTest() {
  static const Desk desk({Money{1'000'000'000}, "payer", "62", "%PDF-1.7\n%%EOF\n",
                          "%PDF-1.7\nplain\n%%EOF\n", Money{500'000'000}, 365, "-W"});
  return desk;
}

template <typename Event>
messaging::Delivered Delivery(const Event& value, const std::string& id = "e-1",
                              const char* topic = kEventsTopics.front()) {
  messaging::Envelope envelope;
  envelope.id = id;
  envelope.type = Event::descriptor()->full_name();
  envelope.partner = "demo";
  envelope.flow = "demo/order/T1";
  envelope.business_no = "B1";
  envelope.time = kNow;
  envelope.sequence = 1;
  messaging::Record record = messaging::MakeRecord(envelope, topic, value.SerializeAsString());
  messaging::Delivered delivered;
  delivered.source = {record.topic, 0};
  delivered.key = record.key;
  delivered.headers = record.headers;
  delivered.value = record.value;
  return delivered;
}

event::OrderAccepted Accepted(std::int64_t amount_fen, const std::string& state = "accepted") {
  event::OrderAccepted accepted;
  accepted.mutable_order()->set_state(state);
  accepted.set_amount_fen(amount_fen);
  return accepted;
}

template <typename Decision = event::DecideOrder>
Decision DecisionOn(const messaging::Delivered& delivered) {
  const auto answer = DeskUnderTest().Answer(delivered, kNow);
  EXPECT_TRUE(answer && answer->has_value());
  Decision decision;
  if (answer && *answer) {
    EXPECT_TRUE(decision.ParseFromString((*answer)->value));
  }
  return decision;
}

TEST(Desk, ApprovesUpToTheLimitAndRejectsAbove) {
  EXPECT_TRUE(DecisionOn(Delivery(Accepted(1'000'000'000))).approve().materials_complete());
  EXPECT_TRUE(DecisionOn(Delivery(Accepted(1'000'000'001))).has_reject());
}

TEST(Desk, LeavesAnOrderThatHasEndedAlone) {
  const auto answer = DeskUnderTest().Answer(Delivery(Accepted(1, "rejected")), kNow);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->has_value());
}

TEST(Desk, PaysThePremiumThatIsAskedFor) {
  event::OrderPremiumRequested requested;
  requested.set_premium_fen(125'000);
  const auto payment = DecisionOn(Delivery(requested)).premium().payment();
  EXPECT_EQ(payment.amount_fen(), 125'000);
  EXPECT_EQ(payment.payer_name(), "payer");
  EXPECT_EQ(payment.payer_account(), "62");
  EXPECT_FALSE(payment.reference().empty());
}

TEST(Desk, SuppliesTheLetter) {
  const auto letter = DecisionOn(Delivery(event::OrderLetterRequested())).letter().letter();
  EXPECT_EQ(letter.file(), "%PDF-1.7\n%%EOF\n");
  EXPECT_EQ(letter.sha256().size(), 64U);
}

TEST(Desk, TheSameEventIsTheSameDecisionUnderTheEventsFlow) {
  const auto first = DeskUnderTest().Answer(Delivery(Accepted(1)), kNow);
  const auto again = DeskUnderTest().Answer(Delivery(Accepted(1)), kNow + 5'000);
  ASSERT_TRUE(first && *first && again && *again);
  EXPECT_EQ((*first)->value, (*again)->value);
  EXPECT_EQ((*first)->topic, "guarantee.decisions.order.v1");
  EXPECT_EQ((*first)->key, "demo/order/T1");
  messaging::Delivered delivered;
  delivered.headers = (*first)->headers;
  const auto envelope = messaging::ReadEnvelope(delivered);
  ASSERT_TRUE(envelope);
  EXPECT_EQ(envelope->id, DecisionIdOf("e-1"));
  EXPECT_EQ(envelope->partner, "demo");
  EXPECT_EQ(envelope->causation, "e-1");
  EXPECT_EQ(envelope->type, "guarantee.event.v1.DecideOrder");
}

TEST(Desk, WhatItDoesNotDecideItPassesOver) {
  const auto answer = DeskUnderTest().Answer(Delivery(event::OrderIssueAcknowledged()), kNow);
  ASSERT_TRUE(answer);
  EXPECT_FALSE(answer->has_value());
}

TEST(Desk, WhatCannotBeReadIsAnError) {
  messaging::Delivered broken = Delivery(Accepted(1));
  broken.value = "\xFF\xFF";
  EXPECT_FALSE(DeskUnderTest().Answer(broken, kNow));
  broken.headers.clear();
  EXPECT_FALSE(DeskUnderTest().Answer(broken, kNow));
}

bool IsPassedOver(const messaging::Delivered& delivered) {
  const auto answer = DeskUnderTest().Answer(delivered, kNow);
  return answer && !answer->has_value();
}

TEST(Desk, CancelsAsAskedUnlessThatIsDone) {
  event::OrderCancelRequested requested;
  requested.mutable_order()->set_state("underwriting");
  EXPECT_TRUE(DecisionOn(Delivery(requested)).has_accept_cancel());
  requested.mutable_order()->set_state("cancelled");
  EXPECT_TRUE(IsPassedOver(Delivery(requested)));
}

TEST(Desk, TakesLettersBackAndEndsThemButForThoseLeftToPeople) {
  event::GuaranteeRefundRequested refund;
  refund.mutable_guarantee()->set_guarantee_no("G1");
  refund.set_business_no("TH1");
  const auto decision = DecisionOn<event::DecideGuarantee>(Delivery(refund));
  EXPECT_EQ(decision.number(), "G1");
  EXPECT_EQ(decision.approve_refund().business_no(), "TH1");
  refund.set_business_no("TH1-W");
  EXPECT_TRUE(IsPassedOver(Delivery(refund)));
  event::GuaranteeCancellationRequested cancellation;
  cancellation.set_business_no("ZX1");
  EXPECT_EQ(DecisionOn<event::DecideGuarantee>(Delivery(cancellation))
                .approve_cancellation()
                .business_no(),
            "ZX1");
  cancellation.set_business_no("ZX1-W");
  EXPECT_TRUE(IsPassedOver(Delivery(cancellation)));
}

TEST(Desk, MakesThePlainLetterOnce) {
  const auto decision = DecisionOn<event::DecideGuarantee>(Delivery(event::GuaranteeOpened()));
  EXPECT_EQ(decision.plain_letter().letter().file(), "%PDF-1.7\nplain\n%%EOF\n");
  EXPECT_TRUE(IsPassedOver(Delivery(event::GuaranteeLetterAsked())));
}

messaging::Delivered OnClaims(const google::protobuf::Message& value) {
  messaging::Delivered delivered;
  messaging::Envelope envelope;
  envelope.id = "c-1";
  envelope.type = value.GetDescriptor()->full_name();
  envelope.partner = "demo";
  envelope.flow = "demo/claim/G1";
  envelope.time = kNow;
  envelope.sequence = 1;
  const messaging::Record record =
      messaging::MakeRecord(envelope, kEventsTopics[1], value.SerializeAsString());
  delivered.source = {record.topic, 0};
  delivered.headers = record.headers;
  delivered.value = record.value;
  return delivered;
}

event::ClaimGuaranteeLocked Locked(std::int64_t available_fen, bool sealed) {
  event::ClaimGuaranteeLocked locked;
  locked.mutable_claim()->set_business_no("LP1");
  locked.set_available_fen(available_fen);
  locked.set_sealed(sealed);
  return locked;
}

TEST(Desk, PaysAClaimWithTwoPeopleAndOneReference) {
  const auto first = DecisionOn<event::DecideClaim>(OnClaims(Locked(1'000'000'000, false)));
  EXPECT_TRUE(first.has_approve());
  event::ClaimPaymentApproved approved;
  approved.mutable_claim()->set_business_no("LP1");
  approved.set_amount_fen(1'000'000'000);
  approved.mutable_by()->set_decided_by(first.decided_by());
  const auto second = DecisionOn<event::DecideClaim>(OnClaims(approved));
  EXPECT_TRUE(second.has_approve());
  EXPECT_NE(second.decided_by(), first.decided_by());
  EXPECT_EQ(second.number(), "LP1");
  approved.set_final(true);
  EXPECT_FALSE(DecisionOn<event::DecideClaim>(OnClaims(approved)).confirm().reference().empty());
  approved.set_amount_fen(1'000'000'001);
  EXPECT_TRUE(IsPassedOver(OnClaims(approved)));
}

TEST(Desk, ExaminesASealedClaimAndPaysItOnceTheNamesAreOpen) {
  EXPECT_TRUE(DecisionOn<event::DecideClaim>(OnClaims(Locked(1, true))).has_open());
  event::ClaimBeneficiaryCompared compared;
  compared.mutable_claim()->set_state("examining");
  compared.set_same(true);
  EXPECT_TRUE(DecisionOn<event::DecideClaim>(OnClaims(compared)).has_approve());
  compared.mutable_claim()->set_state("received");
  EXPECT_TRUE(IsPassedOver(OnClaims(compared)));
  compared.set_same(false);
  EXPECT_EQ(DecisionOn<event::DecideClaim>(OnClaims(compared)).refuse().discrepancies_size(), 1);
}

TEST(Desk, LeavesClaimsAboveItsLimitAndThoseOfOurOwn) {
  EXPECT_TRUE(IsPassedOver(OnClaims(Locked(1'000'000'001, false))));
  event::ClaimGuaranteeLocked own = Locked(1, false);
  own.set_platform_answer_due(kNow.value);
  EXPECT_TRUE(IsPassedOver(OnClaims(own)));
}

TEST(Desk, GrantsALineForAYear) {
  event::CreditApplied applied;
  applied.mutable_credit()->set_business_no("SX1");
  applied.set_received_at(kNow.value);  // 2023-11-15 at UTC+8
  const auto decision = DecisionOn<event::DecideCredit>(Delivery(applied, "e-1", kEventsTopics[2]));
  EXPECT_EQ(decision.number(), "SX1");
  EXPECT_EQ(decision.grant().limit_fen(), 500'000'000);
  EXPECT_EQ(decision.grant().valid_to(), "2024-11-14");
}

TEST(Desk, IssuesAnInvoiceOfTwentyDigits) {
  event::InvoiceRequestAccepted accepted;
  accepted.mutable_invoice()->set_business_no("FP1");
  const messaging::Delivered delivered = Delivery(accepted, "e-1", kEventsTopics[3]);
  const auto decision = DecisionOn<event::DecideInvoice>(delivered);
  EXPECT_EQ(decision.issue().invoice_no().size(), 20U);
  const auto record = DeskUnderTest().Answer(delivered, kNow);
  EXPECT_EQ((*record)->topic, "guarantee.decisions.invoice.v1");
}

TEST(DecisionId, FitsWhateverTheEventIsCalled) {
  EXPECT_EQ(DecisionIdOf("e-1"), "bank-e-1");
  EXPECT_LE(DecisionIdOf(std::string(200, 'x')).size(), 64U);
  EXPECT_NE(DecisionIdOf(std::string(200, 'x')), DecisionIdOf(std::string(201, 'x')));
}

}  // namespace
}  // namespace guarantee::bank_simulator
