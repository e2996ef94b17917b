#include "gateway/process/service_client.h"

#include <gtest/gtest.h>

#include <atomic>
#include <deque>
#include <future>
#include <mutex>

#include "guarantee/partner/v1/credit.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "rpc/server.h"

namespace guarantee::gateway {
namespace {

namespace v1 = guarantee::rpc::v1;
namespace wire = guarantee::partner::v1;
using std::chrono::milliseconds;

constexpr std::chrono::seconds kDeadline{10};

struct Line {
  grpc::Status status;
  int code = 0;
  std::string text;
};

Line Fails(grpc::StatusCode code, const std::string& text) { return {{code, text}, 0, {}}; }

// Says its lines one after the other, the last one for ever; without any it never answers.
class ScriptedService final : public v1::CaseService::Service {
 public:
  grpc::Status Answer(grpc::ServerContext* context, const v1::AnswerRequest* request,
                      v1::AnswerReply* reply) override {
    std::unique_lock lock(mutex_);
    asked_.push_back(*request);
    if (lines_.empty()) {
      lock.unlock();
      while (!context->IsCancelled()) std::this_thread::yield();
      return grpc::Status::CANCELLED;
    }
    const Line line = lines_.front();
    if (lines_.size() > 1) lines_.pop_front();
    reply->set_code(line.code);
    reply->set_text(line.text);
    return line.status;
  }
  void Script(std::deque<Line> lines) {
    const std::lock_guard lock(mutex_);
    lines_ = std::move(lines);
  }
  std::vector<v1::AnswerRequest> asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::mutex mutex_;
  std::deque<Line> lines_;
  std::vector<v1::AnswerRequest> asked_;
};

class ServiceClientTest : public ::testing::Test {
 protected:
  ServiceClientTest() : contract_(*contract::Contract::Load()) { StartServer("127.0.0.1:0"); }
  ~ServiceClientTest() override { StopServer(); }

  void StartServer(const std::string& address) {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort(address, grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&service_);
    server_ = builder.BuildAndStart();
    ASSERT_NE(server_, nullptr);
    address_ = "127.0.0.1:" + std::to_string(port);
    if (!client_) {
      client_ = std::make_unique<ServiceClient>(
          ServiceClient::Channels{{"credit", rpc::Connect(address_)}});
    }
  }
  void StopServer() {
    if (server_) server_->Shutdown(gpr_inf_past(GPR_CLOCK_REALTIME));
    server_.reset();
  }

  std::future<Result<contract::Answer>> Ask(milliseconds time) {
    auto query = std::make_shared<wire::CreditQuery>();
    query->set_apply_code("91430602MA4L5GJ80Y");
    ServiceRequest request;
    request.interface = contract_->FindSection("3.21");
    request.partner = "demo";
    request.flow = "demo/credit/abc";
    request.business_no = "B1";
    request.traceparent = "00-1-2-01";
    request.received_at = {1'700'000'000'123};
    request.message = query;
    request.until = std::chrono::steady_clock::now() + time;
    auto promise = std::make_shared<std::promise<Result<contract::Answer>>>();
    auto answer = promise->get_future();
    client_->Ask(std::move(request),
                 [promise](Result<contract::Answer> said) { promise->set_value(std::move(said)); });
    return answer;
  }
  Result<contract::Answer> AnswerWithin(milliseconds time) {
    auto answer = Ask(time);
    if (answer.wait_for(kDeadline) != std::future_status::ready) {
      return Permanent("test.late", "no answer at all");
    }
    return answer.get();
  }
  bool AwaitAsked(std::size_t count) {
    const auto end = std::chrono::steady_clock::now() + kDeadline;
    while (service_.asked().size() < count) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }

  const std::shared_ptr<const contract::Contract> contract_;
  ScriptedService service_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
  std::unique_ptr<ServiceClient> client_;
};

TEST_F(ServiceClientTest, TheRequestArrivesWholeAndTheAnswerIsTheServices) {
  service_.Script({{grpc::Status::OK, 500, "业务流水号不存在"}});
  const Result<contract::Answer> answer = AnswerWithin(kDeadline);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->code, 500);
  EXPECT_EQ(answer->message, "业务流水号不存在");
  ASSERT_EQ(service_.asked().size(), 1U);
  const v1::AnswerRequest asked = service_.asked().front();
  EXPECT_EQ(asked.section(), "3.21");
  EXPECT_EQ(asked.type(), "guarantee.partner.v1.CreditQuery");
  EXPECT_EQ(asked.partner(), "demo");
  EXPECT_EQ(asked.flow(), "demo/credit/abc");
  EXPECT_EQ(asked.business_no(), "B1");
  EXPECT_EQ(asked.traceparent(), "00-1-2-01");
  EXPECT_EQ(asked.received_at(), 1'700'000'000'123);
  wire::CreditQuery query;
  ASSERT_TRUE(query.ParseFromString(asked.message()));
  EXPECT_EQ(query.apply_code(), "91430602MA4L5GJ80Y");
}

TEST_F(ServiceClientTest, EveryFindingOfTheCreditCheckPasses) {
  for (const int code : {1, 2, 3, 4}) {
    service_.Script({{grpc::Status::OK, code, "x"}});
    const Result<contract::Answer> answer = AnswerWithin(kDeadline);
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->code, code);
  }
}

