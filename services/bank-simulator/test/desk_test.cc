#include "bank-simulator/desk.h"

#include <gtest/gtest.h>

#include "guarantee/event/v1/order.pb.h"
#include "messaging/event.h"

namespace guarantee::bank_simulator {
namespace {

namespace event = guarantee::event::v1;

constexpr UnixMillis kNow{1'700'000'000'000};

const Desk& DeskUnderTest() {
  static const Desk desk({Money{1'000'000'000}, "payer", "62", "%PDF-1.7\n%%EOF\n"});
  return desk;
}

template <typename Event>
messaging::Delivered Delivery(const Event& value, const std::string& id = "e-1") {
  messaging::Envelope envelope;
  envelope.id = id;
  envelope.type = Event::descriptor()->full_name();
  envelope.partner = "demo";
  envelope.flow = "demo/order/T1";
  envelope.business_no = "B1";
  envelope.time = kNow;
  envelope.sequence = 1;
  messaging::Record record =
      messaging::MakeRecord(envelope, kEventsTopic, value.SerializeAsString());
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

event::DecideOrder DecisionOn(const messaging::Delivered& delivered) {
  const auto answer = DeskUnderTest().Answer(delivered, kNow);
  EXPECT_TRUE(answer && answer->has_value());
  event::DecideOrder decision;
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
  EXPECT_EQ((*first)->topic, kDecisionsTopic);
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

TEST(DecisionId, FitsWhateverTheEventIsCalled) {
  EXPECT_EQ(DecisionIdOf("e-1"), "bank-e-1");
  EXPECT_LE(DecisionIdOf(std::string(200, 'x')).size(), 64U);
  EXPECT_NE(DecisionIdOf(std::string(200, 'x')), DecisionIdOf(std::string(201, 'x')));
}

}  // namespace
}  // namespace guarantee::bank_simulator
