// A desk that counts, hosted: records in, facts out, decisions that come too early, calls.
#include "host/host.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "rpc/server.h"
#include "service/outbound.h"
#include "service/units.h"
#include "testing/fake_bus.h"

namespace guarantee::host {
namespace {

using messaging::Delivered;
using messaging::Envelope;
using messaging::RowKey;
using messaging::Workspace;
using namespace std::chrono_literals;

constexpr std::int16_t kCounter = 1;
constexpr const char* kRequests = "requests";
constexpr const char* kDecisions = "decisions";
constexpr const char* kFacts = "facts";
const std::string kFlow = "demo/claim/G-1";

std::string StoreWord(int count) { return std::to_string(count); }

// A request counts up, a decision counts by a hundred and needs a counter; 3.19 asks for it.
class CountingDesk final : public service::Desk {
 public:
  explicit CountingDesk(service::DeskTools tools) : tools_(std::move(tools)) {}

  Result<std::optional<service::Task>> FromRecord(const Delivered& record,
                                                  const Envelope& envelope) override {
    if (envelope.type == "ignored") return std::optional<service::Task>{};
    if (envelope.type == "unreadable") return Permanent("event.type", "nobody knows this");
    const bool decision = record.source.topic == kDecisions;
    service::Task task =
        Counting(service::CauseOf(record, envelope, decision ? "decision" : "request",
                                  tools_.partition(envelope.flow)),
                 decision ? 100 : 1, decision);
    task.waits = decision;
    return std::optional<service::Task>{std::move(task)};
  }
  Result<service::Task> FromTimer(const messaging::Timer&, const contract::FlowKey&) override {
    return Permanent("timer", "there is none");
  }
  Result<service::Task> FromRequest(const Envelope& envelope, const std::string&) override {
    return Counting(CauseOf(envelope.partner, envelope.flow), 1'000, true);
  }
  Result<service::Task> FromDecision(const RowKey& subject, const std::string& partner,
                                     const std::string& type, const std::string&) override {
    if (type != "double") return Refused("decision.type", "unknown", "type");
    return Counting(CauseOf(partner, subject.id), 100, true);
  }
  const std::vector<service::CaseKind>& kinds() const override { return kinds_; }
  Result<std::optional<service::CaseView>> Describe(
      const service::CaseKind&, const messaging::StoredRow& row) const override {
    return std::optional<service::CaseView>{{row.summary.partner,
                                             row.summary.number,
                                             "",
                                             row.state,
                                             0,
                                             row.updated_at,
                                             {{"count", row.state}}}};
  }

 private:
  service::Cause CauseOf(const std::string& partner, const std::string& flow) const {
    service::Cause cause;
    cause.partner = partner;
    cause.flow = flow;
    cause.partition = tools_.partition(flow);
    cause.journal_kind = "decision";
    return cause;
  }

  service::Task Counting(service::Cause cause, int by, bool needs_one) const {
    service::Task task;
    task.subject = {kCounter, cause.flow};
    task.cause = cause;
    task.work = [this, cause, by, needs_one](Workspace& workspace,
                                             UnixMillis now) -> Result<service::Outcome> {
      const RowKey key{kCounter, cause.flow};
      const std::string before = workspace.Row(key).state;
      service::Outbound out(workspace, cause, now, tools_.event_id);
      if (before.empty() && needs_one) {
        event::v1::HoldRefused refused;
        out.Fact(kFacts, refused, {}, "refused");
        return service::Outcome{
            machine::Verdict::kRefused, "counter.unknown", "不存在", {}, {}, true};
      }
      const int count = (before.empty() ? 0 : std::stoi(before)) + by;
      workspace.Put(key, cause.partition, StoreWord(count), {"demo", "G-1", "B-1", "counting", 0});
      event::v1::ClaimPaid fact;
      fact.set_amount_fen(count);
      out.Fact(kFacts, fact, {}, "counted");
      out.NoteCause("counted");
      return service::Outcome{machine::Verdict::kApplied, {}, {}, "B-1", {}, false};
    };
    return task;
  }

  const service::DeskTools tools_;
  const std::vector<service::CaseKind> kinds_{{"claim", kCounter, contract::FlowKind::kClaim}};
};

class HostTest : public ::testing::Test {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / "guarantee-host-XXXXXX";
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
    file_ = sql::SqliteFile::Open(directory_ + "/hub.db").value();
    database_ = file_->Schema("counting");
    std::vector<messaging::TopicSettings> topics;
    for (const char* name : {kRequests, kDecisions, kFacts, "requests.dlq", "decisions.dlq"}) {
      topics.push_back({name, 2, 1, {}});
    }
    ASSERT_TRUE(bus_.CreateTopics(topics, 1s).has_value());
    HostOptions options;
    options.group = "counting";
    options.process_name = "test";
    options.alone = true;
    options.requests_topic = kRequests;
    options.foreign_topics = {kDecisions};
    options.waiting_kind = 9;
    options.request_limit_ms = 1;
    options.partners = {"demo"};
    auto host = Host::Start(
        options, bus_, *database_, contract::Contract::Load().value(),
        [](service::DeskTools tools) -> Result<std::unique_ptr<service::Desk>> {
          return std::make_unique<CountingDesk>(std::move(tools));
        },
        SystemClock());
    ASSERT_TRUE(host.has_value()) << Describe(host.error());
    host_ = std::move(*host);
    server_ = rpc::StartServer("127.0.0.1:0", {&host_->cases()}).value();
    stub_ = rpc::v1::CaseService::NewStub(server_->InProcessChannel({}));
  }
  void TearDown() override {
    if (server_) rpc::Stop(*server_);
    host_.reset();
    database_.reset();
    file_.reset();
    std::filesystem::remove_all(directory_);
  }

