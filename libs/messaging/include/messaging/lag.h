// Lag from the service's own truth: the end of each partition held less the offset committed in
// SQL, and the age of the oldest record not handled.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "messaging/bus.h"

namespace guarantee::messaging {

struct PartitionLag {
  TopicPartition source;
  std::int64_t next = 0;      // first offset not handled
  std::int64_t messages = 0;  // never negative
  double seconds = 0;         // 0 when there is nothing to do
  std::string state;          // ok, behind
  // Of the topic, whoever holds them: what all members together do not measure, nobody holds.
  std::int32_t partitions = 0;
};

// Thread-safe.
class LagMeter {
 public:
  using Positions = std::function<std::vector<StartOffset>()>;
  LagMeter(Bus& bus, const Clock& clock, std::string group, Positions positions)
      : bus_(bus), clock_(clock), group_(std::move(group)), positions_(std::move(positions)) {}

  // Asks the bus for the ends; seconds are counted from when a position was last seen at its end.
  [[nodiscard]] Result<std::vector<PartitionLag>> Measure(std::chrono::milliseconds timeout);
  [[nodiscard]] const std::string& group() const { return group_; }

 private:
  Bus& bus_;
  const Clock& clock_;
  const std::string group_;
  const Positions positions_;
  std::mutex mutex_;
  // By partition: the ends seen and when, oldest first, so that the age of a position is known.
  std::map<TopicPartition, std::vector<std::pair<std::int64_t, std::int64_t>>> seen_;
};

}  // namespace guarantee::messaging
