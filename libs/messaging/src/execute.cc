#include "messaging/execute.h"

#include <algorithm>
#include <cstdlib>

namespace guarantee::messaging {
namespace {

std::set<RowKey> KeysOf(std::span<const Unit> units) {
  std::set<RowKey> keys;
  for (const Unit& unit : units) keys.insert(unit.rows.begin(), unit.rows.end());
  return keys;
}

template <typename Container>
void Append(Container& to, Container& from) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void Merge(Effects& all, Effects&& unit) {
  for (auto& [key, row] : unit.rows) all.rows.insert_or_assign(key, std::move(row));
  all.changed.merge(unit.changed);
  Append(all.outbox, unit.outbox);
  for (auto& [key, timer] : unit.timers) all.timers.insert_or_assign(key, std::move(timer));
  Append(all.journal, unit.journal);
  Append(all.after_commit, unit.after_commit);
}

Result<void> WriteTimers(WriteTransaction& transaction, const Effects& effects) {
  std::vector<Timer> set;
  std::vector<Timer> cleared;
  for (const auto& [key, change] : effects.timers) {
    (change.cleared ? cleared : set).push_back(change.timer);
  }
  if (!cleared.empty()) {
    if (Result<void> done = transaction.ClearTimers(cleared); !done) return done;
  }
  return set.empty() ? Result<void>{} : transaction.SetTimers(set);
}

Result<void> Write(WriteTransaction& transaction, const Effects& effects) {
  std::vector<StoredRow> changed;
  changed.reserve(effects.changed.size());
  for (const RowKey& key : effects.changed) changed.push_back(effects.rows.at(key));
  if (!changed.empty()) {
    if (Result<void> saved = transaction.Save(changed); !saved) return saved;
  }
  if (!effects.outbox.empty()) {
    if (Result<void> appended = transaction.Append(effects.outbox); !appended) return appended;
  }
  if (Result<void> timed = WriteTimers(transaction, effects); !timed) return timed;
  return effects.journal.empty() ? Result<void>{} : transaction.Note(effects.journal);
}

Result<void> LoadRows(WriteTransaction& transaction, const std::set<RowKey>& wanted,
                      Effects& effects) {
  const std::vector<RowKey> keys(wanted.begin(), wanted.end());
  for (const RowKey& key : keys) effects.rows[key].key = key;
  if (keys.empty()) return {};
  Result<std::vector<StoredRow>> locked = transaction.Lock(keys);
  if (!locked) return tl::unexpected(locked.error());
  for (StoredRow& row : *locked) effects.rows[row.key] = std::move(row);
  return {};
}

OutboxEntry Parked(const Unit& unit, const Error& error) {
  OutboxEntry entry = *unit.dead_letter;
  entry.detail = Describe(error);
  return entry;
}

std::vector<OffsetMove> MovesOver(std::span<const Unit> units,
                                  const std::map<TopicPartition, OffsetMove>& positions) {
  std::map<TopicPartition, OffsetMove> moves;
  for (const Unit& unit : units) {
    if (!unit.source) continue;
    const auto [move, inserted] =
        moves.try_emplace(unit.source->source, positions.at(unit.source->source));
    move->second.new_next = unit.source->next + 1;
  }
  std::vector<OffsetMove> list;
  list.reserve(moves.size());
  for (const auto& [source, move] : moves) list.push_back(move);
  return list;
}

}  // namespace

const StoredRow& Workspace::Row(const RowKey& key) const {
  if (const auto own = own_.rows.find(key); own != own_.rows.end()) return own->second;
  const auto found = before_.rows.find(key);
  if (found == before_.rows.end()) std::abort();  // a unit that did not name what it reads
  return found->second;
}

bool Workspace::Names(const RowKey& key) const {
  return own_.rows.contains(key) || before_.rows.contains(key);
}

void Workspace::Put(const RowKey& key, std::int32_t partition, std::string state,
                    RowSummary summary) {
  StoredRow row = Row(key);
  row.partition = partition;
  row.state = std::move(state);
  row.summary = std::move(summary);
  own_.rows.insert_or_assign(key, std::move(row));
  own_.changed.insert(key);
}

void Workspace::Emit(OutboxEntry entry) { own_.outbox.push_back(std::move(entry)); }

void Workspace::SetTimer(Timer timer) {
  std::pair<RowKey, std::string> key{timer.row, timer.name};
  own_.timers.insert_or_assign(std::move(key), Effects::TimerChange{std::move(timer), false});
}

void Workspace::ClearTimer(const RowKey& row, std::string name) {
  ClearFired({row, std::move(name), 0, {}, {}});
}

void Workspace::ClearFired(const Timer& timer) {
  own_.timers.insert_or_assign({timer.row, timer.name}, Effects::TimerChange{timer, true});
}

void Workspace::Note(JournalLine line) { own_.journal.push_back(std::move(line)); }

void Workspace::AfterCommit(std::function<void()> done) {
  own_.after_commit.push_back(std::move(done));
}

Result<void> Workspace::Need(const RowKey& key) {
  if (Names(key)) return {};
  needed_.insert(key);
  return Retryable(kConflictCode, "decided again with another row");
}

Result<void> Executor::RunOnce(WriteTransaction& transaction, std::span<const Unit> units,
                               std::set<RowKey>& keys, Effects& effects) {
  if (Result<void> loaded = LoadRows(transaction, keys, effects); !loaded) return loaded;
  Result<void> again;
  for (const Unit& unit : units) {
    Workspace workspace(effects);
    Result<void> decided = unit.decide(workspace);
    if (decided) {
      Merge(effects, std::move(workspace.own_));
    } else if (!workspace.needed_.empty()) {
      // The others are asked as well: what they need is then there at once.
      keys.merge(workspace.needed_);
      again = std::move(decided);
    } else if (decided.error().kind != ErrorKind::kRetryable && unit.dead_letter) {
      effects.outbox.push_back(Parked(unit, decided.error()));
    } else if (again) {
      return decided;
    }
  }
  return again ? Write(transaction, effects) : again;
}

Result<void> Executor::Run(std::span<const Unit> units, std::span<const OffsetMove> moves,
                           std::span<const HeldEpoch> epochs) {
  std::set<RowKey> keys = KeysOf(units);
  Effects effects;
  const auto work = [&](WriteTransaction& transaction) -> Result<void> {
    effects = {};
    if (!moves.empty()) {
      if (Result<void> moved = transaction.MoveOffsets(moves); !moved) return moved;
    }
    if (!epochs.empty()) {
      if (Result<void> held = transaction.HoldEpochs(epochs); !held) return held;
    }
    return RunOnce(transaction, units, keys, effects);
  };
  Result<void> done;
  for (int attempt = 0; attempt < kExecuteTriesMax; ++attempt) {
    done = store_.Transact(work);
    if (done || done.error().code != kConflictCode) break;
  }
  if (!done) return done;
  for (const std::function<void()>& committed : effects.after_commit) committed();
  return {};
}

Result<void> Executor::Execute(std::span<const Unit> units, std::span<const HeldEpoch> epochs) {
  return Run(units, {}, epochs);
}

Result<void> Executor::ExecuteBatch(std::span<const Unit> units,
                                    std::span<const OffsetMove> moves) {
  Result<void> done = Run(units, moves, {});
  if (done || done.error().kind == ErrorKind::kRetryable) return done;
  std::map<TopicPartition, OffsetMove> positions;
  for (const OffsetMove& move : moves) positions.emplace(move.source, move);
  return Halve(units, positions);
}

Result<void> Executor::Halve(std::span<const Unit> units,
                             std::map<TopicPartition, OffsetMove>& positions) {
  const std::vector<OffsetMove> moves = MovesOver(units, positions);
  Result<void> done = Run(units, moves, {});
  if (!done && done.error().kind != ErrorKind::kRetryable && units.size() > 1) {
    const std::size_t half = units.size() / 2;
    if (Result<void> first = Halve(units.first(half), positions); !first) return first;
    return Halve(units.subspan(half), positions);
  }
  if (!done && done.error().kind != ErrorKind::kRetryable && units.front().dead_letter) {
    Unit parked = units.front();
    parked.rows.clear();
    parked.decide = [letter = Parked(parked, done.error())](Workspace& workspace) -> Result<void> {
      workspace.Emit(letter);
      return {};
    };
    done = Run({&parked, 1}, moves, {});
  }
  if (done) {
    for (const OffsetMove& move : moves) positions.at(move.source).old_next = move.new_next;
  }
  return done;
}

}  // namespace guarantee::messaging
