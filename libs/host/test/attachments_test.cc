// Attachments of a hosted desk, from the record to the bytes over gRPC: bus in memory, SQLite, a
// clock of the test's, a real server on loopback.
#include "host/attachments.h"

#include "attachments_fixture.h"

namespace guarantee::host {
namespace {

TEST_F(AttachmentsTest, AnInlineFileIsADocumentAndTheMatterHasItsReference) {
  const std::string text = EncodeBase64(kFile);
  Send("B-1", text);
  const rpc::v1::Attachment kept = AwaitState("B-1", "stored");
  EXPECT_EQ(kept.form(), "inline");
  EXPECT_EQ(kept.document().media_type(), "application/pdf");
  EXPECT_EQ(kept.text(), "");
  EXPECT_EQ(BytesOf("event-B-1"), kFile);
  EXPECT_EQ(StateOfTheMatter(), "attachment:event-B-1\n");
  const auto facts = Facts(1);
  ASSERT_EQ(facts.size(), 1U);
  EXPECT_EQ(facts[0].FindHeader("ce_type"), "guarantee.event.v1.AttachmentFetched");
  EXPECT_EQ(facts[0].FindHeader("ce_sequence"), "1");
  EXPECT_EQ(facts[0].value.find(text), std::string::npos);
  EXPECT_EQ(facts[0].value.find(kept.document().sha256()), std::string::npos);
}

TEST_F(AttachmentsTest, LinkAndPathAreFetched) {
  Send("B-1", Link());
  Send("B-2", "/2026/proof.pdf");
  EXPECT_EQ(AwaitState("B-1", "stored").attempts(), 1);
  AwaitState("B-2", "stored");
  EXPECT_EQ(BytesOf("event-B-1"), kFile);
  EXPECT_EQ(BytesOf("event-B-2"), kFile);
  std::set<std::string> targets;
  for (const ReceivedRequest& request : server_.Received()) targets.insert(request.Target());
  EXPECT_EQ(targets, (std::set<std::string>{"/base/2026/proof.pdf", "/secret-name/proof.pdf"}));
  for (const Delivered& fact : Facts(2)) {
    EXPECT_EQ(fact.value.find("secret-name"), std::string::npos);
    EXPECT_EQ(fact.value.find("proof.pdf"), std::string::npos);
  }
}

TEST_F(AttachmentsTest, ShowTellsWhereEachStands) {
  Send("B-1", EncodeBase64(kFile));
  Send("B-2", "ask Mr. Zhang");
  AwaitState("B-2", "text");
  rpc::v1::ShowCaseRequest show;
  show.set_kind("claim");
  show.mutable_selector()->set_number("G-1");
  grpc::ClientContext context;
  rpc::v1::Summary summary;
  ASSERT_TRUE(cases_->Show(&context, show, &summary).ok());
  ASSERT_EQ(summary.details_size(), 3);  // the flow, and two
  EXPECT_EQ(summary.details(1).name(), "attachment_1");
  EXPECT_NE(summary.details(1).value().find("inline stored application/pdf"), std::string::npos);
  EXPECT_NE(summary.details(2).value().find("text attachment.text"), std::string::npos);
  EXPECT_EQ(summary.ShortDebugString().find("Zhang"), std::string::npos);
}

TEST_F(AttachmentsTest, AnOddTextIsKeptAndFlagged) {
  Send("B-1", "ask Mr. Zhang");
  const rpc::v1::Attachment kept = AwaitState("B-1", "text");
  EXPECT_EQ(kept.text(), "ask Mr. Zhang");
  std::string none;
  EXPECT_EQ(Get("event-B-1", none).error_code(), grpc::StatusCode::NOT_FOUND);
  const auto facts = Facts(1);
  event::v1::AttachmentRefused refused;
  ASSERT_TRUE(refused.ParseFromString(facts.at(0).value));
  EXPECT_EQ(refused.reason(), reasons::kText);
  EXPECT_EQ(facts.at(0).value.find("Zhang"), std::string::npos);
}

TEST_F(AttachmentsTest, AForgedReferenceIsATextAsAnyOther) {
  Send("B-1", EncodeBase64(kFile));
  Send("B-2", "attachment:event-B-1");
  EXPECT_EQ(AwaitState("B-2", "text").attachment_id(), "event-B-2");
  EXPECT_EQ(StateOfTheMatter(), "attachment:event-B-1\nattachment:event-B-2\n");
}

TEST_F(AttachmentsTest, ARefusedOneSaysWhyAndCanBeFetchedAnew) {
  server_.SetScript(
      [](const ReceivedRequest&) { return Answer(302, "", "Location: http://127.0.0.1/\r\n"); });
  Send("B-1", Link());
  Send("B-2", "http://elsewhere.example/a.zip");
  EXPECT_EQ(AwaitState("B-1", "refused").reason(), reasons::kRedirect);
  EXPECT_EQ(AwaitState("B-2", "refused").reason(), reasons::kHost);
  server_.SetScript([](const ReceivedRequest&) { return Answer(200, kFile); });
  EXPECT_TRUE(Retry("event-B-1").ok());
  AwaitState("B-1", "stored");
  EXPECT_EQ(Retry("event-B-1").error_code(), grpc::StatusCode::FAILED_PRECONDITION);
  EXPECT_EQ(Retry("event-B-3").error_code(), grpc::StatusCode::NOT_FOUND);
  // Refused twice, fetched once: each is told.
  EXPECT_EQ(Facts(3).size(), 3U);
}

TEST_F(AttachmentsTest, ABadFileIsRefusedWhereverItCameFrom) {
  const std::string bomb("PK\x03\x04 no directory", 17);
  server_.SetScript([bomb](const ReceivedRequest&) { return Answer(200, bomb); });
  Send("B-1", EncodeBase64(bomb));
  Send("B-2", Link());
  EXPECT_EQ(AwaitState("B-1", "refused").reason(), reasons::kArchive);
  EXPECT_EQ(AwaitState("B-2", "refused").reason(), reasons::kArchive);
  EXPECT_EQ(server_.Received().size(), 1U);
}

TEST_F(AttachmentsTest, AFailedTryIsRepeatedLaterAndTheLastOneIsTheEnd) {
  server_.SetScript([](const ReceivedRequest&) { return Answer(503, ""); });
  Send("B-1", Link());
  Await("B-1", [](const auto& one) { return one.attempts() == 1 && !one.reason().empty(); });
  const std::int64_t first = clock_.Now().value;
  Await(
      "B-1", [](const auto& one) { return one.attempts() == 2; }, 5'000);
  EXPECT_GE(clock_.Now().value - first, kFirstPauseMs - 5'000);
  Await("B-1", [this](const auto&) { return server_.Received().size() == 2; });
  MakeAttempts(kAttemptsMax - 1);
  const rpc::v1::Attachment ended = Await(
      "B-1", [](const auto& one) { return one.state() == "refused"; }, kTryAgainMs / 2);
  EXPECT_EQ(ended.reason(), reasons::kUnreachable);
  EXPECT_EQ(ended.attempts(), kAttemptsMax);
  EXPECT_EQ(server_.Received().size(), 3U);
}

TEST_F(AttachmentsTest, AFetchThatARestartCutIsBegunAgain) {
  server_.SetScript([](const ReceivedRequest&) {
    return ScriptedReply{"HTTP/1.1 200 OK\r\n", http::testing::Afterwards::kHold};
  });
  Send("B-1", Link());
  Await("B-1", [this](const auto&) { return !server_.Received().empty(); });
  Stop();
  server_.SetScript([](const ReceivedRequest&) { return Answer(200, kFile); });
  Start();
  EXPECT_EQ(List().at(0).state(), "waiting");
  Await(
      "B-1", [](const auto& one) { return one.state() == "stored"; }, kTryAgainMs / 4);
  EXPECT_EQ(BytesOf("event-B-1"), kFile);
}

TEST_F(AttachmentsTest, ATryThatLastsIsNoFurtherOne) {
  std::atomic<bool> go{false};
  server_.SetScript([&go](const ReceivedRequest&) {
    go.wait(false);
    return Answer(200, kFile);
  });
  Send("B-1", Link());
  Await("B-1", [this](const auto&) { return !server_.Received().empty(); });
  // Its timer fires again meanwhile, several times.
  const std::int64_t began = clock_.Now().value;
  Await(
      "B-1", [&](const auto&) { return clock_.Now().value - began > 4 * kTryAgainMs; },
      kTryAgainMs / 2);
  go = true;
  go.notify_all();
  EXPECT_EQ(AwaitState("B-1", "stored").attempts(), 1);
  EXPECT_EQ(server_.Received().size(), 1U);
}

TEST_F(AttachmentsTest, TheSameRequestAgainIsOneAttachment) {
  Send("B-1", EncodeBase64(kFile));
  Send("B-1", EncodeBase64(kFile));
  Send("B-2", EncodeBase64(kFile));
  AwaitState("B-2", "stored");
  EXPECT_EQ(List().size(), 2U);
  EXPECT_EQ(Facts(2).size(), 2U);
}

TEST_F(AttachmentsTest, AFlowHasAnEndOfThem) {
  for (int number = 0; number <= kAttachmentsMax; ++number) {
    Send("B-" + std::to_string(number), "text " + std::to_string(number));
  }
  const auto facts = Facts(kAttachmentsMax + 1);
  event::v1::AttachmentRefused last;
  ASSERT_TRUE(last.ParseFromString(facts.back().value));
  EXPECT_EQ(last.reason(), reasons::kTooMany);
  EXPECT_EQ(List().size(), static_cast<std::size_t>(kAttachmentsMax));
}

TEST(PauseAfterMsTest, GrowsToItsLimit) {
  EXPECT_EQ(PauseAfterMs(1), 30'000);
  EXPECT_EQ(PauseAfterMs(2), 120'000);
  EXPECT_EQ(PauseAfterMs(kAttemptsMax), kLongestPauseMs);
  EXPECT_EQ(PauseAfterMs(1'000), kLongestPauseMs);
}

}  // namespace
}  // namespace guarantee::host
