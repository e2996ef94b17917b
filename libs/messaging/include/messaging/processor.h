// One service's write path, wired: consumer, leases, Execute, relay and timers of one group over
// one schema. The service brings only a UnitMaker.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "messaging/bus.h"
#include "messaging/consumer_loop.h"
#include "messaging/execute.h"
#include "messaging/lease.h"
#include "messaging/relay.h"
#include "messaging/watermark.h"

namespace guarantee::messaging {

// Turns what arrived into units. Called on the processor's threads; thread-safe.
class UnitMaker {
 public:
  virtual ~UnitMaker() = default;
  // Always a unit; a record that cannot be read becomes one that decides to a permanent error.
  [[nodiscard]] virtual Unit FromRecord(const Delivered& record) = 0;
  [[nodiscard]] virtual Unit FromTimer(const Timer& timer) = 0;
};

class Processor final : private BatchHandler {
 public:
  struct Options {
    LeaseRequest lease;
    std::string requests_topic;               // its partition count is the flows'
    std::vector<std::string> foreign_topics;  // inputs whose producers choose the partition
    std::int64_t publish_ms = 3'500;          // bound of one Publish
    std::int64_t request_limit_ms = 5'000;    // of the gateway: a receipt may be that old
  };
  // Everything given outlives the processor.
  Processor(Bus& bus, WriteStore& store, LeaseStore& leases, UnitMaker& maker, const Clock& clock,
            Options options);
  ~Processor() override;

  [[nodiscard]] Result<void> Start();
  // Stops taking, finishes what runs, relays what is committed, leaves the group.
  void Drain(std::chrono::milliseconds timeout);

  // For calls: on the row locks alone; relays at once if the partition is ours.
  [[nodiscard]] Result<void> Execute(std::span<const Unit> units);
  // True once this group has handled everything that was in the flow's requests partition when
  // called: what is unknown then does not exist. Retryable when `timeout` passes first.
  [[nodiscard]] Result<void> WaitUntilPassed(const std::string& flow,
                                             std::chrono::milliseconds timeout);
  // The same for every partition of the requests topic: for a thing whose flow is not known.
  [[nodiscard]] Result<void> WaitUntilAllPassed(std::chrono::milliseconds timeout);
  // Whether that is so now; waits for nobody but the bus and the store.
  [[nodiscard]] Result<bool> AllPassed();
  [[nodiscard]] std::int32_t PartitionOf(const std::string& flow) const;
  // Whether an effect outside the store may begin now for a flow of this partition.
  [[nodiscard]] bool MayAct(std::int32_t partition) const { return leases_.MayAct(partition, 0); }

  struct State {
    ConsumerState consumer;
    RelayState relay;
    std::string timer_trouble;
  };
  [[nodiscard]] State state() const;
  [[nodiscard]] std::vector<StartOffset> Positions() const { return consumer_.Positions(); }

 private:
  [[nodiscard]] Result<std::map<TopicPartition, std::int64_t>> RequestEnds(
      std::chrono::milliseconds timeout);
  // Takes out the ends that this group has committed.
  [[nodiscard]] Result<void> ErasePassed(std::map<TopicPartition, std::int64_t>& ends);
  // Until this group has committed each of the ends.
  [[nodiscard]] Result<void> WaitUntil(std::map<TopicPartition, std::int64_t> ends,
                                       std::int64_t deadline_ms);
  Result<void> HandleBatch(const Batch& batch) override;
  void AssignmentChanged() override;
  void TimerLoop();
  [[nodiscard]] Result<void> TimerRound();
  [[nodiscard]] Result<void> Fire(std::span<const Timer> timers);
  [[nodiscard]] Result<void> PutAside(const Timer& timer, const Error& error);
  [[nodiscard]] Result<void> FireDue(std::span<const std::int32_t> partitions, UnixMillis due);

  Bus& bus_;
  WriteStore& store_;
  UnitMaker& maker_;
  const Clock& clock_;
  const Options options_;
  std::int32_t partitions_ = 0;
  Leases leases_;
  Executor executor_;
  ConsumerLoop consumer_;
  Relay relay_;
  Watermark watermark_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::string timer_trouble_;
  std::thread timers_;
};

}  // namespace guarantee::messaging
