// The write path's store in memory: the semantics of the SQL one (versions, epochs and offsets as
// fences, dense sequences, pending outbox, timers by due time), with hooks where a simulation makes
// things go wrong. Nothing is durable; no thread may share it.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "messaging/write_store.h"

namespace guarantee::testing {

// What becomes of a transaction whose work was done.
enum class CommitFate : std::uint8_t {
  kCommitted,
  kLost,     // nothing of it is there, and the caller hears of a broken connection
  kUnheard,  // all of it is there, and the caller hears of a broken connection
};

// Error code of a transaction whose connection broke.
inline constexpr const char* kBrokenCode = "sql.connection";

// What a store must never do; planted to see whether it would be noticed.
struct PlantedFaults {
  bool lost_update = false;   // Save overwrites, whatever the version
  bool early_commit = false;  // an offset moves although its transaction comes to nothing
  bool no_fence = false;      // an old epoch is as good as the current one
};

struct StoreHooks {
  // After the rows of a transaction were read and before anything is decided: what is executed on
  // the same store from here is another writer that comes first.
  std::function<void()> after_lock;
  // When everything is written; absent: committed.
  std::function<CommitFate()> at_commit;
  // After the commit, with the rows as they are now and what was appended, sequences included.
  std::function<void(std::span<const messaging::StoredRow>,
                     std::span<const messaging::OutboxEntry>)>
      committed;
};

class MemoryWriteStore final : public messaging::WriteStore {
 public:
  // `clock` stamps the rows and outlives the store; `group` as in SqlWriteStore.
  MemoryWriteStore(const Clock& clock, std::string group);
  ~MemoryWriteStore() override;

  void SetHooks(StoreHooks hooks) { hooks_ = std::move(hooks); }
  void Plant(PlantedFaults faults) { faults_ = faults; }

  // A new owner of the partition: epoch + 1 in its lease and in the offsets of these topics, which
  // are created where they are missing. Answers the epoch.
  std::int64_t Acquire(std::int32_t partition, std::span<const std::string> topics);

  [[nodiscard]] Result<void> Transact(
      const std::function<Result<void>(messaging::WriteTransaction&)>& work) override;
  [[nodiscard]] Result<std::vector<messaging::PendingRecord>> LoadPending(
      std::span<const std::int32_t> partitions, std::size_t limit) override;
  [[nodiscard]] Result<void> MarkPublished(
      std::span<const messaging::PublishedMark> marks) override;
  [[nodiscard]] Result<void> Park(std::int64_t id, const std::string& reason) override;
  [[nodiscard]] Result<std::vector<messaging::Timer>> LoadDue(
      std::span<const std::int32_t> partitions, UnixMillis due, std::size_t limit) override;
  [[nodiscard]] Result<std::vector<messaging::StartOffset>> LoadOffsets(
      const std::string& group) override;
  [[nodiscard]] Result<std::optional<messaging::StoredRow>> Load(
      const messaging::RowKey& key) override;
  [[nodiscard]] Result<std::vector<messaging::StoredRow>> List(
      const messaging::RowFilter& filter) override;

  // For checks and for speed: nothing is copied.
  [[nodiscard]] const std::map<messaging::RowKey, messaging::StoredRow>& rows() const {
    return rows_;
  }
  // `next` of a partition of a topic; kLogBeginning when nobody ever read it.
  [[nodiscard]] std::int64_t NextOf(const messaging::TopicPartition& source) const;
  [[nodiscard]] std::size_t pending_count() const { return pending_.size(); }
  [[nodiscard]] std::optional<UnixMillis> NextDue(std::int32_t partition) const;

 private:
  class Transaction;
  using TimerKey = std::pair<messaging::RowKey, std::string>;
  struct Offset {
    std::int64_t epoch = 0;
    std::int64_t next = messaging::kLogBeginning;
  };

  [[nodiscard]] Result<void> CheckMoves(std::span<const messaging::OffsetMove> moves) const;
  [[nodiscard]] Result<void> CheckEpochs(std::span<const messaging::HeldEpoch> epochs) const;
  [[nodiscard]] Result<void> CheckVersions(std::span<const messaging::StoredRow> rows) const;
  [[nodiscard]] Result<void> Commit(Transaction& transaction);
  void ApplyMoves(std::span<const messaging::OffsetMove> moves);
  void ApplyTimers(const Transaction& transaction);

  const Clock& clock_;
  const std::string group_;
  StoreHooks hooks_;
  PlantedFaults faults_;
  std::map<messaging::RowKey, messaging::StoredRow> rows_;
  std::map<std::pair<std::string, std::string>, std::int64_t> sequences_;  // by flow and topic
  std::map<std::int64_t, messaging::OutboxEntry> pending_;                 // by id
  std::int64_t last_id_ = 0;
  std::set<std::string> parked_;  // flows
  std::map<TimerKey, messaging::Timer> timers_;
  std::map<std::int32_t, std::set<std::pair<std::int64_t, TimerKey>>> due_;  // by partition
  std::map<std::int32_t, std::int64_t> epochs_;                              // by partition
  std::map<messaging::TopicPartition, Offset> offsets_;
};

}  // namespace guarantee::testing
