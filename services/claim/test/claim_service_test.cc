// The claim service over a bus in memory and SQLite: what goes in on its topics and calls, and what
// comes out on others. The clock is a test's; nothing here waits for real time but for the
// service's own threads, with a deadline.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <thread>
#include <vector>

#include "claim/app/claim_work.h"
#include "claim/wiring.h"
#include "contract/flow.h"
#include "guarantee/event/v1/claim.pb.h"
#include "guarantee/event/v1/claim_decision.pb.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/partner/v1/claim.pb.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "messaging/event.h"
#include "rpc/server.h"
#include "testing/fake_bus.h"
#include "testing/fake_clock.h"

namespace guarantee::claim {
namespace {

namespace event = guarantee::event::v1;
using messaging::Delivered;
using namespace std::chrono_literals;

constexpr const char* kNoticesTopic = "guarantee.notices.v1";
constexpr std::int64_t kAvailableFen = 50'000'000;
constexpr std::int64_t kDayMs = 24LL * 3'600'000;
constexpr const char* kTenderee = "某招标人有限公司";
constexpr const char* kTendereeCode = "91430602MA4L5GJ80Y";
constexpr auto kDeadline = 20s;

std::string Flow(const std::string& partner, const std::string& guarantee_no) {
  return contract::JoinFlow(partner, contract::FlowKind::kClaim, guarantee_no);
}

class ClaimServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / "guarantee-claim-XXXXXX";
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
    WriteFiles();
    contract_ = contract::Contract::Load().value();
    auto partners = partner::PartnerDirectory::Load(directory_ + "/partners.json",
                                                    partner::Environment::kDevelopment, *contract_);
    ASSERT_TRUE(partners.has_value()) << partner::Describe(partners.error());
    partners_ = *partners;
    std::vector<messaging::TopicSettings> topics;
    for (const std::string& name :
         {std::string(kRequestsTopic), std::string(kDecisionsTopic), std::string(kEventsTopic),
          std::string(kStateTopic), std::string(kOrderRequestsTopic), std::string(kNoticesTopic),
          std::string(kRequestsTopic) + ".dlq", std::string(kDecisionsTopic) + ".dlq"}) {
      topics.push_back({name, 2, 1, {}});
    }
    ASSERT_TRUE(bus_.CreateTopics(topics, 1s).has_value());
    options_.process_name = "claim";
    options_.alone = true;
    options_.contact_name = "张三";
    options_.contact_phone = "0730-8888888";
    options_.request_limit_ms = 1;
  }
  void TearDown() override {
    Stop();
    std::filesystem::remove_all(directory_);
  }

  void Start() {
    file_ = sql::SqliteFile::Open(directory_ + "/hub.db").value();
    database_ = file_->Schema(kSchema);
    auto host = StartClaim(options_, bus_, *database_, contract_, partners_, clock_);
    ASSERT_TRUE(host.has_value()) << Describe(host.error());
    host_ = std::move(*host);
    server_ = rpc::StartServer("127.0.0.1:0", {&host_->cases()}).value();
    stub_ = rpc::v1::CaseService::NewStub(server_->InProcessChannel({}));
  }
  void Stop() {
    if (server_) rpc::Stop(*server_);
    server_.reset();
    stub_.reset();
    host_.reset();
    database_.reset();
    file_.reset();
  }

