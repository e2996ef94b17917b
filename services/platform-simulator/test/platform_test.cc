#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "contract/manual.h"
#include "fixture.h"
#include "guarantee/partner/v1/order.pb.h"
#include "platform-simulator/endpoints.h"
#include "platform-simulator/levers.h"
#include "platform-simulator/notice_check.h"
#include "platform-simulator/play_arguments.h"
#include "platform-simulator/receipts.h"

namespace guarantee::platform_simulator {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const contract::Interface& Notice() {
  return *LoadedContract().FindMessage(
      guarantee::partner::v1::OrderApplyNotice::descriptor()->full_name());
}

TEST(NoticeCheck, EveryNoticeOfTheContractIsAccepted) {
  for (const contract::Interface& interface : LoadedContract().interfaces()) {
    if (!interface.ToPlatform()) continue;
    const NoticeCheck check = CheckNotice(interface, contract::Sample(interface));
    EXPECT_TRUE(check.accepted) << interface.section << ": " << check.message;
    EXPECT_EQ(check.facts.at("wrapped"), interface.wrapped_out) << interface.section;
    EXPECT_EQ(check.facts.at("unknown_keys"), 0) << interface.section;
  }
}

TEST(NoticeCheck, TheNumbersAreInTheReceipt) {
  const Json facts = CheckNotice(Notice(), contract::Sample(Notice())).facts;
  EXPECT_EQ(facts.at("business_no"), Notice().message.Find("business_no")->sample);
  EXPECT_EQ(facts.at("success"), true);
}

TEST(NoticeCheck, AMissingFieldIsNamed) {
  std::string body = contract::Sample(Notice());
  const std::string& wire = Notice().message.Find("guarantee_no")->wire;
  body.replace(body.find(wire), wire.size(), "other");
  const NoticeCheck check = CheckNotice(Notice(), body);
  EXPECT_FALSE(check.accepted);
  EXPECT_THAT(check.message, HasSubstr(wire));
}

TEST(NoticeCheck, AFileMustBeAPdf) {
  std::string body = contract::Sample(Notice());
  const std::string& wire = Notice().message.Find("guarantee_file")->wire;
  const std::string key = "\"" + wire + "\":\"";
  const std::size_t begin = body.find(key) + key.size();
  body.replace(begin, body.find('"', begin) - begin, "aGVsbG8=");
  const NoticeCheck check = CheckNotice(Notice(), body);
  EXPECT_FALSE(check.accepted);
  EXPECT_THAT(check.message, HasSubstr(wire));
}

TEST(Levers, ApplyToAsManyNoticesAsAsked) {
  Levers levers;
  ASSERT_TRUE(levers.Set(R"({"fail_next":2,"status":503,"section":"3.2","partner":"demo"})"));
  EXPECT_FALSE(levers.Take("second", "3.2"));
  EXPECT_FALSE(levers.Take("demo", "3.4"));
  EXPECT_EQ(levers.Take("demo", "3.2")->status, 503);
  EXPECT_TRUE(levers.Take("demo", "3.2"));
  EXPECT_FALSE(levers.Take("demo", "3.2"));
}

TEST(Levers, AreTakenBack) {
  Levers levers;
  ASSERT_TRUE(levers.Set(R"({"fail_next":5,"cut":true})"));
  ASSERT_TRUE(levers.Set(R"({"reset":true})"));
  EXPECT_FALSE(levers.Take("demo", "3.2"));
}

TEST(Levers, RefuseWhatTheyDoNotKnow) {
  Levers levers;
  for (const char* body : {"", "[]", R"({"fail":1})", R"({"fail_next":-1})", R"({"status":99})",
                           R"({"delay_ms":999999999})", R"({"cut":"yes"})"}) {
    EXPECT_FALSE(levers.Set(body)) << body;
  }
}

TEST(Receipts, AreNumberedOnAfterARestart) {
  const Folder folder;
  {
    auto log = ReceiptLog::Open(folder.File("receipts.jsonl"));
    ASSERT_TRUE(log);
    ASSERT_TRUE((*log)->Append({{"section", "3.2"}}));
    ASSERT_TRUE((*log)->Append({{"section", "3.4"}}));
    EXPECT_EQ((*log)->Since(0).at("receipts").size(), 2U);
    EXPECT_EQ((*log)->Since(2).at("receipts").at(0).at("section"), "3.4");
    EXPECT_EQ((*log)->Since(0).at("next"), 3);
    EXPECT_TRUE((*log)->Since(99).at("receipts").empty());
  }
  std::ofstream(folder.File("receipts.jsonl"), std::ios::app) << R"({"seq":3,"cu)";
  auto log = ReceiptLog::Open(folder.File("receipts.jsonl"));
  ASSERT_TRUE(log);
  ASSERT_TRUE((*log)->Append({{"section", "3.6"}}));
  EXPECT_EQ((*log)->Since(0).at("receipts").at(0).at("seq"), 4);
  std::ifstream stream(folder.File("receipts.jsonl"));
  std::vector<std::string> lines;
  for (std::string line; std::getline(stream, line);) lines.push_back(line);
  EXPECT_EQ(lines.size(), 4U);
  EXPECT_THAT(lines.back(), HasSubstr(R"("section":"3.6")"));
}

TEST(PlayArguments, AreReadAndRefused) {
  const std::vector<std::string> good{"--load",    "--endpoints", "e",         "--rate", "200",
                                      "--history", "h",           "--seconds", "3"};
  const auto options = ParsePlayArguments(good);
  ASSERT_TRUE(options) << options.error().message;
  EXPECT_TRUE(options->load);
  EXPECT_EQ(options->rate, 200);
  EXPECT_EQ(options->seconds, 3);
  for (const std::vector<std::string>& wrong : {std::vector<std::string>{},
                                                {"--endpoints"},
                                                {"--endpoints", "e", "--rate", "0"},
                                                {"--endpoints", "e", "--load"},
                                                {"--endpoints", "e", "--other", "1"}}) {
    EXPECT_FALSE(ParsePlayArguments(wrong));
  }
}

TEST(PlayEndpoints, AreReadAndRefused) {
  const auto endpoints = ReadEndpoints(R"({
    "gateway": {"url": "http://127.0.0.1:1/front/", "urls": ["http://127.0.0.1:1/front/", "x"]},
    "partners": [{"id": "demo", "user": "u", "password": "p", "field_cipher": "R1",
                  "platform": {"url": "http://127.0.0.1:2/front/"}}],
    "guaranteectl": ["ctl", "--endpoints", "e"]})");
  ASSERT_TRUE(endpoints) << endpoints.error().message;
  EXPECT_THAT(endpoints->gateways, ElementsAre("http://127.0.0.1:1/front/", "x"));
  EXPECT_EQ(endpoints->partners.front().field_cipher, "R1");
  EXPECT_EQ(endpoints->guaranteectl, "ctl --endpoints e");
  EXPECT_FALSE(ReadEndpoints("{}"));
  EXPECT_FALSE(ReadEndpoints(R"({"gateway":{"url":"u"},"partners":[]})"));
  EXPECT_FALSE(ReadEndpoints(R"({"gateway":{"url":"u"},"partners":[{"id":"demo"}]})"));
}

}  // namespace
}  // namespace guarantee::platform_simulator
