// The credit service over a bus in memory and SQLite: what goes in on its topics and calls, and
// what comes out on others. The clock is a test's; nothing here waits for real time but for the
// service's own threads, with a deadline.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include "contract/flow.h"
#include "contract/formats.h"
#include "credit/app/credit_work.h"
#include "credit/wiring.h"
#include "guarantee/event/v1/credit.pb.h"
#include "guarantee/event/v1/credit_decision.pb.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/partner/v1/credit.pb.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "messaging/event.h"
#include "rpc/server.h"
#include "testing/fake_bus.h"
#include "testing/fake_clock.h"

namespace guarantee::credit {
namespace {

namespace event = guarantee::event::v1;
using messaging::Delivered;
using namespace std::chrono_literals;

constexpr const char* kNoticesTopic = "guarantee.notices.v1";
constexpr std::int64_t kLimitFen = 50'000'000;
constexpr std::int64_t kAmountFen = 30'000'000;
constexpr std::int64_t kDayMs = 24LL * 3'600'000;
constexpr const char* kApplicant = "某投标人有限公司";
constexpr const char* kApplicantCode = "91430602MA4L5GJ80Y";
constexpr const char* kTrace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
constexpr auto kDeadline = 20s;

std::string Flow(const std::string& partner) {
  return contract::JoinFlow(partner, contract::FlowKind::kCredit, "hash-1");
}
std::string OrderFlow(const std::string& order_no, const std::string& partner = "demo") {
  return contract::JoinFlow(partner, contract::FlowKind::kOrder, order_no);
}

class CreditServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / "guarantee-credit-XXXXXX";
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
    options_.process_name = "credit";
    options_.alone = true;
    options_.minimum_amount = "100000.00";
    options_.request_limit_ms = 1;
  }
  void TearDown() override {
    Stop();
    std::filesystem::remove_all(directory_);
  }