  void WriteFiles() const {
    const auto write = [this](const std::string& name, const std::string& text) {
      std::ofstream(directory_ + "/" + name) << text;
    };
    write("hash",
          "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$"
          "aGFzaGhhc2hoYXNoaGFzaGhhc2hoYXNoaGFzaGhhc2g");
    write("password", "secret");
    std::string list;
    for (const std::string id : {"demo", "second"}) {
      list += (list.empty() ? "" : ",") + std::string(R"({"id":")") + id +
              R"(","environment":"development","institution":{"kind":"guarantee_company",)"
              R"("name":"岳阳融资担保"},"accounts":[{"user":")" +
              id +
              R"(","password_hash_file":"hash","entitlements":[{"interfaces":["*"]}]}],)"
              R"("source_networks":["127.0.0.0/8"],"field_cipher":"R1",)"
              R"("limits":{"amount_max":"100000000.00"},"products":{"valid_days":120},)"
              R"("platform":{"base_url":"http://127.0.0.1:1/front/","user":"u",)"
              R"("password_file":"password"}})";
    }
    write("partners.json", R"({"partners":[)" + list + "]}");
    write("rules.json", R"({"order":{},"claim":{"pay_up_to":"10000000.00"}})");
  }

  void Publish(const std::string& topic, const google::protobuf::Message& message,
               const std::string& flow, const std::string& id) {
    messaging::Envelope envelope;
    envelope.id = id;
    envelope.type = message.GetTypeName();
    envelope.partner = flow.substr(0, flow.find('/'));
    envelope.flow = flow;
    envelope.time = clock_.Now();
    std::atomic<bool> reported{false};
    bus_.producer().Publish(messaging::MakeRecord(envelope, topic, message.SerializeAsString()),
                            [&](const auto& position) {
                              EXPECT_TRUE(position.has_value());
                              reported = true;
                              reported.notify_all();
                            });
    reported.wait(false);
  }
  void Present(const std::string& number, const std::string& partner = "demo") {
    partner::v1::CompensateApply apply;
    apply.set_business_no(number);
    apply.set_guarantee_no("G-1");
    apply.set_beneficiary(kTenderee);
    apply.set_beneficiary_code(kTendereeCode);
    Publish(kRequestsTopic, apply, Flow(partner, "G-1"), "e-" + partner + number);
  }
  void Hold(const std::string& number, const std::string& partner = "demo") {
    event::GuaranteeHeld held;
    held.set_business_no(number);
    held.set_available_fen(kAvailableFen);
    held.set_valid_end(clock_.Now().value + 100 * kDayMs);
    held.set_restored(true);
    held.set_tenderee_name(kTenderee);
    held.set_tenderee_code(kTendereeCode);
    Publish(kRequestsTopic, held, Flow(partner, "G-1"), "h-" + partner + number);
  }
  void Decide(const event::DecideClaim& decision, const std::string& guarantee_no = "G-1") {
    Publish(kDecisionsTopic, decision, Flow("demo", guarantee_no), "r-" + decision.decision_id());
  }
  static event::DecideClaim Decision(const std::string& id, const std::string& by) {
    event::DecideClaim decision;
    decision.set_decision_id(id);
    decision.set_decided_by(by);
    decision.set_reason("because");
    return decision;
  }

  // Records of a topic whose type ends in `type`, once there are `count` of them.
  std::vector<Delivered> Await(const std::string& topic, const std::string& type,
                               std::size_t count) {
    const auto until = std::chrono::steady_clock::now() + kDeadline;
    std::vector<Delivered> found;
    do {
      found.clear();
      for (Delivered& record : bus_.Records(topic)) {
        if (record.FindHeader("ce_type").ends_with("." + type)) found.push_back(std::move(record));
      }
      std::this_thread::yield();
    } while (found.size() < count && std::chrono::steady_clock::now() < until);
    EXPECT_EQ(found.size(), count) << topic << " " << type;
    return found;
  }
  // Until the service has gone past a record of the topic.
  void AwaitHandled(const std::string& topic) {
    const auto until = std::chrono::steady_clock::now() + kDeadline;
    const auto handled = [&] {
      return bus_.LagPosition(kGroup, {topic, 0}) > 0 || bus_.LagPosition(kGroup, {topic, 1}) > 0;
    };
    while (!handled() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    EXPECT_TRUE(handled()) << topic;
  }
  template <typename Message>
  Message One(const std::string& topic) {
    const auto found = Await(topic, Message::descriptor()->name(), 1);
    Message message;
    if (!found.empty()) {
      EXPECT_TRUE(message.ParseFromString(found.back().value));
    }
    return message;
  }

  rpc::v1::AnswerReply AskWithdrawal(const std::string& number, const std::string& flow) {
    partner::v1::CompensateRevocation revocation;
    revocation.set_business_no(number);
    revocation.set_reason("放弃理赔");
    rpc::v1::AnswerRequest request;
    request.set_section("3.19");
    request.set_type(revocation.GetTypeName());
    request.set_message(revocation.SerializeAsString());
    request.set_partner("demo");
    request.set_flow(flow);
    request.set_business_no(number);
    request.set_received_at(clock_.Now().value);
    grpc::ClientContext context;
    rpc::SetDeadline(context, 10s);
    rpc::v1::AnswerReply reply;
    const grpc::Status status = stub_->Answer(&context, request, &reply);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return reply;
  }
  rpc::v1::CaseOutcome Call(const event::DecideClaim& decision, const std::string& number,
                            const std::string& partner = {}) {
    rpc::v1::CaseDecision request;
    request.set_kind("claim");
    request.mutable_selector()->set_partner(partner);
    request.mutable_selector()->set_number(number);
    request.set_type(decision.GetTypeName());
    request.set_decision(decision.SerializeAsString());
    grpc::ClientContext context;
    rpc::SetDeadline(context, 10s);
    rpc::v1::CaseOutcome outcome;
    const grpc::Status status = stub_->Decide(&context, request, &outcome);
    EXPECT_TRUE(status.ok()) << status.error_message();
    return outcome;
  }

  testing::FakeClock clock_;
  testing::FakeBus bus_{clock_};
  std::string directory_;
  ClaimOptions options_;
  std::shared_ptr<const contract::Contract> contract_;
  std::shared_ptr<const partner::PartnerDirectory> partners_;
  std::shared_ptr<sql::SqliteFile> file_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<host::Host> host_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<rpc::v1::CaseService::Stub> stub_;
};