  void Publish(const std::string& topic, const std::string& id, const std::string& type) {
    Envelope envelope;
    envelope.id = id;
    envelope.type = type;
    envelope.partner = "demo";
    envelope.flow = kFlow;
    envelope.time = SystemClock().Now();
    std::atomic<bool> reported{false};
    bus_.producer().Publish(messaging::MakeRecord(envelope, topic, "value"), [&](const auto&) {
      reported = true;
      reported.notify_all();
    });
    reported.wait(false);
  }
  // What was told on the topic, once there are `count` of it.
  std::vector<Delivered> Await(const std::string& topic, std::size_t count) {
    const auto until = std::chrono::steady_clock::now() + 20s;
    std::vector<Delivered> records = bus_.Records(topic);
    while (records.size() < count && std::chrono::steady_clock::now() < until) {
      std::this_thread::yield();
      records = bus_.Records(topic);
    }
    EXPECT_EQ(records.size(), count) << topic;
    return records;
  }
  static std::int64_t CountIn(const Delivered& record) {
    event::v1::ClaimPaid fact;
    EXPECT_TRUE(fact.ParseFromString(record.value));
    return fact.amount_fen();
  }
  template <typename Request, typename Reply, typename Call>
  grpc::Status Ask(Call call, const Request& request, Reply& reply) {
    grpc::ClientContext context;
    rpc::SetDeadline(context, 10s);
    return (stub_.get()->*call)(&context, request, &reply);
  }

