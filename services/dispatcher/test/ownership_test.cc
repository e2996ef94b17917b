// Who may send: leases over a stop, and replicas that share the lanes.
#include <gtest/gtest.h>

#include <atomic>

#include "bench.h"
#include "dispatcher/app/topics.h"
#include "sql/lease_store.h"

namespace guarantee::dispatcher {
namespace {

class OwnershipTest : public ::testing::TestWithParam<StoreKind> {};
INSTANTIATE_TEST_SUITE_P(Stores, OwnershipTest,
                         ::testing::Values(StoreKind::kSqlite, StoreKind::kPostgres),
                         [](const auto& kind) {
                           return kind.param == StoreKind::kSqlite ? "Sqlite" : "Postgres";
                         });

// Partitions whose next owner would have to wait.
int CountUnreleased(Bench& bench) {
  sql::SqlLeaseStore leases(bench.database());
  const std::vector<std::string> topics = {kNoticesTopic};
  int unreleased = 0;
  for (std::int32_t partition = 0; partition < Bench::kPartitions; ++partition) {
    const auto lease = leases.Acquire({kGroup, "next", 20'000, false}, partition, topics);
    EXPECT_TRUE(lease);
    if (lease->effects_in_ms > 0) ++unreleased;
  }
  return unreleased;
}

TEST_P(OwnershipTest, ACleanStopReleasesEveryLease) {
  Bench bench(GetParam());
  bench.StartDispatcher();
  ASSERT_TRUE(bench.AwaitState(bench.Publish("C1", 1), State::kAccepted));
  bench.StopDispatcher();
  EXPECT_EQ(CountUnreleased(bench), 0);
}

TEST_P(OwnershipTest, WhatIsStillInFlightKeepsItsLease) {
  Bench bench(GetParam());
  bench.platform().SetScript([](const ReceivedRequest&) { return Raw("", Afterwards::kHold); });
  bench.StartDispatcher();
  bench.Publish("C2", 1);
  ASSERT_TRUE(bench.platform().AwaitReceived(1, Bench::kPatience));
  bench.StopDispatcher(std::chrono::milliseconds(0));
  EXPECT_EQ(CountUnreleased(bench), 1);
}

TEST_P(OwnershipTest, AStopWaitsForWhatIsInFlight) {
  std::atomic<bool> released{false};
  std::mutex mutex;
  std::condition_variable changed;
  Bench bench(GetParam());
  bench.platform().SetScript([&](const ReceivedRequest&) {
    std::unique_lock lock(mutex);
    changed.wait_for(lock, Bench::kPatience, [&] { return released.load(); });
    return Accept();
  });
  bench.StartDispatcher();
  const std::string id = bench.Publish("C3", 1);
  ASSERT_TRUE(bench.platform().AwaitReceived(1, Bench::kPatience));
  std::thread stop([&] { bench.dispatcher().Drain(Bench::kPatience); });
  {
    const std::lock_guard lock(mutex);
    released = true;
  }
  changed.notify_all();
  stop.join();
  bench.StopDispatcher();
  bench.StartDispatcher();
  EXPECT_EQ(bench.StateOf(id), State::kAccepted);
  bench.Idle(20'000);
  EXPECT_EQ(bench.Received().size(), 1U);
}

TEST_P(OwnershipTest, ReplicasShareTheLanesAndKeepTheirOrderThroughRebalances) {
  constexpr int kLanes = 24;
  constexpr int kRounds = 6;
  Bench bench(GetParam());
  bench.alone = false;
  bench.StartDispatcher();
  std::map<std::string, std::vector<std::string>> ids;
  for (int round = 1; round <= kRounds; ++round) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const std::string order = "B" + std::to_string(lane);
      ids[order].push_back(bench.Publish(order, round));
    }
    if (round == 2) bench.StartReplica();
    if (round == 4) bench.StopDispatcher();
  }
  for (const auto& [order, wanted] : ids) {
    ASSERT_TRUE(bench.AwaitState(wanted.back(), State::kAccepted)) << order;
    std::vector<std::string> seen;
    for (const Receipt& receipt : bench.ReceivedOf(order)) {
      seen.push_back(receipt.request.FieldValue("Idempotency-Key"));
    }
    EXPECT_EQ(seen, wanted) << order << ": in order, each once";
  }
}

TEST_P(OwnershipTest, ALeaseShorterThanARequestIsRefused) {
  Dispatcher::Options options;
  options.holder = "short";
  options.lease_ms = options.limits.request_deadline_ms + 1'000;
  Bench bench(GetParam());
  const auto started = bench.TryStart(std::move(options));
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, "dispatcher.lease");
}

}  // namespace
}  // namespace guarantee::dispatcher
