// The guarantee of an issued order: refund, restore, cancellation, claim, moved times, expiry.
#include "order/test/guarantee_fixture.h"

namespace guarantee::order {
namespace {

TEST_F(GuaranteeServiceTest, Refund_IsDecidedAndToldBeforeTheOpening) {
  StartAll(false);
  Issue();
  RequestRefund("F-1");
  ASSERT_EQ(reader_->Await("GuaranteeRefundRequested", 1).size(), 1U);
  event::DecideGuarantee decision = Head("d-9");
  decision.mutable_approve_refund();
  Send(kDecisionsTopic, decision);
  const auto notices = reader_->Await("RefundNotice", 1);
  ASSERT_EQ(notices.size(), 1U);
  const auto envelope = messaging::ReadEnvelope(notices[0]).value();
  EXPECT_EQ(envelope.flow, Letter());
  EXPECT_EQ(envelope.interface_section, "3.16");
  EXPECT_EQ(envelope.business_no, "F-1");
  EXPECT_EQ(envelope.not_after.value, clock_.Now().value + kToOpeningMs);
  const auto notice = Read<partner::v1::RefundNotice>(notices[0]);
  EXPECT_EQ(notice.operate_result(), partner::v1::OUTCOME_SUCCESS);
  EXPECT_EQ(notice.reason(), "业务需要");
}

TEST_F(GuaranteeServiceTest, Rules_ApproveWhatIsBelowTheirBounds) {
  StartAll(true);
  auto application = Application("T1", kAmountFen);
  Apply("demo", application, "e1");
  const auto issued = reader_->Await("OrderApplyNotice", 1);
  ASSERT_EQ(issued.size(), 1U);
  const std::string number = Read<partner::v1::OrderApplyNotice>(issued[0]).guarantee_no();
  const std::string flow = contract::JoinFlow("demo", contract::FlowKind::kGuarantee, number);
  partner::v1::RefundApply apply;
  apply.set_business_no("F-1");
  apply.set_guarantee_no(number);
  Send(kRequestsTopic, apply, "F-1", flow);
  const auto notices = reader_->Await("RefundNotice", 1);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(Read<partner::v1::RefundNotice>(notices[0]).operate_result(),
            partner::v1::OUTCOME_SUCCESS);
}

TEST_F(GuaranteeServiceTest, Withdrawal_IsAnsweredAfterCommitAndAgainTheSame) {
  StartAll(false);
  Issue();
  RequestRefund("F-1");
  ASSERT_EQ(reader_->Await("GuaranteeRefundRequested", 1).size(), 1U);
  partner::v1::RefundRevocation revocation;
  revocation.set_business_no("F-1");
  revocation.set_reason("放弃退函");
  EXPECT_EQ(Ask(revocation, "3.18", Letter(), "F-1").code(), 200);
  EXPECT_EQ(Ask(revocation, "3.18", Letter(), "F-1").code(), 200);
  EXPECT_EQ(reader_->Await("GuaranteeRefundWithdrawn", 1).size(), 1U);
  revocation.set_business_no("F-2");
  EXPECT_EQ(Ask(revocation, "3.18", Letter(), "F-2").code(), 500);
  // Not in the register: the number's half is empty.
  EXPECT_EQ(Ask(revocation, "3.18", "demo/guarantee/", "F-2").code(), 500);
  EXPECT_EQ(reader_->Count("RefundNotice"), 0U);
}

TEST_F(GuaranteeServiceTest, Withdrawal_OvertakingItsRequestWaitsForIt) {
  StartAll(false);
  Issue();
  for (int at = 0; at < 20; ++at) RequestRefund("F-1");
  partner::v1::RefundRevocation revocation;
  revocation.set_business_no("F-1");
  // Whatever the consumer has read so far: the request came first.
  EXPECT_EQ(Ask(revocation, "3.18", Letter(), "F-1").code(), 200);
}

TEST_F(GuaranteeServiceTest, Restore_OpensTellsNeighboursAndSendsTheLetter) {
  StartAll(false);
  Issue();
  EXPECT_EQ(Restore(vector_.key).code(), 500) << "before the opening";
  Open();
  const rpc::v1::AnswerReply wrong = Restore(Damaged(vector_.key));
  EXPECT_EQ(wrong.code(), 500);
  const rpc::v1::AnswerReply done = Restore(vector_.key);
  EXPECT_EQ(done.code(), 200) << done.text();
  const auto told = reader_->Await("v1.GuaranteeRestored", 2);
  ASSERT_EQ(told.size(), 2U);
  ASSERT_EQ(reader_->Await("GuaranteeOpened", 1).size(), 1U);
  std::map<std::string, int> topics;
  for (const Delivered& record : told) {
    ++topics[record.source.topic];
    EXPECT_EQ(record.value.find(vector_.key), std::string::npos);
    if (record.source.topic != kClaimTopic) continue;
    const auto message = Read<event::GuaranteeRestored>(record);
    EXPECT_EQ(message.guarantee_no(), "G-1");
    EXPECT_FALSE(message.bidder_code().empty());
    EXPECT_NE(message.bidder_code(), vector_.code);
    EXPECT_EQ(message.bidder_code(), message.tenderee_code());
  }
  EXPECT_EQ(topics[kClaimTopic], 1);
  EXPECT_EQ(topics[kInvoiceTopic], 1);
  EXPECT_EQ(reader_->Count("RestoreNotice"), 0U);
  event::DecideGuarantee letter = Head("d-8");
  letter.mutable_plain_letter()->mutable_letter()->set_file(kPdf + "\n");
  Send(kDecisionsTopic, letter);
  const auto notices = reader_->Await("RestoreNotice", 1);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(messaging::ReadEnvelope(notices[0])->business_no, "R-1");
  EXPECT_EQ(Restore(vector_.key).code(), 200) << "the same call, because its answer was lost";
  // The same key again: the same notice once more; under another number one of its own.
  clock_.Advance(1);
  EXPECT_EQ(Restore(vector_.key).code(), 200);
  ASSERT_EQ(reader_->Await("ResendNotice", 1).size(), 1U);
  EXPECT_EQ(Restore(vector_.key, "R-2").code(), 200);
  ASSERT_EQ(reader_->Await("RestoreNotice", 2).size(), 2U);
  EXPECT_EQ(reader_->Count("ResendNotice"), 1U);
}

TEST_F(GuaranteeServiceTest, Restore_WithAKeyThatOpenedAnotherLetterRaisesAnAlarm) {
  StartAll(false);
  Issue();
  auto second = Application("T2", kAmountFen);
  second.set_bidder_code(vector_.code);
  Apply("demo", second, "e2");
  ASSERT_EQ(reader_->Await("OrderAccepted", 2).size(), 2U);
  Decide("demo", "T2", Approval("d2", "G-2"));
  ASSERT_EQ(reader_->Await("GuaranteeIssued", 2).size(), 2U);
  Open();
  const std::string other = contract::JoinFlow("demo", contract::FlowKind::kGuarantee, "G-2");
  EXPECT_EQ(Restore(vector_.key).code(), 200);
  EXPECT_EQ(Restore(vector_.key, "R-9").code(), 200) << "of one letter as often as it likes";
  EXPECT_EQ(Alarms(Letter()), std::vector<std::string>{});
  partner::v1::RestoreApply apply;
  apply.set_business_no("R-2");
  apply.set_guarantee_no("G-2");
  apply.set_secret_key(vector_.key);
  EXPECT_EQ(Ask(apply, "3.7", other, "R-2").code(), 200);
  const std::vector<std::string> told{"alarm: the key has opened another letter before: " +
                                      Letter()};
  EXPECT_EQ(Alarms(other), told);
}

TEST_F(GuaranteeServiceTest, Restore_OpensWhatTheGatewaySealedToo) {
  StartAll(false);
  auto application = Application("T1", kAmountFen);
  const auto stored = [](const std::string& value, const std::string& field) {
    return StorageKeys().Seal(Secret(value), {"demo", "T1", field}, crypto::SystemRandom()).value();
  };
  application.set_bidder_name(stored("岳阳建设有限公司", "bidder_name"));
  application.set_bidder_code(vector_.code);
  application.set_tenderee(stored("岳阳市某招标单位", "tenderee"));
  Apply("demo", application, "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  Decide("demo", "T1", Approval("d1", "G-1"));
  ASSERT_EQ(reader_->Await("GuaranteeIssued", 1).size(), 1U);
  Open();
  ASSERT_EQ(Restore(vector_.key).code(), 200);
  const auto told = reader_->Await("v1.GuaranteeRestored", 2);
  ASSERT_EQ(told.size(), 2U);
  const auto message = Read<event::GuaranteeRestored>(told[0]);
  EXPECT_EQ(message.bidder_name(), "岳阳建设有限公司");
  EXPECT_EQ(message.tenderee_name(), "岳阳市某招标单位");
}

TEST_F(GuaranteeServiceTest, Restore_OpensNothingBeforeItsTime) {
  StartAll(false);
  auto application = Application("T1", kAmountFen);
  // Cannot be opened by anybody: whoever tries gets an error, not an answer.
  application.set_bidder_name(
      StorageKeys()
          .Seal(Secret("甲"), {"demo", "elsewhere", "bidder_name"}, crypto::SystemRandom())
          .value());
  application.set_bidder_code(vector_.code);
  Apply("demo", application, "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  Decide("demo", "T1", Approval("d1", "G-1"));
  ASSERT_EQ(reader_->Await("GuaranteeIssued", 1).size(), 1U);
  EXPECT_EQ(Restore(vector_.key).text(), "未到开标时间，不能还原");
}

TEST_F(GuaranteeServiceTest, Cancellation_IsPreemptedByAClaim) {
  StartAll(false);
  Issue();
  Open();
  RequestCancel("C-1");
  ASSERT_EQ(reader_->Await("GuaranteeCancellationRequested", 1).size(), 1U);
  event::ClaimReceived claim;
  claim.set_business_no("L-1");
  claim.set_received_at(clock_.Now().value);
  Send(kRequestsTopic, claim);
  const auto refused = reader_->Await("CancelNotice", 1);
  ASSERT_EQ(refused.size(), 1U);
  EXPECT_EQ(Read<partner::v1::CancelNotice>(refused[0]).operate_result(),
            partner::v1::OUTCOME_FAILURE);
  const auto held = reader_->Await("GuaranteeHeld", 1);
  ASSERT_EQ(held.size(), 1U);
  EXPECT_EQ(held[0].source.topic, kClaimTopic);
  EXPECT_EQ(Read<event::GuaranteeHeld>(held[0]).available_fen(), kAmountFen);
  event::ClaimPaid paid;
  paid.set_business_no("L-1");
  paid.set_amount_fen(kAmountFen);
  paid.set_reference("P-1");
  paid.set_paid_at(clock_.Now().value);
  Send(kRequestsTopic, paid);
  const auto recorded = reader_->Await("GuaranteeClaimPaid", 1);
  ASSERT_EQ(recorded.size(), 1U);
  RequestCancel("C-2");
  ASSERT_EQ(reader_->Await("CancelNotice", 2).size(), 2U);
}

TEST_F(GuaranteeServiceTest, Cancellation_OfOursGoesToThePlatformAndBack) {
  StartAll(false);
  Issue();
  Open();
  event::DecideGuarantee decision = Head("d-7");
  decision.set_reason("项目终止");
  decision.mutable_propose_cancellation()->set_business_no("OWN-1");
  Send(kDecisionsTopic, decision);
  const auto sent = reader_->Await("CancelApply", 1);
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_EQ(messaging::ReadEnvelope(sent[0])->interface_section, "3.9");
  NoticeResult<event::NoticeAccepted>("3.9", Letter(), "OWN-1");
  ASSERT_EQ(reader_->Await("GuaranteeCancellationConsented", 1).size(), 1U);
  partner::v1::CancelNotice answer;
  answer.set_business_no("OWN-1");
  answer.set_guarantee_no("G-1");
  answer.set_operate_result(partner::v1::OUTCOME_SUCCESS);
  Send(kRequestsTopic, answer, "OWN-1");
  ASSERT_EQ(reader_->Await("GuaranteeCancelled", 1).size(), 1U);
  EXPECT_EQ(reader_->Count("CancelNotice"), 0U) << "the platform's own answer needs none";
}

TEST_F(GuaranteeServiceTest, Times_MoveOrderAndGuaranteeTogetherUntilTheRestore) {
  StartAll(false);
  Issue();
  partner::v1::OpenTimeMaintenance moved;
  moved.set_order_no("T1");
  moved.set_open_time(clock_.Now().value - kHourMs);
  EXPECT_EQ(Ask(moved, "3.22", Flow("demo", "T1"), {}).code(), 200);
  ASSERT_EQ(reader_->Await("OrderOpenTimeMoved", 1).size(), 1U);
  ASSERT_EQ(reader_->Await("GuaranteeOpenTimeMoved", 1).size(), 1U);
  EXPECT_EQ(Restore(vector_.key).code(), 200);
  moved.set_open_time(clock_.Now().value + kHourMs);
  const rpc::v1::AnswerReply refused = Ask(moved, "3.22", Flow("demo", "T1"), {});
  EXPECT_EQ(refused.code(), 500);
  EXPECT_EQ(refused.text(), "已还原，不能变更开标时间");
  EXPECT_EQ(reader_->Count("OrderOpenTimeMoved"), 1U) << "the order did not move either";
}

TEST_F(GuaranteeServiceTest, Times_TheOneReceivedLastCounts) {
  StartAll(false);
  Apply("demo", Application("T1", kAmountFen), "e1");
  partner::v1::PurchaseDeadlineMaintenance moved;
  moved.set_order_no("T1");
  // The later one is executed first: the earlier one would have ended the order.
  moved.set_bzj_end_time(clock_.Now().value + 30 * kHourMs);
  EXPECT_EQ(Ask(moved, "3.23", Flow("demo", "T1"), {}, 1'000).code(), 200);
  moved.set_bzj_end_time(clock_.Now().value - kHourMs);
  EXPECT_EQ(Ask(moved, "3.23", Flow("demo", "T1"), {}, 999).code(), 200);
  EXPECT_EQ(reader_->Await("OrderDeadlineMoved", 1).size(), 1U);
  EXPECT_EQ(reader_->Count("OrderLapsed"), 0U);
}

TEST_F(GuaranteeServiceTest, Acceptance_OfAnotherNoticeIsNotThatOfTheLetter) {
  StartAll(false);
  Apply("demo", Application("T1", kAmountFen), "e1");
  ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
  Decide("demo", "T1", Approval("d1", "G-1"));
  ASSERT_EQ(reader_->Await("GuaranteeIssued", 1).size(), 1U);
  NoticeResult<event::NoticeAccepted>("3.2", Flow("demo", "T1"), "B-another");
  NoticeResult<event::NoticeAccepted>("3.2", Flow("demo", "T1"), "B-T1");
  ASSERT_EQ(reader_->Await("GuaranteeIssueAcknowledged", 1).size(), 1U);
  RequestRefund("F-1");
  ASSERT_EQ(reader_->Await("GuaranteeRefundRequested", 1).size(), 1U);
  EXPECT_EQ(reader_->Count("OrderIssueAcknowledged"), 1U);
  const auto told = reader_->Await("GuaranteeIssueAcknowledged", 1);
  EXPECT_EQ(messaging::ReadEnvelope(told[0])->business_no, "B-T1");
}

TEST_F(GuaranteeServiceTest, Times_OfAnUnknownOrderAreRefusedOnceAllIsRead) {
  StartAll(false);
  partner::v1::PurchaseDeadlineMaintenance moved;
  moved.set_order_no("T9");
  moved.set_bzj_end_time(clock_.Now().value + kHourMs);
  EXPECT_EQ(Ask(moved, "3.23", Flow("demo", "T9"), {}).code(), 500);
}

TEST_F(GuaranteeServiceTest, Expiry_IsFiredByItsTimer) {
  StartAll(false);
  Issue();
  clock_.Advance(200 * 24 * kHourMs);
  EXPECT_EQ(reader_->Await("GuaranteeExpired", 1).size(), 1U);
}

TEST_F(GuaranteeServiceTest, Lists_NameRefundsByAnyOfTheirNumbers) {
  StartAll(false);
  Issue();
  RequestRefund("F-1");
  ASSERT_EQ(reader_->Await("GuaranteeRefundRequested", 1).size(), 1U);
  for (const std::string number : {"F-1", "G-1"}) {
    rpc::v1::ShowCaseRequest request;
    request.set_kind("refund");
    request.mutable_selector()->set_number(number);
    grpc::ClientContext context;
    rpc::v1::Summary summary;
    ASSERT_TRUE(cases_->Show(&context, request, &summary).ok()) << number;
    EXPECT_EQ(summary.state(), "requested");
    EXPECT_EQ(summary.business_no(), "F-1");
    EXPECT_EQ(summary.number(), "G-1");
  }
  rpc::v1::CaseDecision decision;
  decision.set_kind("refund");
  decision.mutable_selector()->set_number("F-1");
  event::DecideGuarantee message = Head("d-6");
  message.mutable_reject_refund();
  decision.set_type(std::string(message.GetTypeName()));
  decision.set_decision(message.SerializeAsString());
  grpc::ClientContext context;
  rpc::v1::CaseOutcome outcome;
  ASSERT_TRUE(cases_->Decide(&context, decision, &outcome).ok());
  EXPECT_EQ(outcome.result(), "applied");
  EXPECT_EQ(reader_->Await("RefundNotice", 1).size(), 1U);
}

TEST_F(GuaranteeServiceTest, StateTopic_HasTheNewestPictureOfBoth) {
  StartAll(false);
  Issue();
  RequestRefund("F-1");
  event::DecideGuarantee decision = Head("d-9");
  decision.mutable_approve_refund();
  ASSERT_EQ(reader_->Await("GuaranteeRefundRequested", 1).size(), 1U);
  Send(kDecisionsTopic, decision);
  ASSERT_EQ(reader_->Await("RefundNotice", 1).size(), 1U);
  std::map<std::string, std::pair<std::int64_t, event::MatterState>> newest;
  // Accepted, approved to issued, acknowledged; issued, acknowledged, asked, refunded.
  for (const Delivered& record : reader_->Await("MatterState", 7)) {
    const auto envelope = messaging::ReadEnvelope(record).value();
    EXPECT_EQ(record.source.topic, kStateTopic);
    EXPECT_EQ(envelope.sequence, newest[envelope.flow].first + 1) << "dense, a flow";
    newest[envelope.flow] = {envelope.sequence, Read<event::MatterState>(record)};
    EXPECT_EQ(record.value.find(vector_.code), std::string::npos);
  }
  ASSERT_EQ(newest.size(), 2U);
  EXPECT_EQ(newest[Flow("demo", "T1")].second.kind(), "order");
  EXPECT_EQ(newest[Flow("demo", "T1")].second.state(), "issued");
  EXPECT_EQ(newest[Letter()].second.kind(), "guarantee");
  EXPECT_EQ(newest[Letter()].second.state(), "refunded");
}

TEST_F(GuaranteeServiceTest, Redirect_IsSpentOnce) {
  StartAll(false);
  Apply("demo", Application("T1", kAmountFen), "e1");
  const auto key =
      crypto::TokenKey::Derive(Secret(std::string(32, 'k')), crypto::kRedirectPurpose).value();
  const std::array<std::string_view, 2> parts{"demo", "T1"};
  auto orders = rpc::v1::OrderService::NewStub(server_->InProcessChannel({}));
  rpc::v1::SpendRedirectRequest request;
  request.set_token(key.Make(parts));
  const std::pair<const char*, const char*> visits[] = {
      {"V1", "applied"}, {"V1", "same_again"}, {"V2", "refused"}, {"", "refused"}};
  for (const auto& [visit, result] : visits) {
    request.set_visit_id(visit);
    // Although nothing has been read from the topic yet, perhaps.
    grpc::ClientContext context;
    rpc::v1::SpendRedirectReply reply;
    const grpc::Status status = orders->SpendRedirect(&context, request, &reply);
    ASSERT_TRUE(status.ok()) << status.error_message();
    EXPECT_EQ(reply.result(), result);
    EXPECT_EQ(reply.order_no(), "T1");
    EXPECT_EQ(reply.flow(), Flow("demo", "T1"));
  }
  request.set_token("nobody's");
  grpc::ClientContext context;
  rpc::v1::SpendRedirectReply reply;
  EXPECT_EQ(orders->SpendRedirect(&context, request, &reply).error_code(),
            grpc::StatusCode::NOT_FOUND);
}

}  // namespace
}  // namespace guarantee::order