  testing::FakeBus bus_;
  std::string directory_;
  std::shared_ptr<sql::SqliteFile> file_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<Host> host_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<rpc::v1::CaseService::Stub> stub_;
};

rpc::v1::CaseDecision Decision(const std::string& number, const std::string& type) {
  rpc::v1::CaseDecision decision;
  decision.set_kind("claim");
  decision.mutable_selector()->set_number(number);
  decision.set_type(type);
  return decision;
}

TEST_F(HostTest, RecordsBecomeRowsAndFactsInOrder) {
  Publish(kRequests, "1", "count");
  Publish(kRequests, "2", "ignored");
  Publish(kRequests, "3", "count");
  const auto facts = Await(kFacts, 2);
  EXPECT_EQ(CountIn(facts.at(0)), 1);
  EXPECT_EQ(CountIn(facts.at(1)), 2);
  EXPECT_EQ(facts.at(1).FindHeader("ce_sequence"), "2");
  EXPECT_EQ(facts.at(1).FindHeader("ce_causation"), "3");
}

TEST_F(HostTest, WhatCannotBeReadIsParkedAndTheRestGoesOn) {
  Publish(kRequests, "1", "unreadable");
  Publish(kRequests, "2", "count");
  EXPECT_EQ(CountIn(Await(kFacts, 1).at(0)), 1);
  EXPECT_EQ(Await("requests.dlq", 1).at(0).FindHeader("ce_id"), "1");
}

TEST_F(HostTest, ADecisionOnNothingIsToldOnceEverythingBeforeItWasHandled) {
  Publish(kDecisions, "1", "double");
  const auto facts = Await(kFacts, 1);
  EXPECT_TRUE(facts.at(0).FindHeader("ce_type").ends_with("HoldRefused"));
}

TEST_F(HostTest, CallsDecideListAndShow) {
  Publish(kRequests, "1", "count");
  Await(kFacts, 1);
  rpc::v1::CaseOutcome outcome;
  ASSERT_TRUE(Ask(&rpc::v1::CaseService::Stub::Decide, Decision("G-1", "double"), outcome).ok());
  EXPECT_EQ(outcome.result(), "applied");
  EXPECT_EQ(outcome.business_no(), "B-1");
  rpc::v1::ListCasesRequest list;
  list.set_kind("claim");
  rpc::v1::ListCasesReply cases;
  ASSERT_TRUE(Ask(&rpc::v1::CaseService::Stub::List, list, cases).ok());
  ASSERT_EQ(cases.cases_size(), 1);
  EXPECT_EQ(cases.cases(0).state(), "101");
  rpc::v1::ShowCaseRequest show;
  show.set_kind("claim");
  show.mutable_selector()->set_number("B-1");
  rpc::v1::Summary summary;
  ASSERT_TRUE(Ask(&rpc::v1::CaseService::Stub::Show, show, summary).ok());
  EXPECT_EQ(summary.details(1).value(), kFlow);
  rpc::v1::FlowRequest flow;
  flow.set_flow(kFlow);
  rpc::v1::FlowReply steps;
  ASSERT_TRUE(Ask(&rpc::v1::CaseService::Stub::Flow, flow, steps).ok());
  EXPECT_EQ(steps.steps_size(), 4);  // two commands, two facts
}

TEST_F(HostTest, CallsOnNothingAreNotFoundAndOnAnUnknownKindRefused) {
  rpc::v1::CaseOutcome outcome;
  EXPECT_EQ(
      Ask(&rpc::v1::CaseService::Stub::Decide, Decision("G-2", "double"), outcome).error_code(),
      grpc::StatusCode::NOT_FOUND);
  rpc::v1::CaseDecision other = Decision("G-2", "double");
  other.set_kind("credit");
  EXPECT_EQ(Ask(&rpc::v1::CaseService::Stub::Decide, other, outcome).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Ask(&rpc::v1::CaseService::Stub::Decide, Decision("", "double"), outcome).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(HostTest, AnAnswerLooksAgainBeforeItSaysUnknown) {
  rpc::v1::AnswerRequest request;
  request.set_section("3.19");
  request.set_type("withdraw");
  request.set_partner("demo");
  request.set_flow(kFlow);
  request.set_received_at(SystemClock().Now().value);
  rpc::v1::AnswerReply reply;
  ASSERT_TRUE(Ask(&rpc::v1::CaseService::Stub::Answer, request, reply).ok());
  EXPECT_EQ(reply.code(), 500);
  EXPECT_EQ(reply.text(), "不存在");
  // Published before the call: the call finds it, however far the consumer has come.
  Publish(kRequests, "1", "count");
  ASSERT_TRUE(Ask(&rpc::v1::CaseService::Stub::Answer, request, reply).ok());
  EXPECT_EQ(reply.code(), 200);
}

}  // namespace
}  // namespace guarantee::host
