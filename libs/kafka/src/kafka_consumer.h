// One member of a consumer group: eager range assignment, offsets from the handler, one message
// at a time (the batch interface of 2.0.2 loses messages on pause and seek).
#pragma once

#include <map>
#include <optional>
#include <set>
#include <vector>

#include "kafka_handle.h"

namespace guarantee::kafka {

// Not thread-safe; every callback runs inside Poll, Rejoin or Close.
class KafkaConsumer final : public messaging::Consumer {
 public:
  [[nodiscard]] static Result<std::unique_ptr<KafkaConsumer>> Make(
      const KafkaOptions& options, const messaging::SubscribeOptions& subscribe);
  ~KafkaConsumer() override;

  Result<std::vector<messaging::Delivered>> Poll(milliseconds max_wait,
                                                 std::size_t max_records) override;
  void Pause(std::span<const messaging::TopicPartition> partitions) override;
  void Resume(std::span<const messaging::TopicPartition> partitions) override;
  Result<void> Seek(const messaging::StartOffset& start) override;
  void CommitForLagTools(std::span<const messaging::StartOffset> next) override;
  void Rejoin() override;
  void Close(milliseconds timeout) override;

 private:
  // What is ours now. `next` drops what librdkafka may still have from before a seek.
  struct Owned {
    std::int64_t next = 0;
    bool paused = false;
    bool stopped = false;  // after an error that would mean skipping records
  };

  KafkaConsumer(const KafkaOptions& options, const messaging::SubscribeOptions& subscribe)
      : options_(options), subscribe_(subscribe) {}
  Result<void> Join();
  void Leave();
  void RejoinIfDue();
  void OnRebalance(rd_kafka_resp_err_t code, rd_kafka_topic_partition_list_t* partitions);
  void OnAssigned(const rd_kafka_topic_partition_list_t& partitions);
  bool Accept(const std::vector<messaging::StartOffset>& starts,
              const std::vector<messaging::TopicPartition>& wanted);
  void GiveUp(bool lost);
  // What a polled message is: a record to keep, an error to tell, or nothing.
  Result<std::optional<messaging::Delivered>> Judge(const rd_kafka_message_t& message);
  Result<std::optional<messaging::Delivered>> JudgeError(const rd_kafka_message_t& message);
  ListPtr ListOf(std::span<const messaging::TopicPartition> partitions) const;

  const KafkaOptions options_;
  const messaging::SubscribeOptions subscribe_;
  std::unique_ptr<KafkaHandle> handle_;
  std::map<messaging::TopicPartition, Owned> owned_;
  std::optional<Error> pending_error_;   // met after records that go out first
  std::optional<SteadyTime> rejoin_at_;  // left the group, comes back then
  bool leave_requested_ = false;         // done by the next poll, not in a callback
};

}  // namespace guarantee::kafka