TEST_F(ClaimServiceTest, ClaimIsHeldApprovedByTwoPaidAndTold) {
  Start();
  Present("C-1");
  const auto asked = Await(kOrderRequestsTopic, "ClaimReceived", 1);
  EXPECT_EQ(asked.at(0).key, "demo/guarantee/G-1");
  Hold("C-1");
  Await(kEventsTopic, "ClaimBeneficiaryCompared", 1);
  event::DecideClaim approve = Decision("d1", "maker");
  approve.mutable_approve();
  EXPECT_EQ(Call(approve, "C-1").result(), "pending");
  EXPECT_EQ(Call(approve, "C-1").result(), "same_again");
  approve.set_decision_id("d2");
  EXPECT_EQ(Call(approve, "C-1").reason(), "claim.same_person");
  approve = Decision("d3", "checker");
  approve.mutable_approve();
  EXPECT_EQ(Call(approve, "G-1").result(), "applied");
  event::DecideClaim confirm = Decision("d4", "cashier");
  confirm.mutable_confirm()->set_reference("PAY-1");
  Decide(confirm);
  const auto notice = One<partner::v1::CompensateNotice>(kNoticesTopic);
  EXPECT_EQ(notice.business_no(), "C-1");
  EXPECT_EQ(notice.guarantee_no(), "G-1");
  EXPECT_EQ(notice.operate_result(), partner::v1::OUTCOME_SUCCESS);
  EXPECT_EQ(notice.payer_amount_fen(), kAvailableFen);
  EXPECT_EQ(notice.apply_user_name(), "张三");
  EXPECT_EQ(notice.apply_user_phone(), "0730-8888888");
  EXPECT_FALSE(notice.compensate_result_desc().empty());
  const auto paid = One<event::ClaimPaid>(kOrderRequestsTopic);
  EXPECT_EQ(paid.amount_fen(), kAvailableFen);
  EXPECT_EQ(paid.reference(), "PAY-1");
  EXPECT_EQ(One<event::ClaimClosed>(kOrderRequestsTopic).outcome(), "paid");
}

TEST_F(ClaimServiceTest, PublicEventsAreDenseAndHoldNothingPersonal) {
  options_.rules_file = directory_ + "/rules.json";
  Start();
  Present("C-1");
  Await(kOrderRequestsTopic, "ClaimReceived", 1);
  Hold("C-1");
  Await(kEventsTopic, "ClaimPaymentConfirmed", 1);
  std::int64_t expected = 0;
  for (const Delivered& record : bus_.Records(kEventsTopic)) {
    EXPECT_EQ(messaging::ReadEnvelope(record)->sequence, ++expected);
    EXPECT_EQ(record.value.find(kTenderee), std::string::npos);
    EXPECT_EQ(record.value.find(kTendereeCode), std::string::npos);
  }
  EXPECT_GE(expected, 6);
}

