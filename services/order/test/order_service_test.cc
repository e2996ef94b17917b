// The order service: what goes in on its topics and calls, and what comes out on others.
#include "order/test/order_fixture.h"

namespace guarantee::order {
namespace {

TEST_F(OrderServiceTest, Rules_IssueAtOnceAndTellThePlatform) {
  Start(true);
  Apply("demo", Application("T1", 50'000'000), "e1");
  const auto notices = reader_->Await("OrderApplyNotice", 1);
  ASSERT_EQ(notices.size(), 1U);
  const auto envelope = messaging::ReadEnvelope(notices[0]).value();
  EXPECT_EQ(envelope.flow, Flow("demo", "T1"));
  EXPECT_EQ(envelope.sequence, 1);
  EXPECT_EQ(envelope.interface_section, "3.2");
  EXPECT_EQ(envelope.business_no, "B-T1");
  EXPECT_EQ(envelope.causation, "e1");
  EXPECT_EQ(envelope.not_after.value, clock_.Now().value + 24 * kHourMs);
  EXPECT_EQ(envelope.traceparent.substr(3, 32), "0af7651916cd43dd8448eb211c80319c");
  const auto notice = Read<partner::v1::OrderApplyNotice>(notices[0]);
  EXPECT_EQ(notice.apply_result(), partner::v1::OUTCOME_SUCCESS);
  EXPECT_EQ(notice.payer_account(), "6222024000064789589");
  EXPECT_EQ(notice.cost_fen(), 125'000);
  EXPECT_EQ(notice.inst_name(), "岳阳融资担保");
  const auto letter = service_->documents().Get(notice.guarantee_file().sha256());
  ASSERT_TRUE(letter.has_value());
  EXPECT_EQ(letter->bytes, kPdf);
  // Public events come dense and in order, and hold nothing that is sealed.
  std::int64_t expected = 0;
  for (const auto& record : reader_->Await("", 6)) {
    if (record.source.topic != kEventsTopic) continue;
    if (messaging::ReadEnvelope(record)->flow != Flow("demo", "T1")) continue;
    EXPECT_EQ(messaging::ReadEnvelope(record)->sequence, ++expected);
    EXPECT_EQ(record.value.find("密文"), std::string::npos);
    EXPECT_EQ(record.value.find("6222024000064789589"), std::string::npos);
  }
  EXPECT_GE(expected, 5);
}

TEST_F(OrderServiceTest, Rules_RejectAboveTheLimit) {
  Start(true);
  Apply("demo", Application("T1", 1'000'000'001), "e1");
  const auto notices = reader_->Await("OrderApplyNotice", 1);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(Read<partner::v1::OrderApplyNotice>(notices[0]).apply_result(),
            partner::v1::OUTCOME_FAILURE);
  EXPECT_EQ(messaging::ReadEnvelope(notices[0])->not_after.value, 0);
}

TEST_F(OrderServiceTest, Request_TheSameAgainHasNoSecondEffect) {
  Start(true);
  const auto request = Application("T1", 50'000'000);
  for (int copy = 0; copy < 5; ++copy) Apply("demo", request, "e1");
  Apply("second", request, "e2");
  EXPECT_EQ(reader_->Await("OrderApplyNotice", 2).size(), 2U);
  // The last record of the same partner's flow is behind all copies: once it is told, they were
  // handled.
  Apply("demo", Application("T2", 50'000'000), "e3");
  EXPECT_EQ(reader_->Await("OrderApplyNotice", 3).size(), 3U);
  EXPECT_EQ(reader_->Count("OrderAccepted"), 3U);
}

TEST_F(OrderServiceTest, Decisions_StepByStepToTheLetter) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  event::DecideOrder approve = Decision("d1");
  approve.mutable_approve()->set_materials_complete(true);
  Decide("demo", "T1", approve);
  ASSERT_EQ(reader_->Await("OrderPremiumRequested", 1).size(), 1U);
  event::DecideOrder premium = Decision("d2");
  auto& payment = *premium.mutable_premium()->mutable_payment();
  payment.set_payer_name("甲公司");
  payment.set_payer_account("6222-0240 0006 4789589");
  payment.set_amount_fen(125'000);
  payment.set_reference("P1");
  Decide("demo", "T1", premium);
  ASSERT_EQ(reader_->Await("OrderLetterRequested", 1).size(), 1U);
  event::DecideOrder letter = Decision("d3");
  letter.mutable_letter()->mutable_letter()->set_file(kPdf);
  letter.mutable_letter()->mutable_letter()->set_guarantee_no("BANK-7");
  Decide("demo", "T1", letter);
  const auto notices = reader_->Await("OrderApplyNotice", 1);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(Read<partner::v1::OrderApplyNotice>(notices[0]).guarantee_no(), "BANK-7");
}

TEST_F(OrderServiceTest, Decision_OfAContraryPairTheFirstWinsAndBothAreTold) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  event::DecideOrder reject = Decision("d2");
  reject.mutable_reject();
  Decide("demo", "T1", Approval("d1"));
  Decide("demo", "T1", reject);
  Decide("demo", "T1", Approval("d1"));
  const auto refused = reader_->Await("OrderDecisionRefused", 1);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(Read<event::OrderDecisionRefused>(refused[0]).decision_id(), "d2");
  EXPECT_EQ(reader_->Await("OrderLetterIssued", 1).size(), 1U);
  EXPECT_EQ(reader_->Count("OrderRejected"), 0U);
}

TEST_F(OrderServiceTest, Decision_OnAnUnknownOrderIsRefusedOnceNothingIsUnread) {
  Start(false);
  Decide("demo", "nowhere", Approval("d1"));
  // A later application that is already on the topic must not be called unknown: time passes for
  // the waiting decision only with the watermark.
  const auto until = std::chrono::steady_clock::now() + kDeadline;
  while (reader_->Count("OrderDecisionRefused") == 0 && std::chrono::steady_clock::now() < until) {
    clock_.Advance(1'000);
    reader_->Poll(50ms);
  }
  const auto refused = reader_->Await("OrderDecisionRefused", 1);
  ASSERT_EQ(refused.size(), 1U);
  const auto told = Read<event::OrderDecisionRefused>(refused[0]);
  EXPECT_EQ(told.reason(), "order.unknown");
  EXPECT_EQ(told.decision_id(), "d1");
}

TEST_F(OrderServiceTest, Decision_BeforeItsOrderWaitsAndIsTaken) {
  Start(false);
  Decide("demo", "T1", Approval("d1"));
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  const auto until = std::chrono::steady_clock::now() + kDeadline;
  while (reader_->Count("OrderLetterIssued") == 0 && std::chrono::steady_clock::now() < until) {
    clock_.Advance(1'000);
    reader_->Poll(50ms);
  }
  EXPECT_EQ(reader_->Count("OrderLetterIssued"), 1U);
  EXPECT_EQ(reader_->Count("OrderDecisionRefused"), 0U);
}

TEST_F(OrderServiceTest, Number_OfTheBankIsUniqueWithinAPartner) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  Apply("demo", Application("T2", 50'000'000), "e2");
  Apply("second", Application("T1", 50'000'000), "e3");
  ASSERT_EQ(reader_->Await("OrderAccepted", 3).size(), 3U);
  Decide("demo", "T1", Approval("d1", "BANK-7"));
  ASSERT_EQ(reader_->Await("OrderLetterIssued", 1).size(), 1U);
  Decide("demo", "T2", Approval("d2", "BANK-7"));
  Decide("second", "T1", Approval("d3", "BANK-7"));
  const auto refused = reader_->Await("OrderDecisionRefused", 1);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(Read<event::OrderDecisionRefused>(refused[0]).reason(), "order.guarantee_number_used");
  EXPECT_EQ(reader_->Await("OrderLetterIssued", 2).size(), 2U);
}

TEST_F(OrderServiceTest, Letter_ThatIsNoPdfIsRefusedToTheDecider) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  event::DecideOrder approve = Approval("d1");
  approve.mutable_approve()->mutable_letter()->set_file("PK not a letter");
  Decide("demo", "T1", approve);
  const auto refused = reader_->Await("OrderDecisionRefused", 1);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(Read<event::OrderDecisionRefused>(refused[0]).reason(), "order.letter_unfit");
}

TEST_F(OrderServiceTest, Deadline_LapsesAnOpenOrderAlsoAfterALongStop) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  Close();
  clock_.Advance(30 * kHourMs);
  Open();
  Start(false);
  ASSERT_EQ(reader_->Await("OrderLapsed", 1).size(), 1U);
  const auto notices = reader_->Await("OrderApplyNotice", 1);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(Read<partner::v1::OrderApplyNotice>(notices[0]).apply_result(),
            partner::v1::OUTCOME_FAILURE);
}

TEST_F(OrderServiceTest, Decision_OnAnotherPartnersOrderIsParkedAndChangesNothing) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  messaging::Envelope envelope;
  envelope.id = "foreign";
  envelope.type = event::DecideOrder::descriptor()->full_name();
  envelope.partner = "second";
  envelope.flow = Flow("demo", "T1");
  envelope.time = clock_.Now();
  Publish(kDecisionsTopic, envelope, Approval("d1").SerializeAsString());
  EXPECT_EQ(reader_->Await("DecideOrder", 1).size(), 1U);
  EXPECT_EQ(reader_->Count("OrderApproved"), 0U);
}

TEST_F(OrderServiceTest, Decision_ThatMeansNothingIsToldInPublic) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  Decide("demo", "T1", Decision("d1"));
  const auto refused = reader_->Await("OrderDecisionRefused", 1);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(Read<event::OrderDecisionRefused>(refused[0]).decision_id(), "d1");
  EXPECT_EQ(Read<event::OrderDecisionRefused>(refused[0]).reason(), "decision.empty");
}

TEST_F(OrderServiceTest, Premium_TheSameDecisionAgainReturnsNoMoney) {
  Start(false);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  event::DecideOrder approve = Decision("d1");
  approve.mutable_approve()->set_materials_complete(true);
  Decide("demo", "T1", approve);
  ASSERT_EQ(reader_->Await("OrderPremiumRequested", 1).size(), 1U);
  event::DecideOrder premium = Decision("d2");
  auto& payment = *premium.mutable_premium()->mutable_payment();
  payment.set_payer_name("甲公司");
  payment.set_payer_account("6222024000064789589");
  payment.set_amount_fen(125'000);
  payment.set_reference("P1");
  Decide("demo", "T1", premium);
  payment.set_reference("P2");
  Decide("demo", "T1", premium);
  // The same payment under another decision: nothing to do, but the decision has its end.
  premium.set_decision_id("d2b");
  payment.set_reference("P1");
  Decide("demo", "T1", premium);
  event::DecideOrder last = Decision("d3");
  last.mutable_reject();
  Decide("demo", "T1", last);
  ASSERT_EQ(reader_->Await("OrderDecisionRefused", 1).size(), 1U);
  EXPECT_EQ(reader_->Count("OrderDecisionApplied"), 2U);
  EXPECT_EQ(reader_->Count("OrderPremiumRefundDue"), 0U);
}

TEST_F(OrderServiceTest, Lapse_GivesBackAPremiumThatTheApprovalBroughtInWithAReference) {
  Start(false);
  for (const std::string reference : {"P1", ""}) {
    const std::string order = reference.empty() ? "waived" : "paid";
    Apply("demo", Application(order, 50'000'000), order);
    ASSERT_EQ(reader_->Await("OrderAccepted", reference.empty() ? 2 : 1).size(),
              reference.empty() ? 2U : 1U);
    event::DecideOrder approve = Approval(order);
    approve.mutable_approve()->clear_letter();
    approve.mutable_approve()->mutable_payer()->set_reference(reference);
    Decide("demo", order, approve);
  }
  ASSERT_EQ(reader_->Await("OrderLetterRequested", 2).size(), 2U);
  clock_.Advance(24 * kHourMs + 60'000);
  ASSERT_EQ(reader_->Await("OrderLapsed", 2).size(), 2U);
  const auto due = reader_->Await("OrderPremiumRefundDue", 1);
  ASSERT_EQ(due.size(), 1U);
  EXPECT_EQ(Read<event::OrderPremiumRefundDue>(due[0]).reference(), "P1");
}

TEST_F(OrderServiceTest, Restart_TakesUpWhereItStood) {
  Start(true);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderApplyNotice", 1).size(), 1U);
  service_.reset();
  Apply("demo", Application("T2", 50'000'000), "e2");
  Close();
  Open();
  Start(true);
  EXPECT_EQ(reader_->Await("OrderApplyNotice", 2).size(), 2U);
  EXPECT_EQ(reader_->Count("OrderAccepted"), 2U);
}

TEST_F(OrderServiceTest, Notice_AcceptedIsRemembered) {
  Start(true);
  Apply("demo", Application("T1", 50'000'000), "e1");
  ASSERT_EQ(reader_->Await("OrderApplyNotice", 1).size(), 1U);
  event::NoticeAccepted accepted;
  messaging::Envelope envelope;
  envelope.id = "n1";
  envelope.type = accepted.GetTypeName();
  envelope.partner = "demo";
  envelope.flow = Flow("demo", "T1");
  envelope.time = clock_.Now();
  envelope.interface_section = "3.2";
  envelope.business_no = "B-T1";
  Publish(kNoticeEventsTopic, envelope, accepted.SerializeAsString());
  EXPECT_EQ(reader_->Await("OrderIssueAcknowledged", 1).size(), 1U);
}

TEST_F(OrderServiceTest, Poison_IsParkedAndThePartitionGoesOn) {
  Start(true);
  messaging::Envelope envelope;
  envelope.id = "bad";
  envelope.type = partner::v1::OrderApply::descriptor()->full_name();
  envelope.partner = "demo";
  envelope.flow = Flow("demo", "T1");
  envelope.time = clock_.Now();
  Publish(kRequestsTopic, envelope, "\xff\xff not a message");
  envelope.partner = "stranger";
  envelope.flow = Flow("stranger", "T1");
  Publish(kRequestsTopic, envelope, {});
  Apply("demo", Application("T1", 50'000'000), "e1");
  EXPECT_EQ(reader_->Await("OrderApplyNotice", 1).size(), 1U);
  std::vector<std::string> parked;
  const auto until = std::chrono::steady_clock::now() + kDeadline;
  while (parked.size() < 2 && std::chrono::steady_clock::now() < until) {
    reader_->Poll(50ms);
    parked.clear();
    for (const auto& record : reader_->Await("OrderApply", 0)) {
      if (record.source.topic.ends_with(".dlq")) {
        parked.emplace_back(record.FindHeader("ce_detail"));
      }
    }
  }
  ASSERT_EQ(parked.size(), 2U);
  const std::string reasons = parked[0] + parked[1];  // of two partitions, in either order
  EXPECT_NE(reasons.find("event.value"), std::string::npos);
  EXPECT_NE(reasons.find("event.partner"), std::string::npos);
}

TEST(IsPdf, WantsAWholeFileWithAPage) {
  EXPECT_TRUE(IsPdf(kPdf));
  EXPECT_FALSE(IsPdf("%PDF-1.4\nnothing\n%%EOF\n"));
  EXPECT_FALSE(IsPdf(kPdf.substr(0, kPdf.size() / 2)));
  EXPECT_FALSE(IsPdf(kPdf.substr(0, kPdf.size() / 2) + "%%EOF\n"));
  std::string pageless = kPdf;
  pageless.replace(pageless.find("/Count 1"), 8, "/Count 0");
  pageless.replace(pageless.find("/Kids"), 5, "/Nids");
  EXPECT_FALSE(IsPdf(pageless));
  EXPECT_FALSE(IsPdf("PK\x03\x04%%EOF"));
  EXPECT_FALSE(IsPdf(""));
}

}  // namespace
}  // namespace guarantee::order
