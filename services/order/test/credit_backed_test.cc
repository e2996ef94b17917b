// A letter that needs a credit reservation (rule B6).
#include "order/test/guarantee_fixture.h"

namespace guarantee::order {
namespace {

class CreditBackedTest : public GuaranteeServiceTest {
 protected:
  void SetUp() override {
    credit_backed_ = true;
    GuaranteeServiceTest::SetUp();
  }
};

TEST_F(CreditBackedTest, Issue_NeedsTheReservationAndTheEndGivesItBack) {
  StartAll(false);
  auto application = Application("T1", kAmountFen);
  application.set_bidder_code("91430602MA4L5GJ80Y");
  Apply("demo", application, "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  Decide("demo", "T1", Approval("d1", "G-1"));
  const auto asked = reader_->Await("ReserveCredit", 1);
  ASSERT_EQ(asked.size(), 1U);
  EXPECT_EQ(asked[0].source.topic, kCreditTopic);
  const std::string credit_flow = messaging::ReadEnvelope(asked[0])->flow;
  EXPECT_EQ(credit_flow.find("91430602MA4L5GJ80Y"), std::string::npos);
  EXPECT_EQ(Read<event::ReserveCredit>(asked[0]).order_flow(), Flow("demo", "T1"));
  EXPECT_EQ(reader_->Count("GuaranteeIssued"), 0U);
  event::Reserved reserved;
  reserved.set_credit_flow(credit_flow);
  reserved.set_amount_fen(kAmountFen);
  Send(kRequestsTopic, reserved, {}, Flow("demo", "T1"));
  ASSERT_EQ(reader_->Await("GuaranteeIssued", 1).size(), 1U);
  RequestRefund("F-1");
  event::DecideGuarantee decision = Head("d-9");
  decision.mutable_approve_refund();
  ASSERT_EQ(reader_->Await("GuaranteeRefundRequested", 1).size(), 1U);
  Send(kDecisionsTopic, decision);
  const auto released = reader_->Await("ReleaseCredit", 1);
  ASSERT_EQ(released.size(), 1U);
  EXPECT_EQ(messaging::ReadEnvelope(released[0])->flow, credit_flow);
  EXPECT_EQ(Read<event::ReleaseCredit>(released[0]).order_flow(), Flow("demo", "T1"));
}

TEST_F(CreditBackedTest, Issue_WithoutTheBiddersCodeIsRefusedAtOnce) {
  StartAll(false);
  auto application = Application("T1", kAmountFen);
  application.set_bidder_code(vector_.code);
  Apply("demo", application, "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  Decide("demo", "T1", Approval("d1", "G-1"));
  EXPECT_EQ(reader_->Await("OrderCreditDenied", 1).size(), 1U);
  EXPECT_EQ(reader_->Count("ReserveCredit"), 0U);
}

}  // namespace
}  // namespace guarantee::order
