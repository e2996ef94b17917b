// Commands on cases against a service that answers what a test has put into it.
#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "guarantee/event/v1/claim_decision.pb.h"
#include "guarantee/event/v1/credit_decision.pb.h"
#include "guarantee/event/v1/guarantee_decision.pb.h"
#include "guarantee/event/v1/invoice_decision.pb.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "guarantee/rpc/v1/dispatcher.grpc.pb.h"
#include "guarantee/rpc/v1/gateway.grpc.pb.h"
#include "guarantee/rpc/v1/order.grpc.pb.h"
#include "guaranteectl/program.h"

namespace guarantee::guaranteectl {
namespace {

namespace event = guarantee::event::v1;
namespace v1 = guarantee::rpc::v1;
using nlohmann::json;
using testing::HasSubstr;
using testing::SizeIs;

// One case of every kind: number G1, operation B1.
class ScriptedCases final : public v1::CaseService::Service {
 public:
  grpc::Status Decide(grpc::ServerContext*, const v1::CaseDecision* request,
                      v1::CaseOutcome* reply) override {
    decided = *request;
    reply->set_business_no("B1");
    reply->set_result(result);
    reply->set_reason(reason);
    return grpc::Status::OK;
  }
  grpc::Status List(grpc::ServerContext*, const v1::ListCasesRequest* request,
                    v1::ListCasesReply* reply) override {
    listed = *request;
    Fill(*reply->add_cases());
    return grpc::Status::OK;
  }
  grpc::Status Show(grpc::ServerContext*, const v1::ShowCaseRequest* request,
                    v1::Summary* reply) override {
    const std::string& number = request->selector().number();
    if (number != "G1" && number != "B1") {
      return {grpc::StatusCode::NOT_FOUND, "case.unknown: no " + request->kind()};
    }
    Fill(*reply);
    if (!flow.empty() && request->kind() == "guarantee") {
      v1::Detail& detail = *reply->add_details();
      detail.set_name("flow");
      detail.set_value(flow);
    }
    return grpc::Status::OK;
  }
  grpc::Status Flow(grpc::ServerContext*, const v1::FlowRequest* request,
                    v1::FlowReply* reply) override {
    if (request->flow() != stepless) reply->add_steps()->set_kind("request");
    return grpc::Status::OK;
  }
  grpc::Status GetLag(grpc::ServerContext*, const v1::LagRequest*, v1::LagReply* reply) override {
    for (const char* group : {"order", "credit"}) reply->add_lags()->set_group(group);
    for (const v1::Lag& lag : lags) *reply->add_lags() = lag;
    return grpc::Status::OK;
  }
  template <typename Decision>
  Decision Decided() const {
    Decision decision;
    EXPECT_EQ(decided.type(), Decision::descriptor()->full_name());
    EXPECT_TRUE(decision.ParseFromString(decided.decision()));
    return decision;
  }

  std::string flow;      // of the guarantee
  std::string stepless;  // a flow of which nothing is known
  std::vector<v1::Lag> lags;
  v1::CaseDecision decided;
  v1::ListCasesRequest listed;
  std::string result = "applied";
  std::string reason;

 private:
  static void Fill(v1::Summary& row) {
    row.set_partner("demo");
    row.set_number("G1");
    row.set_business_no("B1");
    row.set_state("open");
    row.set_amount_fen(5'000'000);
    row.set_updated_at(1'681'796'368'000);
  }
};

// Finds an order by the number of its letter.
class ScriptedOrders final : public v1::OrderService::Service {
 public:
  grpc::Status Show(grpc::ServerContext*, const v1::Selector* selector,
                    v1::Summary* reply) override {
    if (selector->number() != "G1") return {grpc::StatusCode::NOT_FOUND, "order.unknown"};
    v1::Detail& detail = *reply->add_details();
    detail.set_name("flow");
    detail.set_value("demo/order/O1");
    return grpc::Status::OK;
  }
};

// Knows no number.
class ScriptedGateway final : public v1::GatewayService::Service {
 public:
  grpc::Status FindFlows(grpc::ServerContext*, const v1::Selector*,
                         v1::FindFlowsReply* reply) override {
    for (const std::string& flow : candidates) reply->add_candidates(flow);
    return grpc::Status::OK;
  }
  grpc::Status Flow(grpc::ServerContext*, const v1::FlowRequest*, v1::FlowReply*) override {
    return grpc::Status::OK;
  }

