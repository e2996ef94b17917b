#include "attachment_worker.h"

#include "attachments_fixture.h"

namespace guarantee::host {
namespace {

// The worker alone; whose the partition is, the test says.
class AttachmentWorkerTest : public AttachmentsTest {
 protected:
  void SetUp() override {
    AttachmentsTest::SetUp();
    documents_.emplace(*database_);
  }
  AttachmentWorker::Needs Needs(bool ours) {
    AttachmentWorker::Needs needs;
    needs.options = {contract_, partners_, kFacts};
    needs.documents = &*documents_;
    needs.may_act = [this, ours](std::int32_t) {
      ++asked_;
      asked_.notify_all();
      return ours;
    };
    needs.execute = [this](const messaging::Unit&) -> Result<void> {
      ++told_;
      told_.notify_all();
      return {};
    };
    needs.event_id = [] { return "id"; };
    needs.clock = &clock_;
    return needs;
  }
  [[nodiscard]] FetchJob Job(const std::string& id) const {
    return {kFlow, "demo", 0, id, "B-1", 1, Link()};
  }

  std::optional<sql::SqlDocumentStore> documents_;
  std::atomic<int> asked_{0};
  std::atomic<int> told_{0};
};

TEST_F(AttachmentWorkerTest, NothingIsFetchedWithoutTheLease) {
  AttachmentWorker worker(Needs(false));
  EXPECT_TRUE(worker.Offer(Job("1")));
  asked_.wait(0);
  const auto until = std::chrono::steady_clock::now() + kPatience;
  while (worker.counts().in_flight != 0 && std::chrono::steady_clock::now() < until) {
    std::this_thread::yield();
  }
  EXPECT_EQ(worker.counts().in_flight, 0);
  EXPECT_EQ(server_.Connections(), 0U);
  EXPECT_EQ(told_, 0);
}

TEST_F(AttachmentWorkerTest, UnderTheLeaseItIsFetchedAndTold) {
  AttachmentWorker worker(Needs(true));
  EXPECT_TRUE(worker.Offer(Job("1")));
  told_.wait(0);
  EXPECT_EQ(server_.Received().size(), 1U);
  EXPECT_EQ(worker.counts().stored, 1);
}

TEST_F(AttachmentWorkerTest, WhatWaitsIsLimitedAndStoppingIsNoEndOfAFile) {
  server_.SetScript([](const ReceivedRequest&) {
    return ScriptedReply{"HTTP/1.1 200 OK\r\n", http::testing::Afterwards::kHold};
  });
  AttachmentWorker worker(Needs(true));
  int offered = 0;
  for (int id = 0; id < 1'000 && worker.Offer(Job(std::to_string(id))); ++id) ++offered;
  EXPECT_GE(offered, static_cast<int>(kJobsMax));
  EXPECT_LE(offered, static_cast<int>(kJobsMax) + kFetchesMax);
  EXPECT_TRUE(worker.Offer(Job("0")));  // known
  ASSERT_TRUE(server_.AwaitReceived(kFetchesMax, std::chrono::milliseconds{4'000}));
  EXPECT_EQ(worker.counts().in_flight, kFetchesMax);
  worker.Stop();
  EXPECT_EQ(told_, 0);
  EXPECT_FALSE(worker.Offer(Job("late")));
}

}  // namespace
}  // namespace guarantee::host
