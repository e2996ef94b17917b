// The guarantee of an issued order: refund, restore, cancellation, claim, moved times, expiry.
#include <grpcpp/grpcpp.h>

#include "crypto/purpose.h"
#include "crypto/token.h"
#include "guarantee/event/v1/guarantee_decision.pb.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/event/v1/state.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "guarantee/rpc/v1/order.grpc.pb.h"
#include "order/test/order_fixture.h"
#include "rpc/server.h"

namespace guarantee::order {
namespace {

using messaging::Delivered;

constexpr std::int64_t kAmountFen = 50'000'000;
constexpr std::int64_t kToOpeningMs = 25 * kHourMs;

// What a real Java runtime sealed (libs/sealing/test/data).
struct Vector {
  std::string key;
  std::string code;
  std::string code_plain_base64;
  std::string name;
};
Vector LoadVector() {
  std::ifstream file(GUARANTEE_SOURCE_DIR "/libs/sealing/test/data/vectors.txt");
  Vector vector;
  std::string word;
  while (file >> word && word != "key") continue;
  file >> vector.key;
  std::string kind;
  std::string sealed;
  for (int field = 0; field < 4; ++field) {
    file >> word >> kind >> sealed;
    std::getline(file, word);  // what it opens to
    if (kind == "code") {
      vector.code = sealed;
      vector.code_plain_base64 = word.substr(1);
    } else {
      vector.name = sealed;
    }
  }
  return vector;
}

std::string Damaged(std::string key) {
  char& one = key[key.size() / 2];
  one = one == 'A' ? 'B' : 'A';
  return key;
}

class GuaranteeServiceTest : public OrderServiceTest {
 protected:
  void StartAll(bool with_rules) {
    Start(with_rules);
    server_ = rpc::StartServer("127.0.0.1:0", service_->rpcs()).value();
    cases_ = rpc::v1::CaseService::NewStub(server_->InProcessChannel({}));
  }
  void TearDown() override {
    if (server_) rpc::Stop(*server_);
    server_.reset();
    OrderServiceTest::TearDown();
  }

  // An issued guarantee whose notice the platform has accepted.
  void Issue(const std::string& partner = "demo", const std::string& order_no = "T1") {
    auto application = Application(order_no, kAmountFen);
    application.set_bidder_code(vector_.code);
    application.set_tenderee(vector_.name);
    application.set_tenderee_code(vector_.code);
    Apply(partner, application, "e-" + partner + order_no);
    ASSERT_EQ(reader_->Await("OrderAccepted", 1).size(), 1U);
    Decide(partner, order_no, Approval("d-" + order_no, "G-1"));
    ASSERT_EQ(reader_->Await("GuaranteeIssued", 1).size(), 1U);
    NoticeResult<event::NoticeAccepted>("3.2", Flow(partner, order_no), "B-" + order_no);
    ASSERT_EQ(reader_->Await("GuaranteeIssueAcknowledged", 1).size(), 1U);
  }
  static std::string Letter(const std::string& partner = "demo") {
    return contract::JoinFlow(partner, contract::FlowKind::kGuarantee, "G-1");
  }
  template <typename Result>
  void NoticeResult(const std::string& section, const std::string& flow,
                    const std::string& business_no) {
    Result result;
    result.mutable_notice()->set_section(section);
    result.mutable_notice()->set_business_no(business_no);
    messaging::Envelope envelope;
    envelope.id = "n-" + std::to_string(++ids_);
    envelope.type = result.GetTypeName();
    envelope.partner = flow.substr(0, flow.find('/'));
    envelope.flow = flow;
    envelope.time = clock_.Now();
    envelope.interface_section = section;
    envelope.business_no = business_no;
    Publish(kNoticeEventsTopic, envelope, result.SerializeAsString());
  }
  void Send(const std::string& topic, const google::protobuf::Message& message,
            const std::string& business_no = {}, const std::string& flow = Letter()) {
    messaging::Envelope envelope;
    envelope.id = "r-" + std::to_string(++ids_);
    envelope.type = message.GetTypeName();
    envelope.partner = flow.substr(0, flow.find('/'));
    envelope.flow = flow;
    envelope.time = clock_.Now();
    envelope.business_no = business_no;
    Publish(topic, envelope, message.SerializeAsString());
  }
  void RequestRefund(const std::string& number) {
    partner::v1::RefundApply apply;
    apply.set_business_no(number);
    apply.set_guarantee_no("G-1");
    apply.set_reason("业务需要");
    Send(kRequestsTopic, apply, number);
  }
  void RequestCancel(const std::string& number) {
    partner::v1::CancelApply apply;
    apply.set_business_no(number);
    apply.set_guarantee_no("G-1");
    Send(kRequestsTopic, apply, number);
  }
  static event::DecideGuarantee Head(const std::string& id) {
    event::DecideGuarantee decision;
    decision.set_decision_id(id);
    decision.set_decided_by("officer");
    return decision;
  }
  rpc::v1::AnswerReply Ask(const google::protobuf::Message& message, const std::string& section,
                           const std::string& flow, const std::string& business_no) {
    rpc::v1::AnswerRequest request;
    request.set_section(section);
    request.set_type(std::string(message.GetTypeName()));
    request.set_message(message.SerializeAsString());
    request.set_partner(flow.substr(0, flow.find('/')));
    request.set_flow(flow);
    request.set_business_no(business_no);
    request.set_received_at(clock_.Now().value);
    grpc::ClientContext context;
    rpc::v1::AnswerReply reply;
    const grpc::Status status = cases_->Answer(&context, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return reply;
  }
  rpc::v1::AnswerReply Restore(const std::string& key, const std::string& number = "R-1") {
    partner::v1::RestoreApply apply;
    apply.set_business_no(number);
    apply.set_guarantee_no("G-1");
    apply.set_secret_key(key);
    return Ask(apply, "3.7", Letter(), number);
  }
  void Open() {
    clock_.Advance(kToOpeningMs);
    clock_.Advance(1);
  }

  const Vector vector_ = LoadVector();
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<rpc::v1::CaseService::Stub> cases_;
  int ids_ = 0;
};

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
  // The same key again: the same notice once more; under another number one of its own.
  EXPECT_EQ(Restore(vector_.key).code(), 200);
  ASSERT_EQ(reader_->Await("ResendNotice", 1).size(), 1U);
  EXPECT_EQ(Restore(vector_.key, "R-2").code(), 200);
  ASSERT_EQ(reader_->Await("RestoreNotice", 2).size(), 2U);
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
  for (const std::string result : {"applied", "refused"}) {
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