  std::vector<std::string> candidates;
};

class ScriptedDispatcher final : public v1::DispatcherService::Service {
 public:
  grpc::Status GetLag(grpc::ServerContext*, const v1::LagRequest*, v1::LagReply* reply) override {
    reply->add_lags()->set_group("dispatcher");
    return grpc::Status::OK;
  }
  grpc::Status Flow(grpc::ServerContext*, const v1::FlowRequest*, v1::FlowReply*) override {
    return grpc::Status::OK;
  }
  grpc::Status RetryNotice(grpc::ServerContext*, const v1::RetryNoticeRequest* request,
                           v1::RetryNoticeReply* reply) override {
    if (!request->partner().empty() && request->partner() != "demo") {
      return {grpc::StatusCode::NOT_FOUND, "notice.unknown: this partner has no such notice"};
    }
    reply->set_result("queued");
    return grpc::Status::OK;
  }
};

struct Said {
  int exit = 0;
  std::string output;
  std::string errors;
};

class CaseCommands : public testing::Test {
 protected:
  void SetUp() override {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&cases_);
    builder.RegisterService(&dispatcher_);
    builder.RegisterService(&orders_);
    builder.RegisterService(&gateway_);
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }
  void TearDown() override { server_->Shutdown(); }

  Said Say(const std::vector<std::string>& words) {
    std::istringstream input;
    std::ostringstream output;
    std::ostringstream errors;
    const int exit = guaranteectl::Run(words, input, output, errors);
    return {exit, output.str(), errors.str()};
  }
  Said Ask(std::vector<std::string> words) {
    for (const char* service : {"--order-rpc", "--credit-rpc", "--claim-rpc", "--invoice-rpc",
                                "--dispatcher-rpc", "--gateway-rpc"}) {
      words.insert(words.begin(), {service, address_});
    }
    words.emplace_back("--json");
    return Say(words);
  }

