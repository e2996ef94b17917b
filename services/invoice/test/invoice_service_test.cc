// The invoice service over a bus in memory and SQLite: what goes in on its topics and calls, and
// what comes out on others. The clock is a test's; nothing here waits for real time but for the
// service's own threads, with a deadline.
#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <string>
#include <thread>
#include <vector>

#include "contract/flow.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/event/v1/invoice.pb.h"
#include "guarantee/event/v1/invoice_decision.pb.h"
#include "guarantee/event/v1/notice.pb.h"
#include "guarantee/partner/v1/invoice.pb.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "invoice/app/invoice_work.h"
#include "invoice/wiring.h"
#include "messaging/event.h"
#include "rpc/server.h"
#include "testing/fake_bus.h"
#include "testing/fake_clock.h"

namespace guarantee::invoice {
namespace {

namespace event = guarantee::event::v1;
using contract::FlowKind;
using messaging::Delivered;
using namespace std::chrono_literals;

constexpr const char* kNoticesTopic = "guarantee.notices.v1";
constexpr std::int64_t kPremiumFen = 50'000;
constexpr std::int64_t kWaitMs = 300'000;
constexpr const char* kBidderName = "某投标人有限公司";
constexpr const char* kBidderCode = "91430602MA4L5GJ80Y";
constexpr const char* kMobile = "13812345678";
constexpr const char* kBlue = "24432000000000000001";
constexpr const char* kRed = "24432000000000000002";
constexpr const char* kLink = "https://invoice.example.com/1";
constexpr auto kDeadline = 20s;

class InvoiceServiceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / "guarantee-invoice-XXXXXX";
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
    WriteFiles();
    contract_ = contract::Contract::Load().value();
    auto partners = partner::PartnerDirectory::Load(directory_ + "/partners.json",
                                                    partner::Environment::kDevelopment, *contract_);
    ASSERT_TRUE(partners.has_value()) << partner::Describe(partners.error());
    partners_ = *partners;
    std::vector<messaging::TopicSettings> topics;
    for (const std::string name : {kRequestsTopic, kDecisionsTopic, kNoticeEventsTopic,
                                   kEventsTopic, kStateTopic, kNoticesTopic}) {
      topics.push_back({name, 2, 1, {}});
      topics.push_back({name + ".dlq", 2, 1, {}});
    }
    ASSERT_TRUE(bus_.CreateTopics(topics, 1s).has_value());
    options_.process_name = "invoice";
    options_.alone = true;
    options_.request_limit_ms = 1;
  }
  void TearDown() override {
    Stop();
    std::filesystem::remove_all(directory_);
  }

