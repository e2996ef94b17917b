#include "hub/case_router.h"

#include <gtest/gtest.h>

namespace guarantee::hub {
namespace {

namespace v1 = guarantee::rpc::v1;

// Says its own name to everything.
class Named final : public v1::CaseService::Service {
 public:
  explicit Named(std::string name) : name_(std::move(name)) {}
  grpc::Status Answer(grpc::ServerContext*, const v1::AnswerRequest*,
                      v1::AnswerReply* reply) override {
    reply->set_text(name_);
    return grpc::Status::OK;
  }
  grpc::Status Decide(grpc::ServerContext*, const v1::CaseDecision*,
                      v1::CaseOutcome* reply) override {
    reply->set_business_no(name_);
    return grpc::Status::OK;
  }
  grpc::Status List(grpc::ServerContext*, const v1::ListCasesRequest*,
                    v1::ListCasesReply* reply) override {
    reply->add_cases()->set_number(name_);
    return grpc::Status::OK;
  }
  grpc::Status Show(grpc::ServerContext*, const v1::ShowCaseRequest*, v1::Summary* reply) override {
    reply->set_number(name_);
    return grpc::Status::OK;
  }
  grpc::Status Flow(grpc::ServerContext*, const v1::FlowRequest*, v1::FlowReply* reply) override {
    if (away) return Away();
    v1::Step& step = *reply->add_steps();
    step.set_at(at);
    step.set_detail(name_);
    return grpc::Status::OK;
  }
  grpc::Status GetLag(grpc::ServerContext*, const v1::LagRequest*, v1::LagReply* reply) override {
    if (away) return Away();
    reply->add_lags()->set_group(name_);
    return grpc::Status::OK;
  }
  bool away = false;
  std::int64_t at = 0;

 private:
  static grpc::Status Away() { return {grpc::StatusCode::UNAVAILABLE, "the broker is away"}; }

  const std::string name_;
};

class CaseRouterTest : public ::testing::Test {
 protected:
  std::string AnswerOf(const std::string& section) {
    v1::AnswerRequest request;
    request.set_section(section);
    v1::AnswerReply reply;
    return router_.Answer(nullptr, &request, &reply).ok() ? reply.text() : "nobody";
  }

  Named order_{"order"};
  Named claim_{"claim"};
  Named credit_{"credit"};
  CaseRouter router_{*contract::Contract::Load(),
                     {{"order", {"guarantee", "refund"}, &order_},
                      {"claim", {"claim"}, &claim_},
                      {"credit", {"credit"}, &credit_}}};
};

TEST_F(CaseRouterTest, ARequestGoesToTheServiceOfItsInterface) {
  EXPECT_EQ(AnswerOf("3.7"), "order");
  EXPECT_EQ(AnswerOf("3.17"), "credit");
  EXPECT_EQ(AnswerOf("3.19"), "claim");
  EXPECT_EQ(AnswerOf("3.13"), "nobody");  // the invoice service is not among them
  EXPECT_EQ(AnswerOf("9.9"), "nobody");
}

TEST_F(CaseRouterTest, ACaseGoesToTheServiceThatHasItsKind) {
  for (const auto& [kind, service] :
       {std::pair{"refund", "order"}, {"guarantee", "order"}, {"claim", "claim"}}) {
    v1::CaseDecision decision;
    decision.set_kind(kind);
    v1::CaseOutcome outcome;
    ASSERT_TRUE(router_.Decide(nullptr, &decision, &outcome).ok());
    EXPECT_EQ(outcome.business_no(), service);
    v1::ListCasesRequest list;
    list.set_kind(kind);
    v1::ListCasesReply listed;
    ASSERT_TRUE(router_.List(nullptr, &list, &listed).ok());
    EXPECT_EQ(listed.cases(0).number(), service);
    v1::ShowCaseRequest show;
    show.set_kind(kind);
    v1::Summary shown;
    ASSERT_TRUE(router_.Show(nullptr, &show, &shown).ok());
    EXPECT_EQ(shown.number(), service);
  }
  v1::CaseDecision unknown;
  unknown.set_kind("invoice");
  v1::CaseOutcome outcome;
  EXPECT_EQ(router_.Decide(nullptr, &unknown, &outcome).error_code(),
            grpc::StatusCode::INVALID_ARGUMENT);
}

TEST_F(CaseRouterTest, AFlowIsWhatAllKnowOfItByTime) {
  order_.at = 3;
  claim_.at = 1;
  credit_.at = 2;
  v1::FlowReply reply;
  ASSERT_TRUE(router_.Flow(nullptr, nullptr, &reply).ok());
  ASSERT_EQ(reply.steps_size(), 3);
  EXPECT_EQ(reply.steps(0).detail(), "claim");
  EXPECT_EQ(reply.steps(2).detail(), "order");
  claim_.away = true;
  EXPECT_EQ(router_.Flow(nullptr, nullptr, &reply).error_code(), grpc::StatusCode::UNAVAILABLE);
}

TEST_F(CaseRouterTest, LagIsThatOfAllOrNone) {
  v1::LagReply reply;
  ASSERT_TRUE(router_.GetLag(nullptr, nullptr, &reply).ok());
  EXPECT_EQ(reply.lags_size(), 3);
  claim_.away = true;
  EXPECT_EQ(router_.GetLag(nullptr, nullptr, &reply).error_code(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace guarantee::hub
