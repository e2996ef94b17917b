// Questions about topics, and their creation.
#pragma once

#include <map>
#include <mutex>

#include "kafka_handle.h"

namespace guarantee::kafka {

// Thread-safe.
class KafkaAdmin {
 public:
  [[nodiscard]] static Result<std::unique_ptr<KafkaAdmin>> Make(const KafkaOptions& options);

  Result<std::int64_t> EndOffset(const messaging::TopicPartition& source, milliseconds timeout);
  Result<std::vector<std::int64_t>> EndOffsets(const std::string& topic, milliseconds timeout);
  // Refused "bus.topic" when there is none. Never makes a topic, unlike metadata by name.
  Result<std::int32_t> PartitionCount(const std::string& topic, milliseconds timeout);
  Result<messaging::TopicSettings> Describe(const std::string& topic, milliseconds timeout);
  Result<void> CreateTopics(std::span<const messaging::TopicSettings> topics, milliseconds timeout);

 private:
  struct Shape {
    std::int32_t partitions = 0;
    std::int16_t replication_factor = 0;
    SteadyTime seen;
  };

  KafkaAdmin(std::unique_ptr<KafkaHandle> handle, std::string brokers)
      : handle_(std::move(handle)), brokers_(std::move(brokers)) {}
  Result<std::vector<std::int64_t>> QueryEnds(const std::string& topic, std::int32_t first,
                                              std::int32_t count, SteadyTime deadline);
  Result<std::map<std::string, Shape>> Shapes(milliseconds timeout);
  Result<Shape> ShapeOf(const std::string& topic, milliseconds timeout);
  Result<std::vector<messaging::Header>> SettingsOf(const std::string& topic, milliseconds timeout);
  Result<void> RequestTopics(std::span<const messaging::TopicSettings> topics, SteadyTime deadline);

  std::unique_ptr<KafkaHandle> handle_;
  const std::string brokers_;  // as configured, for errors
  std::mutex mutex_;
  // Partition counts are fixed while a system runs, so timers need not ask each time.
  std::map<std::string, Shape> known_;
};

}  // namespace guarantee::kafka