TEST_F(ClaimServiceTest, SameRequestAgainAndAnotherPartnersNumbersAreApart) {
  Start();
  for (int copy = 0; copy < 3; ++copy) Present("C-1");
  Present("C-1", "second");
  Await(kEventsTopic, "ClaimPresented", 2);
  // Behind all copies in the same flow.
  Present("C-2");
  const auto notice = One<partner::v1::CompensateNotice>(kNoticesTopic);
  EXPECT_EQ(notice.business_no(), "C-2");
  EXPECT_EQ(notice.compensate_result_desc(), "存在未决理赔");
  Await(kEventsTopic, "ClaimPresented", 3);
  Await(kOrderRequestsTopic, "ClaimReceived", 2);
}

TEST_F(ClaimServiceTest, HoldRefusedIsToldWithItsText) {
  Start();
  Present("C-1");
  event::HoldRefused refused;
  refused.set_business_no("C-1");
  refused.set_reason("guarantee.expired");
  refused.set_text("保函已到期");
  Publish(kRequestsTopic, refused, Flow("demo", "G-1"), "x1");
  const auto notice = One<partner::v1::CompensateNotice>(kNoticesTopic);
  EXPECT_EQ(notice.operate_result(), partner::v1::OUTCOME_FAILURE);
  EXPECT_EQ(notice.compensate_result_desc(), "保函已到期");
  EXPECT_FALSE(notice.has_payer_amount_fen());
}

TEST_F(ClaimServiceTest, WithdrawalIsAnsweredAndNeedsTheConsent) {
  Start();
  const auto unknown = AskWithdrawal("C-1", Flow("demo", "G-1"));
  EXPECT_EQ(unknown.code(), 500);
  EXPECT_EQ(unknown.text(), "业务流水号不存在");
  // Published and perhaps not handled: the answer waits for it.
  Present("C-1");
  const auto consent = AskWithdrawal("C-1", Flow("demo", "G-1"));
  EXPECT_EQ(consent.code(), 500);
  EXPECT_EQ(consent.text(), "需受益人确认，请联系出函机构");
  event::DecideClaim approve = Decision("d1", "operator");
  approve.mutable_pre_approve()->set_document("consent");
  EXPECT_EQ(Call(approve, "C-1").result(), "applied");
  EXPECT_EQ(AskWithdrawal("C-1", Flow("demo", "G-1")).code(), 200);
  EXPECT_EQ(AskWithdrawal("C-1", Flow("demo", "G-1")).code(), 200);
  EXPECT_EQ(One<event::ClaimClosed>(kOrderRequestsTopic).outcome(), "withdrawn");
  // The hold was on its way.
  Hold("C-1");
  Await(kOrderRequestsTopic, "ClaimClosed", 2);
  EXPECT_TRUE(bus_.Records(kNoticesTopic).empty()) << "the answer is the result";
}

TEST_F(ClaimServiceTest, RegisteredClaimIsToldToThePlatformAndEndsByItsAnswer) {
  Start();
  event::DecideClaim decision = Decision("d1", "registrar");
  decision.mutable_register_()->set_beneficiary_name(kTenderee);
  decision.mutable_register_()->set_beneficiary_code(kTendereeCode);
  Decide(decision);
  const auto asked = One<event::ClaimReceived>(kOrderRequestsTopic);
  EXPECT_TRUE(asked.own());
  EXPECT_TRUE(bus_.Records(kNoticesTopic).empty()) << "not before the guarantee is held";
  Hold(asked.business_no());
  const auto apply = One<partner::v1::CompensateApply>(kNoticesTopic);
  EXPECT_EQ(apply.business_no(), asked.business_no());
  EXPECT_EQ(apply.guarantee_no(), "G-1");
  EXPECT_EQ(apply.beneficiary(), kTenderee);
  partner::v1::CompensateNotice result;
  result.set_business_no(asked.business_no());
  result.set_guarantee_no("G-1");
  result.set_operate_result(partner::v1::OUTCOME_SUCCESS);
  result.set_payer_amount_fen(kAvailableFen);
  result.set_compensate_result_desc("赔付成功");
  Publish(kRequestsTopic, result, Flow("demo", "G-1"), "x1");
  EXPECT_EQ(One<event::ClaimPaid>(kOrderRequestsTopic).amount_fen(), kAvailableFen);
  Await(kNoticesTopic, "CompensateNotice", 0);
  EXPECT_EQ(AskWithdrawal(asked.business_no(), "demo/claim/").text(), "业务已办结，不能撤回");
}