  Result<std::unique_ptr<host::Host>> Open() {
    file_ = sql::SqliteFile::Open(directory_ + "/hub.db").value();
    database_ = file_->Schema(kSchema);
    return StartInvoice(options_, bus_, *database_, contract_, partners_, clock_);
  }
  void Start() {
    auto host = Open();
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
    for (const std::string id : {"demo", "relaxed"}) {
      list += (list.empty() ? "" : ",") + std::string(R"({"id":")") + id +
              R"(","environment":"development","institution":{"kind":"guarantee_company",)"
              R"("name":"岳阳融资担保"},"accounts":[{"user":")" +
              id +
              R"(","password_hash_file":"hash","entitlements":[{"interfaces":["*"]}]}],)"
              R"("source_networks":["127.0.0.0/8"],"field_cipher":"R1",)"
              R"("limits":{"amount_max":"100000000.00"},"products":{"valid_days":120},)" +
              (id == "relaxed" ? R"("tolerance":{"relaxed_invoice":true},)" : "") +
              R"("platform":{"base_url":"http://127.0.0.1:1/front/","user":"u",)"
              R"("password_file":"password"}})";
    }
    write("partners.json", R"({"partners":[)" + list + "]}");
    write("rules.json", R"({"order":{},"invoice":{"issue":true}})");
  }

  void Publish(const std::string& topic, const google::protobuf::Message& message, FlowKind kind,
               const std::string& id, const std::string& partner = "demo") {
    messaging::Envelope envelope;
    envelope.id = id;
    envelope.type = message.GetTypeName();
    envelope.partner = partner;
    envelope.flow = contract::JoinFlow(partner, kind, "G-1");
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
  static partner::v1::InvoiceApply Application(const std::string& number) {
    partner::v1::InvoiceApply apply;
    apply.set_business_no(number);
    apply.set_guarantee_no("G-1");
    apply.set_bidder_name(kBidderName);
    apply.set_bidder_code(kBidderCode);
    apply.set_amount_fen(kPremiumFen);
    apply.set_type(partner::v1::INVOICE_TYPE_ORDINARY);
    apply.set_mobile(kMobile);
    apply.set_invoice_address("某地址");
    apply.set_jbr_name("张三");
    return apply;
  }
  void Ask(const std::string& number) {
    Publish(kRequestsTopic, Application(number), FlowKind::kInvoice, "e-" + number);
  }
  void Restore(const std::string& partner = "demo") {
    event::GuaranteeRestored restored;
    restored.set_guarantee_no("G-1");
    restored.set_restored_at(clock_.Now().value);
    restored.set_bidder_name(kBidderName);
    restored.set_bidder_code(kBidderCode);
    restored.set_premium_fen(kPremiumFen);
    Publish(kRequestsTopic, restored, FlowKind::kInvoice, "restored-" + partner, partner);
  }
  // Under the guarantee's flow, as the dispatcher says it.
  void NoticeTaken(const std::string& section, const std::string& partner = "demo") {
    event::NoticeAccepted accepted;
    accepted.mutable_notice()->set_section(section);
    accepted.mutable_notice()->set_guarantee_no("G-1");
    Publish(kNoticeEventsTopic, accepted, FlowKind::kGuarantee, "n-" + section + partner, partner);
  }
  void Return(std::int64_t fen) {
    event::PremiumReturned returned;
    returned.set_guarantee_no("G-1");
    returned.set_amount_fen(fen);
    Publish(kRequestsTopic, returned, FlowKind::kInvoice, "returned-" + std::to_string(fen));
  }
  static event::DecideInvoice Decision(const std::string& id) {
    event::DecideInvoice decision;
    decision.set_decision_id(id);
    decision.set_decided_by("accountant");
    decision.set_reason("because");
    return decision;
  }
  static event::DecideInvoice IssueOf(const std::string& id, const std::string& number) {
    event::DecideInvoice decision = Decision(id);
    decision.mutable_issue()->set_invoice_no(number);
    decision.mutable_issue()->set_url(kLink);
    return decision;
  }
  void Decide(const event::DecideInvoice& decision) {
    Publish(kDecisionsTopic, decision, FlowKind::kInvoice, "r-" + decision.decision_id());
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
  template <typename Message>
  Message Last(const std::string& topic, std::size_t count = 1) {
    const auto found = Await(topic, Message::descriptor()->name(), count);
    Message message;
    if (!found.empty()) {
      EXPECT_TRUE(message.ParseFromString(found.back().value));
    }
    return message;
  }
  // Until the service has gone past the only `count` records of the topic.
  void AwaitHandled(const std::string& topic, std::int64_t count) {
    const auto until = std::chrono::steady_clock::now() + kDeadline;
    const auto handled = [&] {
      return bus_.LagPosition(kGroup, {topic, 0}) >= count ||
             bus_.LagPosition(kGroup, {topic, 1}) >= count;
    };
    while (!handled() && std::chrono::steady_clock::now() < until) std::this_thread::yield();
    EXPECT_TRUE(handled()) << topic;
  }

  rpc::v1::CaseOutcome Call(const event::DecideInvoice& decision, const std::string& number) {
    rpc::v1::CaseDecision request;
    request.set_kind("invoice");
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
  InvoiceOptions options_;
  std::shared_ptr<const contract::Contract> contract_;
  std::shared_ptr<const partner::PartnerDirectory> partners_;
  std::shared_ptr<sql::SqliteFile> file_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<host::Host> host_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<rpc::v1::CaseService::Stub> stub_;
};

TEST_F(InvoiceServiceTest, RequestWaitsForRestoreAndAcceptanceThenIsIssuedAndReversed) {
  Start();
  Ask("I-1");
  Await(kEventsTopic, "InvoiceRequested", 1);
  EXPECT_EQ(Call(IssueOf("d1", kBlue), "I-1").reason(), "invoice.not_restored");
  Restore();
  Await(kEventsTopic, "InvoiceNamesRestored", 1);
  NoticeTaken("3.2");
  event::NoticeParked parked;
  parked.mutable_notice()->set_section("3.8");
  Publish(kNoticeEventsTopic, parked, FlowKind::kGuarantee, "parked");
  AwaitHandled(kNoticeEventsTopic, 2);
  EXPECT_EQ(Call(IssueOf("d0", kBlue), "I-1").reason(), "invoice.not_restored");
  NoticeTaken("3.8");
  Await(kEventsTopic, "InvoiceRequestAccepted", 1);
  EXPECT_EQ(Call(IssueOf("d2", "123"), "I-1").reason(), "invoice.number_unfit");
  EXPECT_EQ(Call(IssueOf("d3", kBlue), "G-1").result(), "applied");
  EXPECT_EQ(Call(IssueOf("d3", kBlue), "I-1").result(), "same_again");
  const auto notice = Last<partner::v1::InvoiceNotice>(kNoticesTopic);
  EXPECT_EQ(notice.business_no(), "I-1");
  EXPECT_EQ(notice.guarantee_no(), "G-1");
  EXPECT_EQ(notice.apply_time(), clock_.Now().value);
  EXPECT_EQ(notice.invoice_result(), partner::v1::OUTCOME_SUCCESS);
  EXPECT_EQ(notice.type(), partner::v1::INVOICE_TYPE_ORDINARY);
  EXPECT_EQ(notice.invoice_no(), kBlue);
  EXPECT_EQ(notice.invoice_code(), "");
  EXPECT_EQ(notice.invoice_url(), kLink);
  const auto record = Await(kNoticesTopic, "InvoiceNotice", 1).at(0);
  EXPECT_EQ(record.key, "demo/invoice/G-1");
  EXPECT_EQ(messaging::ReadEnvelope(record)->interface_section, "3.14");
  event::DecideInvoice reverse = Decision("d4");
  reverse.mutable_reverse()->set_red_no(kRed);
  reverse.clear_reason();
  EXPECT_EQ(Call(reverse, "I-1").reason(), "invoice.nothing_returned");
  Return(kPremiumFen);
  Await(kEventsTopic, "InvoicePremiumReturned", 1);
  reverse.set_decision_id("d5");
  Decide(reverse);
  const auto reversed = Last<event::InvoiceReversed>(kEventsTopic);
  EXPECT_EQ(reversed.blue().invoice_no(), kBlue);
  EXPECT_EQ(reversed.red().invoice_no(), kRed);
  Await(kNoticesTopic, "InvoiceNotice", 1);
}

TEST_F(InvoiceServiceTest, PublicEventsAreDenseAndHoldNothingPersonal) {
  Start();
  Restore();
  NoticeTaken("3.8");
  Ask("I-1");
  Await(kEventsTopic, "InvoiceRequestAccepted", 1);
  EXPECT_EQ(Call(IssueOf("d1", kBlue), "I-1").result(), "applied");
  Await(kEventsTopic, "InvoiceIssued", 1);
  std::int64_t expected = 0;
  for (const Delivered& record : bus_.Records(kEventsTopic)) {
    EXPECT_EQ(messaging::ReadEnvelope(record)->sequence, ++expected);
    EXPECT_EQ(record.key, "demo/invoice/G-1");
    for (const char* personal : {kBidderName, kBidderCode, kMobile, kLink, "张三", "某地址"}) {
      EXPECT_EQ(record.value.find(personal), std::string::npos) << personal;
    }
  }
  EXPECT_EQ(expected, 5);
}

TEST_F(InvoiceServiceTest, SameRequestAgainIsOneAndASecondIsRefusedByNotice) {
  Start();
  for (int copy = 0; copy < 3; ++copy) Ask("I-1");
  // Behind all copies in the same flow.
  Ask("I-2");
  const auto notice = Last<partner::v1::InvoiceNotice>(kNoticesTopic);
  EXPECT_EQ(notice.business_no(), "I-2");
  EXPECT_EQ(notice.invoice_result(), partner::v1::OUTCOME_FAILURE);
  EXPECT_FALSE(notice.has_invoice_no());
  EXPECT_FALSE(notice.has_invoice_url());
  EXPECT_EQ(Last<event::InvoiceFailed>(kEventsTopic).reason(), "invoice.request_open");
  Await(kEventsTopic, "InvoiceRequested", 2);
}

TEST_F(InvoiceServiceTest, WaitSurvivesAStopAndEndsInAFailure) {
  Start();
  Ask("I-1");
  const auto requested = Last<event::InvoiceRequested>(kEventsTopic);
  EXPECT_EQ(requested.wait_until(), requested.received_at() + kWaitMs);
  Restore();
  Await(kEventsTopic, "InvoiceNamesRestored", 1);
  Stop();
  clock_.Advance(kWaitMs - 1);
  Start();
  EXPECT_TRUE(bus_.Records(kNoticesTopic).empty());
  // Timers fire once everything that came before has surely been handled: two seconds later.
  clock_.Advance(1 + 2'000);
  const auto notice = Last<partner::v1::InvoiceNotice>(kNoticesTopic);
  EXPECT_EQ(notice.business_no(), "I-1");
  EXPECT_EQ(notice.invoice_result(), partner::v1::OUTCOME_FAILURE);
  EXPECT_EQ(Last<event::InvoiceFailed>(kEventsTopic).reason(), "invoice.not_restored");
  NoticeTaken("3.8");
  Await(kEventsTopic, "InvoiceRestoreAcknowledged", 1);
  Ask("I-2");
  Await(kEventsTopic, "InvoiceRequestAccepted", 1);
}

TEST_F(InvoiceServiceTest, RelaxedInvoiceIsThePartnersSwitch) {
  Start();
  for (const std::string partner : {"demo", "relaxed"}) {
    Restore(partner);
    NoticeTaken("3.8", partner);
    auto special = Application("I-1");
    special.set_type(partner::v1::INVOICE_TYPE_SPECIAL);
    Publish(kRequestsTopic, special, FlowKind::kInvoice, "e-" + partner, partner);
  }
  const auto failed = Await(kEventsTopic, "InvoiceFailed", 1);
  EXPECT_EQ(messaging::ReadEnvelope(failed.at(0))->partner, "demo");
  EXPECT_EQ(Last<event::InvoiceFailed>(kEventsTopic).reason(), "invoice.address_missing");
  const auto accepted = Await(kEventsTopic, "InvoiceRequestAccepted", 1);
  EXPECT_EQ(messaging::ReadEnvelope(accepted.at(0))->partner, "relaxed");
}

TEST_F(InvoiceServiceTest, RulesIssueAtOnceWithOneNumber) {
  options_.rules_file = directory_ + "/rules.json";
  options_.demonstration_numbers = true;
  Start();
  Restore();
  Ask("I-1");
  NoticeTaken("3.8");
  const auto notice = Last<partner::v1::InvoiceNotice>(kNoticesTopic);
  EXPECT_TRUE(IsWellFormed({notice.invoice_no(), notice.invoice_code()}));
  NoticeTaken("3.8");
  Ask("I-2");
  EXPECT_EQ(Last<partner::v1::InvoiceNotice>(kNoticesTopic, 2).invoice_result(),
            partner::v1::OUTCOME_FAILURE);
  EXPECT_EQ(Last<event::InvoiceIssued>(kEventsTopic).by().decided_by(), "rules");
}

TEST_F(InvoiceServiceTest, RulesNumbersAreForDemonstrationOnly) {
  options_.rules_file = directory_ + "/rules.json";
  const auto host = Open();
  ASSERT_FALSE(host.has_value());
  EXPECT_EQ(host.error().field, "invoice.numbers_demonstration");
}

TEST_F(InvoiceServiceTest, WhatIsNotForUsIsParkedAndTheRestGoesOn) {
  Start();
  event::ReserveCredit foreign;
  Publish(kRequestsTopic, foreign, FlowKind::kInvoice, "x1");
  Publish(kRequestsTopic, Application("I-0"), FlowKind::kGuarantee, "x2");
  auto elsewhere = Application("I-0");
  elsewhere.set_guarantee_no("G-2");
  Publish(kRequestsTopic, elsewhere, FlowKind::kInvoice, "x3");
  auto unusable = IssueOf("d1", kBlue);
  unusable.mutable_issue()->set_url("https://" + std::string(200, 'x'));
  Decide(unusable);
  Ask("I-1");
  Await(kEventsTopic, "InvoiceRequested", 1);
  const std::string parked = std::string(kRequestsTopic) + ".dlq";
  Await(parked, "ReserveCredit", 1);
  Await(parked, "InvoiceApply", 2);
  Await(std::string(kDecisionsTopic) + ".dlq", "DecideInvoice", 1);
}

TEST_F(InvoiceServiceTest, DecisionOnNothingWaitsAndIsRefusedInPublic) {
  Start();
  Decide(IssueOf("d1", kBlue));
  // It waits until everything that came before it has surely been handled: two seconds later.
  AwaitHandled(kDecisionsTopic, 1);
  EXPECT_TRUE(bus_.Records(kEventsTopic).empty());
  clock_.Advance(2'000);
  const auto refused = Last<event::InvoiceDecisionRefused>(kEventsTopic);
  EXPECT_EQ(refused.reason(), "invoice.unknown");
  EXPECT_EQ(refused.invoice().guarantee_no(), "G-1");
  EXPECT_EQ(refused.by().decision_id(), "d1");
}

}  // namespace
}  // namespace guarantee::invoice
