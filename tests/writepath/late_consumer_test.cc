// A consumer that still hands over what it had prefetched when it was told to join again, as
// librdkafka may. The loop must not let those records carry the offset over the refused ones.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>

#include "messaging/consumer_loop.h"
#include "scene.h"

namespace guarantee::writepath {
namespace {

using messaging::Delivered;
using messaging::StartOffset;
using messaging::TopicPartition;

constexpr std::int64_t kRecords = 20;
constexpr std::int64_t kOfOnePoll = 5;

class LateConsumer final : public messaging::Consumer {
 public:
  explicit LateConsumer(messaging::AssignmentHandler* handler) : handler_(handler) {}

  Result<std::vector<Delivered>> Poll(std::chrono::milliseconds, std::size_t) override {
    if (rejoining_ && polls_since_ > 0) {
      handler_->OnRevoked(std::span(&source_, 1), false);
      rejoining_ = false;
      assigned_ = false;
    }
    ++polls_since_;
    if (!assigned_) Assign();
    std::vector<Delivered> records;
    while (next_ < kRecords && static_cast<std::int64_t>(records.size()) < kOfOnePoll) {
      Delivered record;
      record.source = source_;
      record.offset = next_++;
      records.push_back(std::move(record));
    }
    return records;
  }
  void Pause(std::span<const TopicPartition>) override {}
  void Resume(std::span<const TopicPartition>) override {}
  Result<void> Seek(const StartOffset& start) override {
    next_ = start.next;
    return {};
  }
  void CommitForLagTools(std::span<const StartOffset>) override {}
  // The revocation is served by the poll after next: one more batch comes out before.
  void Rejoin() override {
    rejoining_ = true;
    polls_since_ = 0;
  }
  void Close(std::chrono::milliseconds) override {
    if (assigned_) handler_->OnRevoked(std::span(&source_, 1), false);
    assigned_ = false;
  }

 private:
  void Assign() {
    const auto starts = handler_->OnAssigned(std::span(&source_, 1));
    if (!starts) return;
    next_ = std::max<std::int64_t>(0, starts->front().next);
    assigned_ = true;
  }

  messaging::AssignmentHandler* handler_;
  TopicPartition source_{kRequests, 0};
  std::int64_t next_ = 0;
  bool assigned_ = false;
  bool rejoining_ = false;
  int polls_since_ = 0;
};

// Everything but Subscribe goes to the bus behind it.
class LateBus final : public messaging::Bus {
 public:
  explicit LateBus(messaging::Bus& behind) : behind_(behind) {}

  messaging::Producer& producer() override { return behind_.producer(); }
  Result<std::unique_ptr<messaging::Consumer>> Subscribe(
      const messaging::SubscribeOptions& options) override {
    return std::make_unique<LateConsumer>(options.handler);
  }
  Result<std::int64_t> EndOffset(const TopicPartition& source,
                                 std::chrono::milliseconds timeout) override {
    return behind_.EndOffset(source, timeout);
  }
  Result<std::vector<std::int64_t>> EndOffsets(const std::string& topic,
                                               std::chrono::milliseconds timeout) override {
    return behind_.EndOffsets(topic, timeout);
  }
  Result<std::int32_t> PartitionCount(const std::string& topic,
                                      std::chrono::milliseconds timeout) override {
    return behind_.PartitionCount(topic, timeout);
  }
  Result<messaging::TopicSettings> Describe(const std::string& topic,
                                            std::chrono::milliseconds timeout) override {
    return behind_.Describe(topic, timeout);
  }
  Result<void> CreateTopics(std::span<const messaging::TopicSettings> topics,
                            std::chrono::milliseconds timeout) override {
    return behind_.CreateTopics(topics, timeout);
  }

 private:
  messaging::Bus& behind_;
};

// Refuses its second batch once, as a fence of another partition in the same transaction would:
// this partition's own epoch and offset are still good.
class OnceFenced final : public messaging::BatchHandler {
 public:
  explicit OnceFenced(messaging::WriteStore& store) : store_(store) {}

  Result<void> HandleBatch(const messaging::Batch& batch) override {
    if (++calls_ == 2) return Retryable(messaging::kFencedCode, "another partition was taken");
    const Result<void> moved = store_.Transact(
        [&](messaging::WriteTransaction& write) { return write.MoveOffsets(batch.moves); });
    if (!moved) return moved;
    const std::lock_guard lock(mutex_);
    for (const Delivered& record : batch.records) offsets_.push_back(record.offset);
    return {};
  }
  std::vector<std::int64_t> offsets() {
    const std::lock_guard lock(mutex_);
    return offsets_;
  }

 private:
  messaging::WriteStore& store_;
  int calls_ = 0;
  std::mutex mutex_;
  std::vector<std::int64_t> offsets_;
};

using LateConsumerTest = Scene;

TEST_F(LateConsumerTest, WhatWasPrefetchedDoesNotCarryTheOffsetOverWhatWasRefused) {
  LateBus bus(bus_);
  OnceFenced handler(*store_);
  messaging::Leases leases(*lease_store_, clock_, Request("a"));
  messaging::ConsumerLoop loop(bus, leases, handler, clock_,
                               messaging::ConsumerLoop::Options{{kRequests}});
  ASSERT_TRUE(loop.Start().has_value());
  const auto last = [&] { return handler.offsets().empty() ? -1 : handler.offsets().back(); };
  EXPECT_TRUE(Eventually([&] { return last() == kRecords - 1; }));
  loop.Stop(std::chrono::seconds{2});
  std::vector<std::int64_t> expected;
  for (std::int64_t offset = 0; offset < kRecords; ++offset) expected.push_back(offset);
  EXPECT_EQ(handler.offsets(), expected);
}

}  // namespace
}  // namespace guarantee::writepath
