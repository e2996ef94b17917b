// The relay: order per flow, marks after reports, leases respected.
#include "messaging/relay.h"

#include <map>

#include "scene.h"

namespace guarantee::writepath {
namespace {

using messaging::Leases;
using messaging::Relay;

class RelayTest : public Scene {
 protected:
  void SetUp() override {
    Scene::SetUp();
    leases_ = std::make_unique<Leases>(*lease_store_, clock_, Request("a"));
    const messaging::TopicPartition source[] = {{kRequests, 0}};
    ASSERT_TRUE(leases_->Acquire(source).has_value());
    relay_ = std::make_unique<Relay>(*store_, bus_.producer(), *leases_, clock_, Relay::Options{});
  }
  void TearDown() override {
    relay_.reset();
    leases_.reset();
    Scene::TearDown();
  }
  std::size_t PendingCount() {
    const std::int32_t partitions[] = {0};
    return store_->LoadPending(partitions, 1000)->size();
  }
  std::vector<std::string> Published(const std::string& flow) {
    std::vector<std::string> ids;
    for (const auto& record : bus_.Records(kEvents)) {
      if (record.key == flow) ids.emplace_back(record.FindHeader("ce_id"));
    }
    return ids;
  }

  std::unique_ptr<Leases> leases_;
  std::unique_ptr<Relay> relay_;
};

TEST_F(RelayTest, PublishesInOrderPerFlowAndMarks) {
  Append("x", 5);
  Append("y", 2);
  relay_->RunRound();
  EXPECT_EQ(Published("x"), (std::vector<std::string>{"x-1", "x-2", "x-3", "x-4", "x-5"}));
  EXPECT_EQ(Published("y").size(), 2U);
  EXPECT_EQ(PendingCount(), 0U);
  const auto history = store_->LoadHistory("x", 10).value();
  for (std::size_t at = 1; at < history.size(); ++at) {
    EXPECT_GT(history[at].position.offset, history[at - 1].position.offset);
  }
}

TEST_F(RelayTest, TheNextRowOfAFlowWaitsForTheReportOfTheOneBefore) {
  Append("x", 3);
  bus_.HoldReports();
  std::thread round([&] { relay_->RunRound(); });
  EXPECT_TRUE(Eventually([&] { return bus_.HeldReports() == 1; }));
  EXPECT_EQ(Published("x").size(), 1U);
  EXPECT_EQ(PendingCount(), 3U);
  bus_.ReleaseReports();
  EXPECT_TRUE(Eventually([&] {
    bus_.ReleaseReports();
    return Published("x").size() == 3;
  }));
  bus_.ReleaseReports();
  round.join();
  EXPECT_EQ(PendingCount(), 0U);
}

TEST_F(RelayTest, ALostAnswerPublishesAgainUnderTheSameIdentity) {
  Append("x", 2);
  bus_.LoseNextAnswers(1, {ErrorKind::kRetryable, "bus.unavailable", {}, "no answer"});
  relay_->RunRound();
  EXPECT_EQ(PendingCount(), 2U);
  EXPECT_FALSE(relay_->State().trouble.empty());
  relay_->RunRound();
  EXPECT_EQ(Published("x"), (std::vector<std::string>{"x-1", "x-1", "x-2"}));
  EXPECT_EQ(PendingCount(), 0U);
  EXPECT_TRUE(relay_->State().trouble.empty());
}

TEST_F(RelayTest, WhatDoesNotGetOutIsCountedUntilItHas) {
  Append("x", 2);
  Append("y", 1);
  bus_.FailNextPublishes(2, {ErrorKind::kRetryable, "bus.unavailable", {}, "away"});
  relay_->RunRound();
  EXPECT_EQ(relay_->State().unpublished, 3U) << "and not 0 because the round is over";
  EXPECT_TRUE(relay_->State().oldest);
  EXPECT_EQ(relay_->State().published, 0);
  relay_->RunRound();
  EXPECT_EQ(relay_->State().unpublished, 0U);
  EXPECT_FALSE(relay_->State().oldest);
  EXPECT_EQ(relay_->State().published, 3);
  EXPECT_EQ(relay_->State().dead_letters, 0);
}

TEST_F(RelayTest, ARecordThatTheBusNeverTakesStopsItsFlowOnly) {
  Append("x", 2);
  Append("y", 1);
  bus_.FailNextPublishes(1, {ErrorKind::kPermanent, "bus.too_large", {}, "too large"});
  relay_->RunRound();
  relay_->RunRound();
  EXPECT_TRUE(Published("x").empty());
  EXPECT_EQ(Published("y").size(), 1U);
}

TEST_F(RelayTest, WithoutALeaseNothingGoesOut) {
  Append("x", 1);
  const std::int32_t partitions[] = {0};
  leases_->Drop(partitions, false);
  relay_->RunRound();
  EXPECT_TRUE(Published("x").empty());
}

TEST_F(RelayTest, ALeaseThatEndsTooSoonIsNoLease) {
  Append("x", 1);
  clock_.Advance(messaging::kPublishingLeaseMs - Relay::Options{}.publish_ms);
  relay_->RunRound();
  EXPECT_TRUE(Published("x").empty());
  ASSERT_TRUE(leases_->Renew().has_value());
  relay_->RunRound();
  EXPECT_EQ(Published("x").size(), 1U);
}

TEST_F(RelayTest, AfterACrashedOwnerItWaitsForTheEndOfTheirLease) {
  Append("x", 1);
  // Another process holds partition 0 and is gone without a release.
  const std::vector<std::string> topics{kRequests};
  ASSERT_TRUE(lease_store_->Acquire(Request("b", false), 0, topics).has_value());
  Leases ours(*lease_store_, clock_, Request("c", false));
  const messaging::TopicPartition source[] = {{kRequests, 0}};
  ASSERT_TRUE(ours.Acquire(source).has_value());
  Relay relay(*store_, bus_.producer(), ours, clock_, Relay::Options{});
  relay.RunRound();
  EXPECT_TRUE(Published("x").empty());
  clock_.Advance(messaging::kPublishingLeaseMs);
  ASSERT_TRUE(ours.Renew().has_value());
  relay.RunRound();
  EXPECT_EQ(Published("x").size(), 1U);
}

}  // namespace
}  // namespace guarantee::writepath
