#include "platform-simulator/conformance/listener.h"

#include <gtest/gtest.h>

#include "contract/encode.h"
#include "contract/manual.h"
#include "fixture.h"
#include "platform-simulator/http_call.h"

namespace guarantee::platform_simulator::conformance {
namespace {

class Listening : public testing::Test {
 protected:
  void SetUp() override {
    const auto contract = contract::Contract::Load();
    ASSERT_TRUE(contract);
    contract_ = *contract;
    auto listener = Listener::Start({"127.0.0.1", 0}, contract_);
    ASSERT_TRUE(listener) << listener.error().message;
    listener_ = std::move(*listener);
    auto connection = HttpConnection::Make(
        "http://127.0.0.1:" + std::to_string(listener_->port()) + "/front/", kAnswerTimeout);
    ASSERT_TRUE(connection);
    connection_ = std::move(*connection);
  }

  std::shared_ptr<const contract::Contract> contract_;
  std::unique_ptr<Listener> listener_;
  std::unique_ptr<HttpConnection> connection_;
};

TEST_F(Listening, EveryNoticeOfTheContractIsSeen) {
  for (const contract::Interface& interface : contract_->interfaces()) {
    if (!interface.ToPlatform()) continue;
    const auto answer =
        connection_->Post(interface.path, "hub", Secret("secret"), contract::Sample(interface));
    ASSERT_TRUE(answer) << interface.section;
    EXPECT_EQ(contract::ReadAnswer(interface, answer->body).code, "200") << interface.section;
    EXPECT_EQ(listener_->Seen()[interface.section].accepted, 1U) << interface.section;
  }
}

TEST_F(Listening, WhatBreaksTheContractIsAFault) {
  const contract::Interface& notice = *contract_->FindSection("3.16");
  const auto answer = connection_->Post(notice.path, "hub", Secret("secret"), "{}");
  ASSERT_TRUE(answer);
  EXPECT_EQ(contract::ReadAnswer(notice, answer->body).code, "500");
  EXPECT_EQ(listener_->Seen()["3.16"].faults.size(), 1U);
  EXPECT_EQ(listener_->Seen()["3.16"].accepted, 0U);
}

TEST_F(Listening, ItTakesNoRequestsAndNothingWithoutSignIn) {
  const auto request =
      connection_->Post(contract_->FindSection("3.1")->path, "hub", Secret("secret"), "{}");
  ASSERT_TRUE(request);
  EXPECT_EQ(request->status, 404);
  const std::string target = "/front/" + contract_->FindSection("3.16")->path;
  const auto nobody = connection_->Send({"POST", target, {}, "application/json", "{}"});
  ASSERT_TRUE(nobody);
  EXPECT_EQ(nobody->status, 401);
  EXPECT_TRUE(listener_->Seen().empty());
}

TEST_F(Listening, ATakenAddressIsTold) {
  EXPECT_FALSE(Listener::Start({"127.0.0.1", listener_->port()}, contract_));
}

}  // namespace
}  // namespace guarantee::platform_simulator::conformance
