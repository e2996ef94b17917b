// The event bus as the rest of the hub sees it. Three things stand behind it: Apache Kafka
// (libs/kafka), the embedded log in SQLite (libs/sql) and the in-memory fake (libs/testing); all
// pass testing/bus_suite.h.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace guarantee::messaging {

inline constexpr std::size_t kRecordBytesMax = 1U << 20;  // value and headers of one record

struct Header {
  std::string name;
  std::string value;  // UTF-8

  bool operator==(const Header&) const = default;
};

// What is published. Records of one key land in one partition (murmur2 of the key, as the Java
// client does) in the order of their Publish calls.
struct Record {
  std::string topic;
  std::string key;
  std::vector<Header> headers;
  std::string value;
};

struct TopicPartition {
  std::string topic;
  std::int32_t partition = 0;

  auto operator<=>(const TopicPartition&) const = default;
};

struct Position {
  std::int32_t partition = 0;
  std::int64_t offset = 0;
};

// What is consumed. `appended_at` is the broker's clock where the topic has LogAppendTime, else
// the producer's.
struct Delivered {
  TopicPartition source;
  std::int64_t offset = 0;
  UnixMillis appended_at;
  std::string key;
  std::vector<Header> headers;
  std::string value;

  // Empty when there is no such header.
  [[nodiscard]] std::string_view FindHeader(std::string_view name) const;
};

// Called exactly once per Publish, on a thread of the bus; must not block. An error is retryable
// (may or may not be on the topic) or permanent (never will be: too large, unknown topic).
using PublishReport = std::function<void(Result<Position>)>;

// Thread-safe. Success means durable: acks=all, or COMMIT under synchronous=FULL. Publish itself
// never blocks and never throws; a full queue is a retryable report.
class Producer {
 public:
  virtual ~Producer() = default;
  virtual void Publish(Record record, PublishReport report) = 0;
  // Loads the topics' metadata, so that the first record does not wait for it.
  [[nodiscard]] virtual Result<void> WarmUp(std::span<const std::string> topics,
                                            std::chrono::milliseconds timeout) = 0;
  // Waits until every report has been called, at most `timeout`; false: some are still out.
  virtual bool Drain(std::chrono::milliseconds timeout) = 0;
};

// `next` of a group that has never read the partition: begin with the oldest record kept.
inline constexpr std::int64_t kLogBeginning = -1;

struct StartOffset {
  TopicPartition source;
  std::int64_t next = 0;  // offset of the first record wanted, or kLogBeginning
};

// Called on the thread that polls, within Poll or Close.
class AssignmentHandler {
 public:
  virtual ~AssignmentHandler() = default;
  // Answers where to start for every partition given; the consumer starts there and nowhere else.
  // An error means "not now": the consumer gives the assignment up and joins again.
  [[nodiscard]] virtual Result<std::vector<StartOffset>> OnAssigned(
      std::span<const TopicPartition> partitions) = 0;
  // The partitions are still ours until this returns (revoked), or already another's (lost).
  virtual void OnRevoked(std::span<const TopicPartition> partitions, bool lost) = 0;
};

// One member of a consumer group. Not thread-safe: one thread polls, pauses and closes. Offsets
// below the log's start or beyond its end stop the partition with an error from Poll; they are
// never reset.
class Consumer {
 public:
  virtual ~Consumer() = default;
  // At most `max_records`, in order within a partition; empty after `max_wait` with nothing new.
  [[nodiscard]] virtual Result<std::vector<Delivered>> Poll(std::chrono::milliseconds max_wait,
                                                            std::size_t max_records) = 0;
  virtual void Pause(std::span<const TopicPartition> partitions) = 0;
  // Partitions that were not paused are left alone.
  virtual void Resume(std::span<const TopicPartition> partitions) = 0;
  // Continues at `next` (used after a batch was rolled back).
  [[nodiscard]] virtual Result<void> Seek(const StartOffset& start) = 0;
  // For lag tools only; the truth is the SQL offset. Best effort, does not block.
  virtual void CommitForLagTools(std::span<const StartOffset> next) = 0;
  // Gives the assignment back and asks for a new one.
  virtual void Rejoin() = 0;
  virtual void Close(std::chrono::milliseconds timeout) = 0;
};

struct SubscribeOptions {
  std::string group;
  std::vector<std::string> topics;
  AssignmentHandler* handler = nullptr;  // outlives the consumer
};

struct TopicSettings {
  std::string topic;
  std::int32_t partitions = 1;
  std::int16_t replication_factor = 1;
  std::vector<Header> settings;  // broker words: cleanup.policy, min.insync.replicas, …
};

// A connection to a broker or log; thread-safe. Owns nothing that it hands out; outlives it.
class Bus {
 public:
  virtual ~Bus() = default;
  [[nodiscard]] virtual Producer& producer() = 0;
  [[nodiscard]] virtual Result<std::unique_ptr<Consumer>> Subscribe(
      const SubscribeOptions& options) = 0;
  // Offset that the next record of the partition will get.
  [[nodiscard]] virtual Result<std::int64_t> EndOffset(const TopicPartition& source,
                                                       std::chrono::milliseconds timeout) = 0;
  // End offsets of every partition of the topic, by partition number.
  [[nodiscard]] virtual Result<std::vector<std::int64_t>> EndOffsets(
      const std::string& topic, std::chrono::milliseconds timeout) = 0;
  [[nodiscard]] virtual Result<std::int32_t> PartitionCount(const std::string& topic,
                                                            std::chrono::milliseconds timeout) = 0;
  // What the topic really is, settings included; refused "bus.topic" when it does not exist.
  [[nodiscard]] virtual Result<TopicSettings> Describe(const std::string& topic,
                                                       std::chrono::milliseconds timeout) = 0;
  // Creates what is missing and leaves what exists as it is.
  [[nodiscard]] virtual Result<void> CreateTopics(std::span<const TopicSettings> topics,
                                                  std::chrono::milliseconds timeout) = 0;
};

// Partition of a key among `partitions`: murmur2 as in the Java client's default partitioner.
[[nodiscard]] std::int32_t PartitionOfKey(std::string_view key, std::int32_t partitions);

}  // namespace guarantee::messaging