TEST_F(ServiceClientTest, NotNowIsAskedAgainWithTheSameRequest) {
  service_.Script({Fails(grpc::StatusCode::UNAVAILABLE, "behind"),
                   Fails(grpc::StatusCode::ABORTED, "conflict"),
                   {grpc::Status::OK, 200, "操作成功"}});
  const Result<contract::Answer> answer = AnswerWithin(kDeadline);
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->code, 200);
  const std::vector<v1::AnswerRequest> asked = service_.asked();
  ASSERT_EQ(asked.size(), 3U);
  EXPECT_EQ(asked[0].SerializeAsString(), asked[2].SerializeAsString());
}

TEST_F(ServiceClientTest, NothingIsKeptOfARequestThatWasAnsweredAtTheSecondTry) {
  service_.Script({Fails(grpc::StatusCode::UNAVAILABLE, "behind"), {grpc::Status::OK, 200, "x"}});
  auto message = std::make_shared<wire::CreditQuery>();
  const std::weak_ptr<wire::CreditQuery> watched = message;
  ServiceRequest request;
  request.interface = contract_->FindSection("3.21");
  request.until = std::chrono::steady_clock::now() + kDeadline;
  request.message = message;
  client_->Ask(std::move(request), [kept = std::move(message)](const auto&) {});
  const auto end = std::chrono::steady_clock::now() + kDeadline;
  while (!watched.expired() && std::chrono::steady_clock::now() < end) std::this_thread::yield();
  EXPECT_TRUE(watched.expired());
}

TEST_F(ServiceClientTest, NotNowForEverEndsBeforeTheRequestsTime) {
  service_.Script({Fails(grpc::StatusCode::UNAVAILABLE, "behind")});
  const auto began = std::chrono::steady_clock::now();
  const Result<contract::Answer> answer = AnswerWithin(milliseconds(800));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::kRetryable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(800));
  // 50, 100, 200 and 400 ms apart, not as fast as it goes.
  EXPECT_LE(service_.asked().size(), 5U);
  EXPECT_GE(service_.asked().size(), 2U);
}

TEST_F(ServiceClientTest, ASilentServiceEndsBeforeTheRequestsTime) {
  const auto began = std::chrono::steady_clock::now();
  const Result<contract::Answer> answer = AnswerWithin(milliseconds(700));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::kRetryable);
  EXPECT_LT(std::chrono::steady_clock::now() - began, milliseconds(700));
}

TEST_F(ServiceClientTest, AServiceThatIsAwayIsRetryable) {
  StopServer();
  const Result<contract::Answer> answer = AnswerWithin(milliseconds(400));
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::kRetryable);
}

TEST_F(ServiceClientTest, AServiceThatComesBackAnswersWhatWaited) {
  service_.Script({{grpc::Status::OK, 200, "操作成功"}});
  const std::string address = address_;
  StopServer();
  EXPECT_FALSE(AnswerWithin(milliseconds(400)));
  auto waiting = Ask(kDeadline);
  StartServer(address);
  ASSERT_EQ(waiting.wait_for(kDeadline), std::future_status::ready);
  EXPECT_TRUE(waiting.get());
}

TEST_F(ServiceClientTest, ARefusedCallIsNotRepeatedAndItsTextStaysThere) {
  service_.Script({Fails(grpc::StatusCode::INVALID_ARGUMENT, "secretKey=abc")});
  const Result<contract::Answer> answer = AnswerWithin(kDeadline);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, ErrorKind::kPermanent);
  EXPECT_EQ(Describe(answer.error()).find("abc"), std::string::npos);
  EXPECT_EQ(service_.asked().size(), 1U);
}

TEST_F(ServiceClientTest, WhatIsUnderWayAtTheEndIsReported) {
  auto answer = Ask(kDeadline);
  ASSERT_TRUE(AwaitAsked(1));
  client_.reset();
  ASSERT_EQ(answer.wait_for(milliseconds(0)), std::future_status::ready);
  const Result<contract::Answer> said = answer.get();
  ASSERT_FALSE(said);
  EXPECT_EQ(said.error().kind, ErrorKind::kRetryable);
}

TEST_F(ServiceClientTest, OnlyWhatHasAChannelIsOffered) {
  EXPECT_TRUE(client_->Offers(*contract_->FindSection("3.17")));
  EXPECT_FALSE(client_->Offers(*contract_->FindSection("3.7")));
}

}  // namespace
}  // namespace guarantee::gateway
