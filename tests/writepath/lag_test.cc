// Lag as a member measures it: of what it holds, knowing how much there is.
#include "messaging/lag.h"

#include <gtest/gtest.h>

#include "scene.h"

namespace guarantee::writepath {
namespace {

using messaging::PartitionLag;
using messaging::StartOffset;

constexpr std::chrono::milliseconds kTimeout{1'000};

class Lag : public Scene {
 protected:
  // The records of one key, all in one partition.
  std::int32_t SendThree() {
    for (const char* value : {"1", "2", "3"}) Send("key", value);
    EXPECT_TRUE(Eventually([&] { return bus_.Records(kRequests).size() == 3; }));
    return messaging::PartitionOfKey("key", 2);
  }
  std::vector<StartOffset> held_;
  messaging::LagMeter meter_{bus_, clock_, kGroup, [this] { return held_; }};
};

TEST_F(Lag, IsTheEndLessThePositionAndItsAge) {
  const std::int32_t partition = SendThree();
  held_ = {{{kRequests, partition}, 1}};
  ASSERT_TRUE(meter_.Measure(kTimeout));
  clock_.Advance(2'500);
  const auto behind = meter_.Measure(kTimeout);
  ASSERT_TRUE(behind && behind->size() == 1);
  EXPECT_EQ(behind->front().messages, 2);
  EXPECT_EQ(behind->front().state, "behind");
  EXPECT_DOUBLE_EQ(behind->front().seconds, 2.5);

  held_.front().next = 3;
  const auto done = meter_.Measure(kTimeout);
  ASSERT_TRUE(done && done->size() == 1);
  EXPECT_EQ(done->front().messages, 0);
  EXPECT_EQ(done->front().state, "ok");
}

TEST_F(Lag, SaysHowManyPartitionsThereAreBesideThoseHeld) {
  held_ = {{{kRequests, 1}, messaging::kLogBeginning}, {{kEvents, 1}, 0}};
  const auto lags = meter_.Measure(kTimeout);
  ASSERT_TRUE(lags && lags->size() == 2);
  for (const PartitionLag& lag : *lags) {
    EXPECT_EQ(lag.source.partition, 1);
    EXPECT_EQ(lag.partitions, 2);
  }
}

TEST_F(Lag, IsUnknownWithoutABroker) {
  held_ = {{{kRequests, 0}, 0}};
  bus_.DropBroker();
  EXPECT_FALSE(meter_.Measure(kTimeout));
  bus_.RestoreBroker();
  EXPECT_TRUE(meter_.Measure(kTimeout));
}

}  // namespace
}  // namespace guarantee::writepath
