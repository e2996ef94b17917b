// Execute: the one way to change state, for bus batches, gRPC calls, timers and the command line
// alike (design.md "The write path"). A Unit is one command with the rows it needs; units are
// decided in memory, in order, on the locked rows, and written set-based in one transaction.
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
#include "base/result.h"
#include "messaging/write_store.h"

namespace guarantee::messaging {

inline constexpr int kExecuteTriesMax = 5;

// Rows and effects, of one unit or of a whole Execute.
struct Effects {
  std::map<RowKey, StoredRow> rows;
  std::set<RowKey> changed;
  std::vector<OutboxEntry> outbox;
  struct TimerChange {
    Timer timer;
    bool cleared = false;  // whatever its due time, or, if one is given, only with that one
  };
  std::map<std::pair<RowKey, std::string>, TimerChange> timers;
  std::vector<JournalLine> journal;
  std::vector<std::function<void()>> after_commit;
};

// What one unit sees and leaves behind; its effects count only if it succeeds.
class Workspace {
 public:
  explicit Workspace(const Effects& before) : before_(before) {}

  // The row as earlier units of this Execute left it; version 0 and an empty state when there is
  // none. Only rows that the unit named are there (else a bug of ours: abort).
  [[nodiscard]] const StoredRow& Row(const RowKey& key) const;
  // Whether some unit of this Execute named that row.
  [[nodiscard]] bool Names(const RowKey& key) const;
  // A row that the unit could not name before it had read another one. If it is not there, the
  // error to return: the whole is decided again with that row locked as well, in the order of keys.
  [[nodiscard]] Result<void> Need(const RowKey& key);
  // Rows that this unit has put so far.
  [[nodiscard]] const std::set<RowKey>& Changed() const { return own_.changed; }
  void Put(const RowKey& key, std::int32_t partition, std::string state, RowSummary summary);
  void Emit(OutboxEntry entry);
  void SetTimer(Timer timer);
  void ClearTimer(const RowKey& row, std::string name);
  // The timer as it was found due: one that has been moved meanwhile stays.
  void ClearFired(const Timer& timer);
  void Note(JournalLine line);
  // Done once, when the whole has been committed (what is decided again after a conflict leaves
  // nothing); lost if the process ends between. Must not fail.
  void AfterCommit(std::function<void()> done);

 private:
  friend class Executor;
  const Effects& before_;
  Effects own_;
  std::set<RowKey> needed_;
};

struct Unit {
  std::vector<RowKey> rows;
  // Pure but for the workspace. May be called again after a conflict. A refusal that has to be
  // told is an effect (a notice, an event), not an error. A permanent or refused error means that
  // the command cannot be understood: its record is parked.
  std::function<Result<void>(Workspace&)> decide;
  // The record it came from, and what is appended in its stead when it has to be parked. Empty
  // for calls and timers, whose errors go to the caller.
  std::optional<StartOffset> source;  // `next` is the record's own offset
  std::optional<OutboxEntry> dead_letter;
};

// Thread-safe.
class Executor {
 public:
  explicit Executor(WriteStore& store) : store_(store) {}

  // All units or none, under the epochs given (none: on the row locks alone). Conflicts run the
  // whole again (≤ kExecuteTriesMax, then retryable).
  [[nodiscard]] Result<void> Execute(std::span<const Unit> units,
                                     std::span<const HeldEpoch> epochs = {});

  // The units of one poll, in order, with the offsets to move. If the store refuses for good, the
  // batch is halved until the bad unit is alone; that one is parked as its dead letter in the
  // transaction that moves the offset over it.
  [[nodiscard]] Result<void> ExecuteBatch(std::span<const Unit> units,
                                          std::span<const OffsetMove> moves);

 private:
  [[nodiscard]] Result<void> Run(std::span<const Unit> units, std::span<const OffsetMove> moves,
                                 std::span<const HeldEpoch> epochs);
  // `effects` is empty before, and what was written after.
  [[nodiscard]] Result<void> RunOnce(WriteTransaction& transaction, std::span<const Unit> units,
                                     std::set<RowKey>& keys, Effects& effects);
  [[nodiscard]] Result<void> Halve(std::span<const Unit> units,
                                   std::map<TopicPartition, OffsetMove>& positions);

  WriteStore& store_;
};

}  // namespace guarantee::messaging
