#include "guaranteectl/program.h"

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>
#include <sstream>

#include "crypto/password.h"
#include "guarantee/rpc/v1/order.grpc.pb.h"
#include "guaranteectl/endpoints.h"

namespace guarantee::guaranteectl {
namespace {

namespace v1 = guarantee::rpc::v1;
using nlohmann::json;
using testing::ElementsAre;
using testing::HasSubstr;

struct Said {
  int exit = 0;
  std::string output;
  std::string errors;
};

Said Say(std::vector<std::string> words, const std::string& typed = {}) {
  std::istringstream input(typed);
  std::ostringstream output;
  std::ostringstream errors;
  const int exit = Run(words, input, output, errors);
  return {exit, output.str(), errors.str()};
}

// An order service that answers what a test has put into it.
class ScriptedOrders final : public v1::OrderService::Service {
 public:
  grpc::Status List(grpc::ServerContext*, const v1::ListOrdersRequest*,
                    v1::ListOrdersReply* reply) override {
    v1::Summary& row = *reply->add_orders();
    row.set_partner("demo");
    row.set_number("T1");
    row.set_business_no("B1");
    row.set_state("issued");
    row.set_amount_fen(50'000'000);
    row.set_updated_at(1'681'796'368'000);
    return grpc::Status::OK;
  }
  grpc::Status Show(grpc::ServerContext*, const v1::Selector* selector,
                    v1::Summary* reply) override {
    if (selector->number() != "T1") {
      return {grpc::StatusCode::NOT_FOUND, "order.unknown number: no order has this number"};
    }
    reply->set_number("T1");
    v1::Detail& detail = *reply->add_details();
    detail.set_name("premium_due");
    detail.set_value("1250.00");
    return grpc::Status::OK;
  }
  grpc::Status Decide(grpc::ServerContext*, const v1::DecideRequest* request,
                      v1::DecideReply* reply) override {
    asked = *request;
    reply->set_decision_id(request->decision().decision_id());
    reply->set_business_no("B1");
    reply->set_result(result);
    if (refused) reply->set_reason("order.already_decided");
    return grpc::Status::OK;
  }

  v1::DecideRequest asked;
  std::string result = "applied";
  bool refused = false;
};

class Program : public testing::Test {
 protected:
  void SetUp() override {
    grpc::ServerBuilder builder;
    int port = 0;
    builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
    builder.RegisterService(&orders_);
    server_ = builder.BuildAndStart();
    address_ = "127.0.0.1:" + std::to_string(port);
  }
  void TearDown() override { server_->Shutdown(); }

  Said Ask(std::vector<std::string> words) {
    words.insert(words.begin(), {"--order-rpc", address_});
    return Say(std::move(words));
  }

