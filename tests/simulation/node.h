// One service in the simulation: its desk on the real write path (units, Execute, watermark), over
// a store in memory, its partitions owned by one member at a time.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "messaging/execute.h"
#include "messaging/watermark.h"
#include "scene.h"
#include "service/task.h"
#include "service/units.h"
#include "testing/memory_store.h"

namespace guarantee::simulation {

struct NodeOptions {
  std::string group;
  std::string requests_topic;
  std::vector<std::string> foreign_topics;
  std::string state_topic;
  std::int16_t waiting_kind = 0;
  std::string waiting_code = "service.waiting";
};

class Node {
 public:
  Node(Scene& scene, NodeOptions options);

  // For the desk's making; the node outlives it.
  [[nodiscard]] service::DeskTools Tools();
  void Start(service::Desk& desk);

  [[nodiscard]] const std::string& name() const { return options_.group; }
  [[nodiscard]] std::int16_t waiting_kind() const { return options_.waiting_kind; }
  [[nodiscard]] testing::MemoryWriteStore& store() { return store_; }
  [[nodiscard]] service::Desk& desk() { return *desk_; }

  [[nodiscard]] bool AllRead() const;
  [[nodiscard]] bool HasUnread(std::int32_t partition) const;
  [[nodiscard]] bool HasPending(std::int32_t partition);
  [[nodiscard]] bool HasZombie() const { return zombie_.has_value(); }

  // Takes 1 to `most` records that follow, of one topic or several, and executes them.
  void Deliver(std::int32_t partition, std::size_t most);
  // Until everything that is there now has been handled.
  void DeliverAll(std::int32_t partition);
  // Publishes up to `most` records; `crash`: some of them are not marked.
  void Relay(std::int32_t partition, std::size_t most, bool crash);
  // One round of the timers' loop.
  void TimerRound(std::int32_t partition);
  // Another member takes the partition over; the old one may have read a batch before.
  void Rebalance(std::int32_t partition);
  // The member that lost its partition comes to and executes what it had read.
  void WakeZombie();
  // As case_rpc.cc: what is missing is asked for again once everything before was handled.
  [[nodiscard]] Result<service::Outcome> Call(const std::function<Result<service::Task>()>& make,
                                              const std::string& flow);

  // Planted: timers are fired by the clock alone, whatever lies unread.
  void PlantHastyTimers() { hasty_timers_ = true; }
  // What befalls the next transaction.
  void Doom(testing::CommitFate fate) { fate_ = fate; }
  // Runs between the reading and the writing of the next transaction.
  void Interleave(std::function<void()> other) { interloper_ = std::move(other); }
  // Rows and outbox of every commit.
  std::function<void(std::span<const messaging::StoredRow>,
                     std::span<const messaging::OutboxEntry>)>
      on_commit;

 private:
  struct Session {
    std::int64_t epoch = 0;
    std::map<messaging::TopicPartition, std::int64_t> next;  // of the records to read
    messaging::Watermark watermark{kRequestLimitMs};
  };
  struct Batch {
    std::vector<messaging::Unit> units;
    std::vector<messaging::OffsetMove> moves;
    messaging::HeldEpoch epoch;
  };
  static constexpr std::int64_t kRequestLimitMs = 5'000;

  [[nodiscard]] std::vector<messaging::TopicPartition> Sources(std::int32_t partition) const;
  void Join(std::int32_t partition);
  [[nodiscard]] Batch Read(std::int32_t partition, std::size_t most);
  void CheckOffsets();
  void RememberHandled(const messaging::TopicPartition& source, std::int64_t from,
                       std::int64_t next);
  void Fire(std::int32_t partition, UnixMillis due);
  void CheckNothingUnread(const messaging::Timer& timer);

  Scene& scene_;
  const NodeOptions options_;
  testing::MemoryWriteStore store_;
  messaging::Executor executor_;
  service::Desk* desk_ = nullptr;
  std::unique_ptr<service::Units> units_;
  std::array<Session, kPartitions> sessions_;
  std::optional<Batch> zombie_;
  testing::CommitFate fate_ = testing::CommitFate::kCommitted;
  std::function<void()> interloper_;
  bool hasty_timers_ = false;
  bool inside_ = false;                         // another writer runs inside a transaction
  std::set<std::string, std::less<>> handled_;  // identities of requests
  std::map<messaging::TopicPartition, std::int64_t> highest_;  // offsets seen so far
};

}  // namespace guarantee::simulation
