#include "platform-simulator/server.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "contract/encode.h"
#include "contract/manual.h"
#include "crypto/password.h"
#include "fixture.h"
#include "guarantee/partner/v1/order.pb.h"
#include "platform-simulator/http_call.h"

namespace guarantee::platform_simulator {
namespace {

constexpr std::chrono::milliseconds kTimeout{10'000};

class Server : public testing::Test {
 protected:
  void SetUp() override {
    const auto contract = contract::Contract::Load();
    ASSERT_TRUE(contract) << contract.error().message;
    WritePartners();
    auto partners = partner::PartnerDirectory::Load(folder_.File("partners.json"),
                                                    partner::Environment::kDevelopment, **contract);
    ASSERT_TRUE(partners) << partner::Describe(partners.error());
    auto receipts = ReceiptLog::Open(folder_.File("receipts.jsonl"));
    ASSERT_TRUE(receipts);
    receipts_ = std::move(*receipts);
    auto server =
        PlatformServer::Start({"127.0.0.1", 0}, *contract, *partners, *receipts_, levers_);
    ASSERT_TRUE(server) << server.error().message;
    server_ = std::move(*server);
    auto connection = HttpConnection::Make(
        "http://127.0.0.1:" + std::to_string(server_->port()) + "/front/", kTimeout);
    ASSERT_TRUE(connection);
    connection_ = std::move(*connection);
    notice_ = (*contract)->FindMessage(
        guarantee::partner::v1::OrderApplyNotice::descriptor()->full_name());
    contract_ = *contract;
  }

  void WritePartners() {
    const auto hash = crypto::HashPassword("incoming", crypto::SystemRandom());
    ASSERT_TRUE(hash);
    std::ofstream(folder_.File("demo.hash")) << *hash;
    std::ofstream(folder_.File("demo.password")) << "outgoing";
    std::ofstream(folder_.File("partners.json")) << R"({"partners":[{
      "id":"demo","environment":"development",
      "institution":{"kind":"bank","name":"Bank","insurer_code":""},
      "accounts":[{"user":"demo","password_hash_file":"demo.hash","enabled":true,
                   "entitlements":[{"interfaces":["*"],"expires":null}]}],
      "source_networks":["127.0.0.0/8"],"field_cipher":"R1","tolerance":{},
      "limits":{"amount_max":"100000000.00"},
      "products":{"credit_backed":false,"valid_days":120},"redirect_host":null,
      "platform":{"base_url":"http://127.0.0.1:1/front/","user":"hub-demo",
                  "password_file":"demo.password",
                  "tls":{"roots":"","client_certificate":"","client_key":""}}}]})";
  }

  Result<HttpAnswer> Send(const std::string& body, const std::string& password = "outgoing") {
    return connection_->Post(notice_->path, "hub-demo", Secret(password), body);
  }
  Json Receipts() const { return receipts_->Since(1).at("receipts"); }

  const Folder folder_;
  std::shared_ptr<const contract::Contract> contract_;
  const contract::Interface* notice_ = nullptr;
  std::unique_ptr<ReceiptLog> receipts_;
  Levers levers_;
  std::unique_ptr<PlatformServer> server_;
  std::unique_ptr<HttpConnection> connection_;
};

TEST_F(Server, AcceptsANoticeAndKeepsAReceipt) {
  const auto answer = Send(contract::Sample(*notice_));
  ASSERT_TRUE(answer) << answer.error().message;
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(contract::ReadAnswer(*notice_, answer->body).verdict, contract::Verdict::kAccepted);
  ASSERT_EQ(Receipts().size(), 1U);
  const Json receipt = Receipts().front();
  EXPECT_EQ(receipt.at("partner"), "demo");
  EXPECT_EQ(receipt.at("section"), notice_->section);
  EXPECT_EQ(receipt.at("verdict"), "accepted");
  const auto shown = connection_->Get("/receipts?since=1");
  ASSERT_TRUE(shown);
  EXPECT_EQ(Json::parse(shown->body).at("receipts").at(0), receipt);
}

TEST_F(Server, RefusesWhatBreaksTheContract) {
  const auto answer = Send("{}");
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200);
  EXPECT_EQ(contract::ReadAnswer(*notice_, answer->body).verdict, contract::Verdict::kRefused);
  EXPECT_EQ(Receipts().front().at("verdict"), "refused");
}

TEST_F(Server, KnowsItsPartnersAndItsPaths) {
  EXPECT_EQ(Send(contract::Sample(*notice_), "wrong")->status, 401);
  EXPECT_EQ(connection_->Post("nowhere", "hub-demo", Secret("outgoing"), "{}")->status, 404);
  EXPECT_EQ(connection_->Get("/front/" + notice_->path)->status, 405);
  for (const contract::Interface& interface : contract_->interfaces()) {
    if (interface.ToPlatform()) continue;  // ours to send, not to receive
    EXPECT_EQ(connection_->Post(interface.path, "hub-demo", Secret("outgoing"), "{}")->status, 404);
  }
  EXPECT_TRUE(Receipts().empty());
}

TEST_F(Server, MisbehavesWhenALeverIsMoved) {
  auto root =
      HttpConnection::Make("http://127.0.0.1:" + std::to_string(server_->port()) + "/", kTimeout);
  ASSERT_TRUE(root);
  EXPECT_EQ((*root)->Post("levers", "", Secret(), R"({"fail_next":1,"other":1})")->status, 400);
  EXPECT_EQ((*root)->Post("levers", "", Secret(), R"({"fail_next":1,"status":503})")->status, 200);
  EXPECT_EQ(Send(contract::Sample(*notice_))->status, 503);
  EXPECT_EQ(Receipts().at(0).at("verdict"), "failed");
  ASSERT_TRUE(levers_.Set(R"({"fail_next":1,"cut":true})"));
  EXPECT_FALSE(Send(contract::Sample(*notice_)));
  EXPECT_EQ(Receipts().at(1).at("verdict"), "cut");
  EXPECT_EQ(Send(contract::Sample(*notice_))->status, 200);
  EXPECT_EQ(Receipts().at(2).at("body_sha256"), Receipts().at(0).at("body_sha256"));
}

TEST_F(Server, SaysWhatItDidNotUnderstand) {
  EXPECT_EQ(connection_->Get("/receipts?since=x")->status, 400);
  EXPECT_EQ(connection_->Get("/receipts")->status, 200);
  EXPECT_EQ(connection_->Get("/levers")->status, 200);
}

}  // namespace
}  // namespace guarantee::platform_simulator
