#include "testing/memory_store.h"

#include <algorithm>

namespace guarantee::testing {

using messaging::HeldEpoch;
using messaging::JournalLine;
using messaging::OffsetMove;
using messaging::OutboxEntry;
using messaging::PendingRecord;
using messaging::PublishedMark;
using messaging::RowKey;
using messaging::StartOffset;
using messaging::StoredRow;
using messaging::Timer;
using messaging::TopicPartition;

namespace {

tl::unexpected<Error> Fenced() {
  return Retryable(messaging::kFencedCode, "the partition has a newer owner");
}
tl::unexpected<Error> Broken() { return Retryable(kBrokenCode, "the connection broke"); }

}  // namespace

// Collects what is written; nothing is seen by others before the commit.
class MemoryWriteStore::Transaction final : public messaging::WriteTransaction {
 public:
  explicit Transaction(MemoryWriteStore& store) : store_(store) {}

  Result<void> MoveOffsets(std::span<const OffsetMove> moves) override {
    if (Result<void> checked = store_.CheckMoves(moves); !checked) return checked;
    moves_.insert(moves_.end(), moves.begin(), moves.end());
    return {};
  }
  Result<void> HoldEpochs(std::span<const HeldEpoch> epochs) override {
    if (Result<void> checked = store_.CheckEpochs(epochs); !checked) return checked;
    epochs_.insert(epochs_.end(), epochs.begin(), epochs.end());
    return {};
  }
  Result<std::vector<StoredRow>> Lock(std::span<const RowKey> keys) override {
    std::vector<StoredRow> rows;
    rows.reserve(keys.size());
    for (const RowKey& key : keys) {
      const auto found = store_.rows_.find(key);
      if (found != store_.rows_.end()) rows.push_back(found->second);
    }
    if (store_.hooks_.after_lock) store_.hooks_.after_lock();
    return rows;
  }
  Result<void> Save(std::span<const StoredRow> rows) override {
    if (Result<void> checked = store_.CheckVersions(rows); !checked) return checked;
    saved_.insert(saved_.end(), rows.begin(), rows.end());
    return {};
  }
  Result<void> Append(std::span<const OutboxEntry> entries) override {
    appended_.insert(appended_.end(), entries.begin(), entries.end());
    return {};
  }
  Result<void> SetTimers(std::span<const Timer> timers) override {
    for (const Timer& timer : timers) timers_.emplace_back(timer, true);
    return {};
  }
  Result<void> ClearTimers(std::span<const Timer> timers) override {
    for (const Timer& timer : timers) timers_.emplace_back(timer, false);
    return {};
  }
  // The history is for people; nothing here reads it.
  Result<void> Note(std::span<const JournalLine>) override { return {}; }

