// The bus as plain vectors: every topic has two partitions, order within a partition is fixed.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "base/clock.h"
#include "messaging/bus.h"

namespace guarantee::simulation {

inline constexpr std::int32_t kPartitions = 2;

class MemoryBus {
 public:
  explicit MemoryBus(const Clock& clock) : clock_(clock) {}

  void Append(messaging::Record record) {
    const std::int32_t partition = messaging::PartitionOfKey(record.key, kPartitions);
    std::vector<messaging::Delivered>& log = logs_[{record.topic, partition}];
    messaging::Delivered delivered;
    delivered.source = {std::move(record.topic), partition};
    delivered.offset = static_cast<std::int64_t>(log.size());
    delivered.appended_at = clock_.Now();
    delivered.key = std::move(record.key);
    delivered.headers = std::move(record.headers);
    delivered.value = std::move(record.value);
    log.push_back(std::move(delivered));
  }
  [[nodiscard]] std::int64_t End(const messaging::TopicPartition& source) const {
    const auto log = logs_.find(source);
    return log == logs_.end() ? 0 : static_cast<std::int64_t>(log->second.size());
  }
  // An offset below the end.
  [[nodiscard]] const messaging::Delivered& At(const messaging::TopicPartition& source,
                                               std::int64_t offset) const {
    return logs_.at(source).at(static_cast<std::size_t>(offset));
  }
  [[nodiscard]] const std::map<messaging::TopicPartition, std::vector<messaging::Delivered>>& logs()
      const {
    return logs_;
  }

 private:
  const Clock& clock_;
  std::map<messaging::TopicPartition, std::vector<messaging::Delivered>> logs_;
};

}  // namespace guarantee::simulation