  void Start() {
    file_ = sql::SqliteFile::Open(directory_ + "/hub.db").value();
    database_ = file_->Schema(kSchema);
    auto host = StartCredit(options_, bus_, *database_, contract_, partners_, clock_);
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
              R"(","environment":"development","institution":{"kind":"bank",)"
              R"("name":"岳阳银行"},"accounts":[{"user":")" +
              id +
              R"(","password_hash_file":"hash","entitlements":[{"interfaces":["*"]}]}],)"
              R"("source_networks":["127.0.0.0/8"],"field_cipher":"R1",)"
              R"("limits":{"amount_max":"100000000.00"},"products":{"valid_days":120},)"
              R"("platform":{"base_url":"http://127.0.0.1:1/front/","user":"u",)"
              R"("password_file":"password"}})";
    }
    write("partners.json", R"({"partners":[)" + list + "]}");
    write("rules.json", R"({"order":{},"credit":{"limit":"10000000.00","valid_days":365}})");
  }

  void Publish(const std::string& topic, const google::protobuf::Message& message,
               const std::string& flow, const std::string& id) {
    messaging::Envelope envelope;
    envelope.id = id;
    envelope.type = message.GetTypeName();
    envelope.partner = flow.substr(0, flow.find('/'));
    envelope.flow = flow;
    envelope.time = clock_.Now();
    envelope.traceparent = kTrace;
    std::atomic<bool> reported{false};
    bus_.producer().Publish(messaging::MakeRecord(envelope, topic, message.SerializeAsString()),
                            [&](const auto& position) {
                              EXPECT_TRUE(position.has_value());
                              reported = true;
                              reported.notify_all();
                            });
    reported.wait(false);
  }
  void ApplyFor(const std::string& number, const std::string& partner = "demo") {
    partner::v1::CreditApply apply;
    apply.set_business_no(number);
    apply.set_apply_user(kApplicant);
    apply.set_apply_code(kApplicantCode);
    Publish(kRequestsTopic, apply, Flow(partner), "e-" + partner + number);
  }
  void Reserve(const std::string& order_no, const std::string& id,
               std::int64_t amount_fen = kAmountFen) {
    event::ReserveCredit message;
    message.set_order_flow(OrderFlow(order_no));
    message.set_order_no(order_no);
    message.set_amount_fen(amount_fen);
    Publish(kRequestsTopic, message, Flow("demo"), id);
  }
  void Release(const std::string& order_no, const std::string& id) {
    event::ReleaseCredit message;
    message.set_order_flow(OrderFlow(order_no));
    Publish(kRequestsTopic, message, Flow("demo"), id);
  }
  static event::DecideCredit Decision(const std::string& id) {
    event::DecideCredit decision;
    decision.set_decision_id(id);
    decision.set_decided_by("officer");
    decision.set_reason("because");
    return decision;
  }
  // From now to the last moment of the day ten days on.
  event::DecideCredit GrantDecision(const std::string& id) const {
    event::DecideCredit decision = Decision(id);
    decision.mutable_grant()->set_limit_fen(kLimitFen);
    decision.mutable_grant()->set_valid_to(contract::FormatDate(clock_.Now() + 10 * kDayMs));
    return decision;
  }
  void Decide(const event::DecideCredit& decision) {
    Publish(kDecisionsTopic, decision, Flow("demo"), "r-" + decision.decision_id());
  }
  void Granted() {
    ApplyFor("C-1");
    Await(kEventsTopic, "CreditApplied", 1);
    EXPECT_EQ(Call(GrantDecision("d1"), "C-1").result(), "applied");
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

  rpc::v1::AnswerReply Ask(const std::string& section, const google::protobuf::Message& message,
                           const std::string& number, const std::string& flow) {
    rpc::v1::AnswerRequest request;
    request.set_section(section);
    request.set_type(message.GetTypeName());
    request.set_message(message.SerializeAsString());
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
  rpc::v1::AnswerReply AskWithdrawal(const std::string& number,
                                     const std::string& flow = Flow("demo")) {
    partner::v1::CreditRevocation revocation;
    revocation.set_business_no(number);
    revocation.set_reason("放弃申请");
    return Ask("3.17", revocation, number, flow);
  }
  rpc::v1::AnswerReply AskStanding() {
    partner::v1::CreditQuery query;
    query.set_business_no("Q-1");
    query.set_apply_user(kApplicant);
    query.set_apply_code(kApplicantCode);
    return Ask("3.21", query, "Q-1", Flow("demo"));
  }
  rpc::v1::CaseOutcome Call(const event::DecideCredit& decision, const std::string& number) {
    rpc::v1::CaseDecision request;
    request.set_kind("credit");
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
  CreditOptions options_;
  std::shared_ptr<const contract::Contract> contract_;
  std::shared_ptr<const partner::PartnerDirectory> partners_;
  std::shared_ptr<sql::SqliteFile> file_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<host::Host> host_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<rpc::v1::CaseService::Stub> stub_;
};

TEST_F(CreditServiceTest, LineIsGrantedToldReservedAndGivenBack) {
  Start();
  EXPECT_EQ(AskStanding().code(), 2);
  Granted();
  EXPECT_EQ(Call(GrantDecision("d1"), "C-1").result(), "same_again");
  const auto notice = One<partner::v1::CreditApplyNotice>(kNoticesTopic);
  EXPECT_EQ(notice.business_no(), "C-1");
  EXPECT_EQ(notice.credit_result(), partner::v1::OUTCOME_SUCCESS);
  EXPECT_EQ(notice.apply_user(), kApplicant);
  EXPECT_EQ(notice.apply_code(), kApplicantCode);
  EXPECT_EQ(notice.apply_time(), clock_.Now().value);
  EXPECT_EQ(notice.valid_begin_time(), clock_.Now().value);
  EXPECT_TRUE(contract::FormatTime({notice.valid_end_time()}).ends_with(" 23:59:59"));
  EXPECT_EQ(AskStanding().code(), 1);
  Reserve("O-1", "h1");
  const auto told = Await(kOrderRequestsTopic, "Reserved", 1);
  EXPECT_EQ(told.at(0).key, OrderFlow("O-1"));
  const auto reserved = One<event::Reserved>(kOrderRequestsTopic);
  EXPECT_EQ(reserved.credit_flow(), Flow("demo"));
  EXPECT_EQ(reserved.amount_fen(), kAmountFen);
  EXPECT_EQ(AskStanding().code(), 1);
  const auto outstanding = AskWithdrawal("C-1");
  EXPECT_EQ(outstanding.code(), 500);
  EXPECT_EQ(outstanding.text(), "存在未结清保函");
  Release("O-1", "h2");
  EXPECT_EQ(One<event::CreditReleased>(kEventsTopic).amount_fen(), kAmountFen);
  EXPECT_EQ(AskWithdrawal("C-1").code(), 200);
  EXPECT_EQ(AskWithdrawal("C-1").code(), 200);
  EXPECT_EQ(AskStanding().code(), 2);
  Await(kNoticesTopic, "CreditApplyNotice", 1);
}

TEST_F(CreditServiceTest, HeadroomBelowTheMinimumIsTooSmallAndRefusedToTheOrder) {
  Start();
  Granted();
  Reserve("O-1", "h1", kLimitFen - 9'999'999);
  Await(kOrderRequestsTopic, "Reserved", 1);
  const auto small = AskStanding();
  EXPECT_EQ(small.code(), 3);
  EXPECT_EQ(small.text(), "额度不满足");
  Reserve("O-2", "h2");
  const auto refused = One<event::ReservationRefused>(kOrderRequestsTopic);
  EXPECT_EQ(refused.reason(), "credit.headroom_short");
  EXPECT_EQ(refused.text(), "额度不满足");
  // A repeat is a new record and the same reservation.
  Reserve("O-1", "h3", kLimitFen - 9'999'999);
  Await(kOrderRequestsTopic, "Reserved", 2);
  Await(kEventsTopic, "CreditReserved", 1);
}

TEST_F(CreditServiceTest, DeclineFromTheTopicIsToldWithoutValidity) {
  Start();
  ApplyFor("C-1");
  event::DecideCredit decline = Decision("d1");
  decline.mutable_decline();
  Decide(decline);
  const auto notice = One<partner::v1::CreditApplyNotice>(kNoticesTopic);
  EXPECT_EQ(notice.credit_result(), partner::v1::OUTCOME_FAILURE);
  EXPECT_FALSE(notice.has_valid_begin_time());
  EXPECT_FALSE(notice.has_valid_end_time());
  const auto declined = AskStanding();
  EXPECT_EQ(declined.code(), 4);
  EXPECT_EQ(declined.text(), "授信失败");
}

TEST_F(CreditServiceTest, RulesGrantAtOnceAndTheAnswerWaitsForTheApplication) {
  options_.rules_file = directory_ + "/rules.json";
  Start();
  // Published and perhaps not handled: the answer waits for it.
  ApplyFor("C-1");
  EXPECT_EQ(AskStanding().code(), 1);
  const auto granted = One<event::CreditGranted>(kEventsTopic);
  EXPECT_EQ(granted.limit_fen(), 1'000'000'000);
  EXPECT_EQ(granted.by().decided_by(), "rules");
  EXPECT_GE(granted.valid_end() - granted.valid_begin(), 365 * kDayMs);
  EXPECT_LT(granted.valid_end() - granted.valid_begin(), 366 * kDayMs);
  Await(kNoticesTopic, "CreditApplyNotice", 1);
}

TEST_F(CreditServiceTest, PublicEventsAreDenseAndLinkNobodyToAnOrder) {
  Start();
  Granted();
  Reserve("O-1", "h1");
  Await(kOrderRequestsTopic, "Reserved", 1);
  Release("O-1", "h2");
  Await(kEventsTopic, "CreditReleased", 1);
  std::int64_t expected = 0;
  for (const Delivered& record : bus_.Records(kEventsTopic)) {
    EXPECT_EQ(messaging::ReadEnvelope(record)->sequence, ++expected);
    EXPECT_EQ(record.key, Flow("demo"));
    for (const std::string& secret : {std::string(kApplicant), std::string(kApplicantCode),
                                      std::string("O-1"), std::string("because")}) {
      EXPECT_EQ(record.value.find(secret), std::string::npos) << secret;
    }
    const std::string type = record.FindHeader("ce_type").data();
    const bool handshake = type.ends_with("CreditReserved") || type.ends_with("CreditReleased");
    EXPECT_EQ(record.FindHeader("traceparent").empty(), handshake || type.ends_with("Granted"))
        << type << ": the order's facts carry the same trace";
  }
  EXPECT_EQ(expected, 4);
}

TEST_F(CreditServiceTest, SameRequestAgainAndAnotherPartnersNumbersAreApart) {
  Start();
  for (int copy = 0; copy < 3; ++copy) ApplyFor("C-1");
  ApplyFor("C-1", "second");
  Await(kEventsTopic, "CreditApplied", 2);
  // Behind all copies in the same flow: one is open already.
  ApplyFor("C-2");
  const auto notice = One<partner::v1::CreditApplyNotice>(kNoticesTopic);
  EXPECT_EQ(notice.business_no(), "C-2");
  EXPECT_EQ(notice.credit_result(), partner::v1::OUTCOME_FAILURE);
  Await(kEventsTopic, "CreditApplied", 3);
}

TEST_F(CreditServiceTest, WithdrawalOfWhatNobodyKnowsIsRefused) {
  Start();
  for (const std::string& flow : {Flow("demo"), std::string("demo/credit/")}) {
    const auto unknown = AskWithdrawal("C-9", flow);
    EXPECT_EQ(unknown.code(), 500);
    EXPECT_EQ(unknown.text(), "业务流水号不存在");
  }
  ApplyFor("C-1");
  EXPECT_EQ(AskWithdrawal("C-1").code(), 200) << "the answer waits for the application";
  EXPECT_TRUE(bus_.Records(kNoticesTopic).empty()) << "the answer is the result";
}

TEST_F(CreditServiceTest, LineLapsesAfterItsLastDayAlsoAcrossAStop) {
  Start();
  Granted();
  Stop();
  clock_.Advance(11 * kDayMs);
  Start();
  Await(kEventsTopic, "CreditLapsed", 1);
  EXPECT_EQ(AskStanding().code(), 2);
  Reserve("O-1", "h1");
  EXPECT_EQ(One<event::ReservationRefused>(kOrderRequestsTopic).reason(), "credit.lapsed");
}

TEST_F(CreditServiceTest, WhatIsNotForUsIsParkedAndTheRestGoesOn) {
  Start();
  event::ClaimReceived foreign;
  Publish(kRequestsTopic, foreign, Flow("demo"), "x1");
  event::ReserveCredit others;
  others.set_order_flow(OrderFlow("O-1", "second"));
  others.set_amount_fen(1);
  Publish(kRequestsTopic, others, Flow("demo"), "x2");
  event::DecideCredit unusable = Decision("d1");
  unusable.mutable_grant()->set_limit_fen(1);
  Decide(unusable);
  ApplyFor("C-1");
  Await(kEventsTopic, "CreditApplied", 1);
  Await(std::string(kRequestsTopic) + ".dlq", "ClaimReceived", 1);
  Await(std::string(kRequestsTopic) + ".dlq", "ReserveCredit", 1);
  Await(std::string(kDecisionsTopic) + ".dlq", "DecideCredit", 1);
  EXPECT_TRUE(bus_.Records(kOrderRequestsTopic).empty());
}

TEST_F(CreditServiceTest, DecisionOnNothingIsRefusedInPublic) {
  Start();
  event::DecideCredit decline = Decision("d1");
  decline.mutable_decline();
  Decide(decline);
  // It waits until everything that came before it has surely been handled: two seconds later.
  AwaitHandled(kDecisionsTopic);
  clock_.Advance(2'000);
  const auto refused = One<event::CreditDecisionRefused>(kEventsTopic);
  EXPECT_EQ(refused.reason(), "credit.unknown");
  EXPECT_EQ(refused.by().decision_id(), "d1");
}

// What operators and deciders see: numbers and amounts, nobody's name or code.
TEST_F(CreditServiceTest, ShownLineNamesNobody) {
  Start();
  Granted();
  Reserve("O-1", "h1");
  Await(kOrderRequestsTopic, "Reserved", 1);
  rpc::v1::ShowCaseRequest request;
  request.set_kind("credit");
  request.mutable_selector()->set_number("C-1");
  grpc::ClientContext context;
  rpc::SetDeadline(context, 10s);
  rpc::v1::Summary shown;
  const grpc::Status status = stub_->Show(&context, request, &shown);
  ASSERT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(shown.partner(), "demo");
  EXPECT_EQ(shown.number(), "hash-1");
  EXPECT_EQ(shown.business_no(), "C-1");
  EXPECT_EQ(shown.state(), "granted");
  EXPECT_EQ(shown.amount_fen(), kLimitFen);
  std::map<std::string, std::string> details;
  for (const auto& detail : shown.details()) details[detail.name()] = detail.value();
  EXPECT_EQ(details["reserved"], "300000.00");
  EXPECT_EQ(details["headroom"], "200000.00");
  EXPECT_EQ(details["granted_by"], "officer");
  for (const char* secret : {kApplicant, kApplicantCode, "O-1"}) {
    EXPECT_EQ(shown.SerializeAsString().find(secret), std::string::npos) << secret;
  }
}

TEST_F(CreditServiceTest, SettingsAreRequired) {
  file_ = sql::SqliteFile::Open(directory_ + "/hub.db").value();
  database_ = file_->Schema(kSchema);
  for (const char* amount : {"", "0.00", "-1", "much"}) {
    options_.minimum_amount = amount;
    const auto host = StartCredit(options_, bus_, *database_, contract_, partners_, clock_);
    ASSERT_FALSE(host.has_value());
    EXPECT_EQ(host.error().field, "credit.minimum_amount");
  }
  options_.minimum_amount = "1.00";
  options_.rules_file = directory_ + "/absent.json";
  const auto host = StartCredit(options_, bus_, *database_, contract_, partners_, clock_);
  ASSERT_FALSE(host.has_value());
  EXPECT_EQ(host.error().field, "credit.rules_file");
}

}  // namespace
}  // namespace guarantee::credit