  ScriptedCases cases_;
  ScriptedDispatcher dispatcher_;
  ScriptedOrders orders_;
  ScriptedGateway gateway_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

TEST_F(CaseCommands, EveryKindIsListedAndShownWithTheKeysOfTheRunContract) {
  const json row = json::parse(R"({"partner":"demo","number":"G1","businessNo":"B1","state":"open",
                                   "amount":"50000.00","updated_at":"2023-04-18T05:39:28.000Z"})");
  for (const char* kind : {"credit", "claim", "invoice", "refund", "cancellation", "guarantee"}) {
    const Said list = Ask({kind, "list", "--partner", "demo", "--limit", "7"});
    EXPECT_EQ(list.exit, 0) << list.errors;
    EXPECT_EQ(json::parse(list.output), json::array({row}));
    EXPECT_EQ(cases_.listed.kind(), kind);
    EXPECT_EQ(cases_.listed.partner(), "demo");
    EXPECT_EQ(cases_.listed.limit(), 7);
    EXPECT_EQ(json::parse(Ask({kind, "show", "G1"}).output), row);
    const Said unknown = Ask({kind, "show", "X"});
    EXPECT_EQ(unknown.exit, 1);
    EXPECT_THAT(unknown.errors, HasSubstr("case.unknown"));
  }
}

TEST_F(CaseCommands, ACreditIsGrantedForAYearUnlessSaidOtherwise) {
  const Said said = Ask({"credit", "decide", "B1", "approve", "--as", "li"});
  ASSERT_EQ(said.exit, 0) << said.errors;
  auto decision = cases_.Decided<event::DecideCredit>();
  EXPECT_EQ(
      json::parse(said.output),
      (json{{"decision_id", decision.decision_id()}, {"result", "applied"}, {"businessNo", "B1"}}));
  EXPECT_EQ(decision.decided_by(), "li");
  EXPECT_EQ(decision.number(), "B1") << "the operation that was named";
  EXPECT_EQ(decision.grant().limit_fen(), 1'000'000'000);
  EXPECT_THAT(decision.grant().valid_to(), SizeIs(10));
  ASSERT_EQ(Ask({"credit", "decide", "G1", "approve", "--limit", "50000.00", "--valid-from",
                 "2026-01-01", "--valid-to", "2026-06-30"})
                .exit,
            0);
  decision = cases_.Decided<event::DecideCredit>();
  EXPECT_EQ(decision.number(), "") << "the case was named, not an operation";
  EXPECT_EQ(decision.grant().limit_fen(), 5'000'000);
  EXPECT_EQ(decision.grant().valid_from(), "2026-01-01");
  EXPECT_EQ(decision.grant().valid_to(), "2026-06-30");
  ASSERT_EQ(Ask({"credit", "decide", "B1", "reject", "--reason", "x"}).exit, 0);
  decision = cases_.Decided<event::DecideCredit>();
  EXPECT_TRUE(decision.has_decline());
  EXPECT_EQ(decision.reason(), "x");
  EXPECT_EQ(Ask({"credit", "decide", "B1", "grant"}).exit, 2);
  EXPECT_EQ(Ask({"credit", "decide", "B1", "approve", "--limit", "much"}).exit, 2);
}

TEST_F(CaseCommands, TheFirstOfTwoApprovalsIsPendingAndNoFailure) {
  cases_.result = "pending";
  const Said said = Ask({"claim", "decide", "B1", "approve", "--amount", "1.00"});
  EXPECT_EQ(said.exit, 0) << said.errors;
  EXPECT_EQ(json::parse(said.output).at("result"), "pending");
  EXPECT_EQ(cases_.Decided<event::DecideClaim>().approve().amount_fen(), 100);
}

TEST_F(CaseCommands, AClaimIsRefusedWithEverythingThatSpeaksAgainstIt) {
  ASSERT_EQ(Ask({"claim", "decide", "B1", "reject", "--discrepancies", "一;二"}).exit, 0);
  const auto decision = cases_.Decided<event::DecideClaim>();
  EXPECT_THAT(decision.refuse().discrepancies(), testing::ElementsAre("一", "二"));
  ASSERT_EQ(Ask({"claim", "decide", "B1", "reject", "--reason", "x"}).exit, 0);
  EXPECT_TRUE(cases_.Decided<event::DecideClaim>().has_refuse());
}

TEST_F(CaseCommands, APaymentIsConfirmedByItsReference) {
  ASSERT_EQ(Ask({"claim", "confirm", "B1", "--reference", "R9"}).exit, 0);
  EXPECT_EQ(cases_.Decided<event::DecideClaim>().confirm().reference(), "R9");
  EXPECT_EQ(Ask({"claim", "confirm", "B1"}).exit, 2);
}

TEST_F(CaseCommands, ARegisteredClaimTakesThePartnerOfTheGuarantee) {
  ASSERT_EQ(Ask({"claim", "register", "G1", "--beneficiary-name", "甲"}).exit, 0);
  EXPECT_EQ(cases_.decided.kind(), "claim");
  EXPECT_EQ(cases_.decided.selector().partner(), "demo");
  EXPECT_EQ(cases_.decided.selector().number(), "G1");
  EXPECT_EQ(cases_.Decided<event::DecideClaim>().register_().beneficiary_name(), "甲");
  EXPECT_EQ(Ask({"claim", "register", "X"}).exit, 1);
}

TEST_F(CaseCommands, AnInvoiceNeedsItsNumberOutsideADevelopmentSystem) {
  const Said said = Ask({"invoice", "decide", "B1", "approve"});
  EXPECT_EQ(said.exit, 2);
  EXPECT_TRUE(json::parse(said.output).contains("error"));
  ASSERT_EQ(Ask({"invoice", "decide", "B1", "approve", "--invoice-no", "12345678901234567890",
                 "--url", "https://x/"})
                .exit,
            0);
  EXPECT_EQ(cases_.Decided<event::DecideInvoice>().issue().invoice_no(), "12345678901234567890");
  ASSERT_EQ(Ask({"invoice", "decide", "B1", "approve", "--invoice-no", "1"}).exit, 0);
  EXPECT_EQ(cases_.Decided<event::DecideInvoice>().issue().url(), "") << "3.14 may have none";
  ASSERT_EQ(Ask({"invoice", "decide", "B1", "reject"}).exit, 0);
  EXPECT_TRUE(cases_.Decided<event::DecideInvoice>().has_fail());
}

TEST_F(CaseCommands, ADevelopmentSystemMakesTheInvoicesNumber) {
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("endpoints-" + std::to_string(::getpid()));
  std::ofstream(file) << json{{"rpc", {{"invoice", {address_}}}}}.dump();
  const Said given = Say({"--endpoints", file.string(), "invoice", "decide", "B1", "approve",
                          "--invoice-no", "12345678901234567890", "--url", "https://x/"});
  ASSERT_EQ(given.exit, 0) << given.errors;
  EXPECT_EQ(cases_.Decided<event::DecideInvoice>().issue().url(), "https://x/");
  const Said said = Say({"--endpoints", file.string(), "invoice", "decide", "B1", "approve"});
  std::filesystem::remove(file);
  ASSERT_EQ(said.exit, 0) << said.errors;
  const auto issue = cases_.Decided<event::DecideInvoice>().issue();
  EXPECT_THAT(issue.invoice_no(), SizeIs(20));
  EXPECT_THAT(issue.url(), HasSubstr(issue.invoice_no()));
}

TEST_F(CaseCommands, RefundsCancellationsAndLettersAreTheOrderServices) {
  ASSERT_EQ(Ask({"refund", "decide", "B1", "approve"}).exit, 0);
  EXPECT_EQ(cases_.Decided<event::DecideGuarantee>().approve_refund().business_no(), "B1");
  ASSERT_EQ(Ask({"refund", "decide", "G1", "reject"}).exit, 0);
  EXPECT_TRUE(cases_.Decided<event::DecideGuarantee>().has_reject_refund());
  ASSERT_EQ(Ask({"cancellation", "decide", "G1", "approve"}).exit, 0);
  EXPECT_TRUE(cases_.Decided<event::DecideGuarantee>().has_approve_cancellation());
  ASSERT_EQ(Ask({"cancellation", "decide", "B1", "reject"}).exit, 0);
  EXPECT_EQ(cases_.Decided<event::DecideGuarantee>().reject_cancellation().business_no(), "B1");
  ASSERT_EQ(Ask({"cancellation", "propose", "G1", "--reason", "x"}).exit, 0);
  EXPECT_EQ(cases_.decided.kind(), "guarantee");
  EXPECT_TRUE(cases_.Decided<event::DecideGuarantee>().has_propose_cancellation());
  const std::string letter =
      std::string(GUARANTEE_SOURCE_DIR) + "/deploy/dev/demonstration-letter.pdf";
  ASSERT_EQ(Ask({"guarantee", "letter", "G1", letter}).exit, 0);
  EXPECT_THAT(cases_.Decided<event::DecideGuarantee>().plain_letter().letter().file(),
              HasSubstr("%PDF"));
}

TEST_F(CaseCommands, ARefusedDecisionIsOne) {
  cases_.result = "refused";
  cases_.reason = "refund.not_pending";
  const Said said = Ask({"refund", "decide", "B1", "approve"});
  EXPECT_EQ(said.exit, 1);
  EXPECT_EQ(json::parse(said.output).at("reason"), "refund.not_pending");
}

TEST_F(CaseCommands, TheNumberOfALetterIsTheLettersFlowAndNotItsOrders) {
  cases_.flow = "demo/guarantee/G1";
  const Said said = Ask({"flow", "show", "G1"});
  ASSERT_EQ(said.exit, 0) << said.errors;
  const json document = json::parse(said.output);
  EXPECT_EQ(document.at("flow"), "demo/guarantee/G1");
  EXPECT_THAT(document.at("steps"), SizeIs(1)) << "the one process was asked once";
  EXPECT_EQ(Ask({"flow", "show", "X"}).exit, 1);
}

TEST_F(CaseCommands, ANumberThatNobodyHasIsFoundByWhatWasAnswered) {
  gateway_.candidates = {"demo/order/X", "second/order/X"};
  const Said both = Ask({"flow", "show", "X"});
  EXPECT_EQ(both.exit, 1);
  EXPECT_THAT(both.errors, HasSubstr("demo/order/X second/order/X"));
  cases_.stepless = "second/order/X";
  const Said one = Ask({"flow", "show", "X"});
  ASSERT_EQ(one.exit, 0) << one.errors;
  EXPECT_EQ(json::parse(one.output).at("flow"), "demo/order/X");
  gateway_.candidates = {"second/order/X"};
  EXPECT_EQ(Ask({"flow", "show", "X"}).exit, 1);
}

TEST_F(CaseCommands, ANoticeIsSentAgainForThePartnerThatWasNamed) {
  EXPECT_EQ(Ask({"notice", "retry", "N1"}).exit, 0);
  EXPECT_EQ(Ask({"notice", "retry", "N1", "--partner", "demo"}).exit, 0);
  EXPECT_EQ(Ask({"notice", "retry", "N1", "--partner", "second"}).exit, 1);
}

TEST_F(CaseCommands, OneProcessWithSeveralServicesIsAskedOnce) {
  const Said lag = Ask({"lag"});
  EXPECT_THAT(json::parse(lag.output), SizeIs(3));
  // Claim and invoice have an address and hold nothing.
  EXPECT_EQ(lag.exit, 3);
  EXPECT_THAT(lag.errors, HasSubstr("claim holds no partition"));
}

TEST_F(CaseCommands, APartitionThatNobodyHoldsIsSaid) {
  for (const char* group : {"order", "credit", "claim", "invoice"}) {
    for (const std::int32_t partition : {0, 2}) {
      v1::Lag& lag = cases_.lags.emplace_back();
      lag.set_group(group);
      lag.set_topic("t");
      lag.set_partition(partition);
      lag.set_state("ok");
      // All that there are, but for claim.
      lag.set_partitions(std::string_view(group) == "claim" ? 3 : 0);
    }
  }
  const Said said = Ask({"lag"});
  EXPECT_EQ(said.exit, 3);
  EXPECT_THAT(said.errors, HasSubstr("nobody of claim holds 1 of the partitions of t"));
  const json unheld = {{"group", "claim"},        {"topic", "t"},           {"partition", 1},
                       {"lag_messages", nullptr}, {"lag_seconds", nullptr}, {"state", "unheld"}};
  EXPECT_THAT(json::parse(said.output), testing::Contains(unheld));
  cases_.lags.clear();
}

}  // namespace
}  // namespace guarantee::guaranteectl