  MemoryWriteStore& store_;
  std::vector<OffsetMove> moves_;
  std::vector<HeldEpoch> epochs_;
  std::vector<StoredRow> saved_;
  std::vector<OutboxEntry> appended_;
  std::vector<std::pair<Timer, bool>> timers_;  // set or cleared, in the order of the calls
};

MemoryWriteStore::MemoryWriteStore(const Clock& clock, std::string group)
    : clock_(clock), group_(std::move(group)) {}

MemoryWriteStore::~MemoryWriteStore() = default;

std::int64_t MemoryWriteStore::Acquire(std::int32_t partition,
                                       std::span<const std::string> topics) {
  const std::int64_t epoch = ++epochs_[partition];
  for (const std::string& topic : topics) offsets_[{topic, partition}].epoch = epoch;
  return epoch;
}

Result<void> MemoryWriteStore::CheckMoves(std::span<const OffsetMove> moves) const {
  if (faults_.no_fence) return {};
  for (const OffsetMove& move : moves) {
    const auto offset = offsets_.find(move.source);
    if (offset == offsets_.end() || offset->second.epoch != move.epoch ||
        offset->second.next != move.old_next) {
      return Fenced();
    }
  }
  return {};
}

Result<void> MemoryWriteStore::CheckEpochs(std::span<const HeldEpoch> epochs) const {
  if (faults_.no_fence) return {};
  for (const HeldEpoch& held : epochs) {
    const auto epoch = epochs_.find(held.partition);
    if (epoch == epochs_.end() || epoch->second != held.epoch) return Fenced();
  }
  return {};
}

Result<void> MemoryWriteStore::CheckVersions(std::span<const StoredRow> rows) const {
  if (faults_.lost_update) return {};
  for (const StoredRow& row : rows) {
    const auto found = rows_.find(row.key);
    const std::int64_t version = found == rows_.end() ? 0 : found->second.version;
    if (version != row.version) {
      return Retryable(messaging::kConflictCode, "a row changed meanwhile");
    }
  }
  return {};
}

void MemoryWriteStore::ApplyMoves(std::span<const OffsetMove> moves) {
  for (const OffsetMove& move : moves) offsets_[move.source].next = move.new_next;
}

void MemoryWriteStore::ApplyTimers(const Transaction& transaction) {
  for (const auto& [timer, set] : transaction.timers_) {
    TimerKey key{timer.row, timer.name};
    const auto known = timers_.find(key);
    // Cleared as it was found: one that has been moved stays.
    const bool moved =
        known != timers_.end() && timer.due.value != 0 && known->second.due != timer.due;
    if (!set && moved) continue;
    if (known != timers_.end()) {
      due_[known->second.partition].erase({known->second.due.value, key});
      timers_.erase(known);
    }
    if (!set) continue;
    due_[timer.partition].insert({timer.due.value, key});
    timers_.emplace(std::move(key), timer);
  }
}

Result<void> MemoryWriteStore::Commit(Transaction& transaction) {
  // Another writer may have come in between: the locks of a database would have made it wait.
  if (Result<void> moves = CheckMoves(transaction.moves_); !moves) return moves;
  if (Result<void> epochs = CheckEpochs(transaction.epochs_); !epochs) return epochs;
  if (Result<void> rows = CheckVersions(transaction.saved_); !rows) return rows;
  const CommitFate fate = hooks_.at_commit ? hooks_.at_commit() : CommitFate::kCommitted;
  if (fate == CommitFate::kLost) return Broken();
  ApplyMoves(transaction.moves_);
  for (StoredRow& row : transaction.saved_) {
    ++row.version;
    row.updated_at = clock_.Now();
    rows_.insert_or_assign(row.key, row);
  }
  for (OutboxEntry& entry : transaction.appended_) {
    entry.envelope.sequence =
        entry.sequenced ? ++sequences_[{entry.envelope.flow, entry.topic}] : 0;
    pending_.emplace(++last_id_, entry);
  }
  ApplyTimers(transaction);
  if (hooks_.committed) hooks_.committed(transaction.saved_, transaction.appended_);
  if (fate == CommitFate::kUnheard) return Broken();
  return {};
}

Result<void> MemoryWriteStore::Transact(
    const std::function<Result<void>(messaging::WriteTransaction&)>& work) {
  Transaction transaction(*this);
  Result<void> done = work(transaction);
  if (done) done = Commit(transaction);
  if (!done && faults_.early_commit) ApplyMoves(transaction.moves_);
  return done;
}

Result<std::vector<PendingRecord>> MemoryWriteStore::LoadPending(
    std::span<const std::int32_t> partitions, std::size_t limit) {
  std::vector<PendingRecord> records;
  for (const auto& [id, entry] : pending_) {
    if (records.size() == limit) break;
    const bool asked =
        std::find(partitions.begin(), partitions.end(), entry.partition) != partitions.end();
    if (asked && !parked_.contains(entry.envelope.flow)) records.push_back({id, entry});
  }
  return records;
}

Result<void> MemoryWriteStore::MarkPublished(std::span<const PublishedMark> marks) {
  for (const PublishedMark& mark : marks) pending_.erase(mark.id);
  return {};
}

Result<void> MemoryWriteStore::Park(std::int64_t id, const std::string& /*reason*/) {
  const auto found = pending_.find(id);
  if (found != pending_.end()) parked_.insert(found->second.envelope.flow);
  return {};
}

Result<std::vector<Timer>> MemoryWriteStore::LoadDue(std::span<const std::int32_t> partitions,
                                                     UnixMillis due, std::size_t limit) {
  std::set<std::pair<std::int64_t, TimerKey>> all;
  for (const std::int32_t partition : partitions) {
    for (const auto& one : due_[partition]) {
      if (one.first > due.value) break;
      all.insert(one);
    }
  }
  std::vector<Timer> timers;
  for (const auto& [at, key] : all) {
    if (timers.size() == limit) break;
    timers.push_back(timers_.at(key));
  }
  return timers;
}

Result<std::vector<StartOffset>> MemoryWriteStore::LoadOffsets(const std::string& group) {
  std::vector<StartOffset> offsets;
  if (group != group_) return offsets;
  for (const auto& [source, offset] : offsets_) offsets.push_back({source, offset.next});
  return offsets;
}

Result<std::optional<StoredRow>> MemoryWriteStore::Load(const RowKey& key) {
  const auto found = rows_.find(key);
  if (found == rows_.end()) return std::optional<StoredRow>{};
  return std::optional<StoredRow>{found->second};
}

Result<std::vector<StoredRow>> MemoryWriteStore::List(const messaging::RowFilter& filter) {
  std::vector<StoredRow> rows;
  for (auto at = rows_.lower_bound({filter.kind, {}});
       at != rows_.end() && at->first.kind == filter.kind; ++at) {
    const messaging::RowSummary& summary = at->second.summary;
    const bool partner = filter.partner.empty() || summary.partner == filter.partner;
    const bool number = filter.number.empty() || summary.number == filter.number ||
                        summary.business_no == filter.number;
    if (partner && number) rows.push_back(at->second);
  }
  std::stable_sort(rows.begin(), rows.end(), [](const StoredRow& left, const StoredRow& right) {
    return left.updated_at > right.updated_at;
  });
  if (rows.size() > filter.limit) rows.resize(filter.limit);
  return rows;
}

std::int64_t MemoryWriteStore::NextOf(const TopicPartition& source) const {
  const auto offset = offsets_.find(source);
  return offset == offsets_.end() ? messaging::kLogBeginning : offset->second.next;
}

std::optional<UnixMillis> MemoryWriteStore::NextDue(std::int32_t partition) const {
  const auto due = due_.find(partition);
  if (due == due_.end() || due->second.empty()) return std::nullopt;
  return UnixMillis{due->second.begin()->first};
}

}  // namespace guarantee::testing