TEST_F(ClaimServiceTest, TimersSurviveAStopAndFireInOrder) {
  Start();
  Present("C-1");
  Await(kOrderRequestsTopic, "ClaimReceived", 1);
  Stop();
  clock_.Advance(20 * kDayMs);
  Start();
  const auto passed = Await(kEventsTopic, "ClaimClockPassed", 2);
  ASSERT_EQ(passed.size(), 2U);
  event::ClaimClockPassed first;
  ASSERT_TRUE(first.ParseFromString(passed[0].value));
  EXPECT_EQ(first.percent(), 80);
  event::ClaimClockPassed second;
  ASSERT_TRUE(second.ParseFromString(passed[1].value));
  EXPECT_EQ(second.percent(), 100);
  EXPECT_GE(Await(kOrderRequestsTopic, "ClaimReceived", 2).size(), 2U) << "asked again";
  event::DecideClaim refuse = Decision("d1", "examiner");
  refuse.mutable_refuse()->add_discrepancies("签章不全");
  EXPECT_EQ(Call(refuse, "C-1").reason(), "claim.precluded");
}

TEST_F(ClaimServiceTest, WhatIsNotForUsIsParkedAndTheRestGoesOn) {
  Start();
  event::ReserveCredit foreign;
  Publish(kRequestsTopic, foreign, Flow("demo", "G-1"), "x1");
  event::DecideClaim unusable = Decision("d1", "");
  unusable.mutable_open();
  Decide(unusable);
  Present("C-1");
  Await(kEventsTopic, "ClaimPresented", 1);
  Await(std::string(kRequestsTopic) + ".dlq", "ReserveCredit", 1);
  Await(std::string(kDecisionsTopic) + ".dlq", "DecideClaim", 1);
}

TEST_F(ClaimServiceTest, DecisionOnNothingIsRefusedInPublic) {
  Start();
  event::DecideClaim open = Decision("d1", "examiner");
  open.mutable_open();
  Decide(open, "G-9");
  // It waits until everything that came before it has surely been handled: two seconds later.
  AwaitHandled(kDecisionsTopic);
  clock_.Advance(2'000);
  const auto refused = One<event::ClaimDecisionRefused>(kEventsTopic);
  EXPECT_EQ(refused.reason(), "claim.unknown");
  EXPECT_EQ(refused.claim().guarantee_no(), "G-9");
  EXPECT_EQ(refused.by().decision_id(), "d1");
}

TEST_F(ClaimServiceTest, SettingsAreRequired) {
  options_.contact_phone.clear();
  file_ = sql::SqliteFile::Open(directory_ + "/hub.db").value();
  database_ = file_->Schema(kSchema);
  const auto host = StartClaim(options_, bus_, *database_, contract_, partners_, clock_);
  ASSERT_FALSE(host.has_value());
  EXPECT_EQ(host.error().field, "claim.contact_phone");
}

TEST_F(ClaimServiceTest, Registration_ByCallNeedsNoClaimButAPartner) {
  Start();
  event::DecideClaim decision = Decision("d1", "officer");
  decision.mutable_register_()->set_beneficiary_name(kTenderee);
  decision.mutable_register_()->set_beneficiary_code(kTendereeCode);
  rpc::v1::CaseDecision request;
  request.set_kind("claim");
  request.mutable_selector()->set_number("G-1");
  request.mutable_selector()->set_partner("nobody");
  request.set_type(decision.GetTypeName());
  request.set_decision(decision.SerializeAsString());
  grpc::ClientContext context;
  rpc::v1::CaseOutcome outcome;
  EXPECT_FALSE(stub_->Decide(&context, request, &outcome).ok());
  EXPECT_EQ(Call(decision, "G-1", "demo").result(), "applied");
  EXPECT_EQ(Await(kOrderRequestsTopic, "ClaimReceived", 1).size(), 1U);
}

}  // namespace
}  // namespace guarantee::claim