  ScriptedOrders orders_;
  std::unique_ptr<grpc::Server> server_;
  std::string address_;
};

TEST_F(Program, ListsHaveTheKeysOfTheRunContract) {
  const Said said = Ask({"order", "list", "--json"});
  EXPECT_EQ(said.exit, 0) << said.errors;
  EXPECT_EQ(json::parse(said.output),
            json::parse(R"([{"partner":"demo","number":"T1","businessNo":"B1","state":"issued",
                             "amount":"500000.00","updated_at":"2023-04-18T05:39:28.000Z"}])"));
}

TEST_F(Program, ShowNamesThePremiumThatIsDue) {
  const Said said = Ask({"order", "show", "T1", "--json"});
  EXPECT_EQ(said.exit, 0) << said.errors;
  EXPECT_EQ(json::parse(said.output).at("premium_due"), "1250.00");
}

TEST_F(Program, NotFoundIsOneWithTheReason) {
  const Said said = Ask({"--json", "order", "show", "T2"});
  EXPECT_EQ(said.exit, 1);
  EXPECT_THAT(said.errors, HasSubstr("no order has this number"));
  EXPECT_TRUE(json::parse(said.output).contains("error"));
}

TEST_F(Program, AnApprovalVouchesForTheMaterialsAndSaysWho) {
  const Said said = Ask({"order", "decide", "T1", "approve", "--as", "li", "--partner", "demo",
                         "--premium", "500.00", "--json"});
  EXPECT_EQ(said.exit, 0) << said.errors;
  EXPECT_EQ(orders_.asked.selector().partner(), "demo");
  EXPECT_EQ(orders_.asked.decision().decided_by(), "li");
  EXPECT_TRUE(orders_.asked.decision().approve().materials_complete());
  EXPECT_EQ(orders_.asked.decision().approve().premium_fen(), 50'000);
  const json document = json::parse(said.output);
  EXPECT_EQ(document.at("decision_id"), orders_.asked.decision().decision_id());
  EXPECT_EQ(document.at("result"), "applied");
  EXPECT_EQ(document.at("businessNo"), "B1");
}

TEST_F(Program, MaterialsCanBeLeftOpen) {
  EXPECT_EQ(Ask({"order", "decide", "T1", "approve", "--materials-pending"}).exit, 0);
  EXPECT_FALSE(orders_.asked.decision().approve().materials_complete());
}

TEST_F(Program, ARefusedDecisionIsOne) {
  orders_.result = "refused";
  orders_.refused = true;
  const Said said = Ask({"order", "decide", "T1", "reject", "--json"});
  EXPECT_EQ(said.exit, 1);
  EXPECT_EQ(json::parse(said.output).at("result"), "refused");
  EXPECT_THAT(said.errors, HasSubstr("order.already_decided"));
}

TEST_F(Program, ARefusedDecisionRepeatedIsStillRefused) {
  orders_.result = "same_again";
  EXPECT_EQ(Ask({"order", "decide", "T1", "reject", "--decision-id", "d1"}).exit, 0);
  orders_.refused = true;
  EXPECT_EQ(Ask({"order", "decide", "T1", "reject", "--decision-id", "d1"}).exit, 1);
}

TEST_F(Program, EveryDecisionOnAnOrderCanBeTyped) {
  EXPECT_EQ(Ask({"order", "decide", "T1", "accept-cancel"}).exit, 0);
  EXPECT_TRUE(orders_.asked.decision().has_accept_cancel());
  EXPECT_EQ(Ask({"order", "decide", "T1", "decline-cancel"}).exit, 0);
  EXPECT_TRUE(orders_.asked.decision().has_decline_cancel());
  EXPECT_EQ(
      Ask({"order", "materials", "T1", "--bidder-name", "甲公司", "--bidder-code", "9143"}).exit,
      0);
  EXPECT_EQ(orders_.asked.decision().materials().bidder_code(), "9143");
  EXPECT_EQ(Ask({"order", "materials", "T1", "--bidder-name", "甲公司"}).exit, 2);
}

TEST_F(Program, APremiumIsTheDecisionPremiumReceived) {
  const Said said = Ask({"order", "premium", "T1", "--payer-name", "示范付款人", "--payer-account",
                         "62", "--amount", "1250.00"});
  EXPECT_EQ(said.exit, 0) << said.errors;
  const auto& payment = orders_.asked.decision().premium().payment();
  EXPECT_EQ(payment.amount_fen(), 125'000);
  EXPECT_EQ(payment.payer_name(), "示范付款人");
  // Typed again after a timeout it is the same payment, with a decision of its own.
  const std::string reference = payment.reference();
  const std::string decision = orders_.asked.decision().decision_id();
  Ask({"order", "premium", "T1", "--payer-name", "示范付款人", "--payer-account", "62", "--amount",
       "1250.00"});
  EXPECT_EQ(orders_.asked.decision().premium().payment().reference(), reference);
  EXPECT_NE(orders_.asked.decision().decision_id(), decision);
  Ask({"order", "premium", "T1", "--payer-name", "示范付款人", "--payer-account", "62", "--amount",
       "1250.01"});
  EXPECT_NE(orders_.asked.decision().premium().payment().reference(), reference);
}

TEST(ProgramAlone, CannotReachIsThree) {
  const Said said = Say({"order", "list", "--order-rpc", "127.0.0.1:1"});
  EXPECT_EQ(said.exit, 3);
  EXPECT_THAT(said.errors, HasSubstr("127.0.0.1:1"));
}

TEST(ProgramAlone, WrongUsageIsTwo) {
  EXPECT_EQ(Say({"order", "list"}).exit, 2);  // nothing says where
  EXPECT_EQ(Say({"order", "decide", "T1", "aprove", "--order-rpc", "127.0.0.1:1"}).exit, 2);
  EXPECT_EQ(Say({"--endpoints", "/nowhere/endpoints.json", "lag"}).exit, 2);
  EXPECT_EQ(Say({"--help"}).exit, 0);
}

TEST(ProgramAlone, HashesThePasswordWithoutItsLineEnd) {
  const Said said = Say({"partner", "hash-password"}, "secret\n");
  ASSERT_EQ(said.exit, 0) << said.errors;
  ASSERT_TRUE(said.output.ends_with('\n'));
  EXPECT_TRUE(crypto::VerifyPassword(said.output.substr(0, said.output.size() - 1), "secret"));
  EXPECT_EQ(Say({"partner", "hash-password"}, "\n").exit, 1);
}

TEST(ProgramAlone, PrintsTheContract) {
  const Said said = Say({"contract", "openapi"});
  ASSERT_EQ(said.exit, 0) << said.errors;
  EXPECT_TRUE(json::parse(said.output).at("openapi").get<std::string>().starts_with("3.1"));
}

TEST(Endpoints, AServiceMayHaveSeveralAddresses) {
  const auto endpoints =
      ReadEndpoints(R"({"rpc":{"order":["a:1","b:2"],"gateway":"c:3","dispatcher":"d:4"}})");
  ASSERT_TRUE(endpoints);
  EXPECT_THAT(endpoints->order, ElementsAre("a:1", "b:2"));
  EXPECT_THAT(endpoints->gateway, ElementsAre("c:3"));
  EXPECT_FALSE(ReadEndpoints("{}"));
  EXPECT_FALSE(ReadEndpoints("no json"));
}

}  // namespace
}  // namespace guarantee::guaranteectl
