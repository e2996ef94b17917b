#include "dispatcher/adapters/notice_store_sql.h"

#include "dispatcher/adapters/joined_outbox.h"
#include "dispatcher/adapters/notice_rows.h"
#include "dispatcher/adapters/notice_statements.h"
#include "dispatcher/adapters/notice_writes.h"
#include "dispatcher/domain/schedule.h"

namespace guarantee::dispatcher {
namespace {

constexpr int kConflictTries = 5;
constexpr const char* kLostText = "the process ended before the answer was known";

Columns PartitionColumn(std::span<const std::int32_t> partitions) {
  Columns columns{kInt};
  for (const std::int32_t partition : partitions) columns.Add({std::int64_t{partition}});
  return columns;
}

Columns EpochColumns(std::span<const messaging::HeldEpoch> epochs) {
  Columns columns{kInt, kInt};
  for (const messaging::HeldEpoch& held : epochs) {
    columns.Add({std::int64_t{held.partition}, held.epoch});
  }
  return columns;
}

std::vector<messaging::HeldEpoch> EpochsOf(std::span<const Finished> finished) {
  std::vector<messaging::HeldEpoch> epochs;
  for (const Finished& one : finished) epochs.push_back(one.epoch);
  return epochs;
}

Result<std::set<std::string>> WriteResults(sql::Transaction& transaction,
                                           std::span<const Finished> finished, UnixMillis now) {
  Columns columns{kText, kInt, kInt, kInt, kInt, kInt, kInt, kInt, kInt, kText, kText};
  for (const Finished& one : finished) {
    const Delivery& next = one.notice.delivery;
    const AnswerText& answer = one.attempt.answer;
    columns.Add({one.notice.head.id, one.attempt.number, one.epoch.epoch,
                 static_cast<std::int64_t>(next.state), next.failures, Flag(next.bytes_fixed),
                 Flag(next.possibly_received), next.due.value, answer.http_status, answer.code,
                 answer.message});
  }
  const sql::Value scalars[] = {now.value};
  return Returned(transaction.RunSet(kFinish, columns.all(), scalars));
}

Result<void> LogAttempts(sql::Transaction& transaction, std::span<const Finished> finished,
                         const std::set<std::string>& written) {
  Columns columns{kText, kInt, kInt, kInt, kText, kInt, kText, kText, kText};
  for (const Finished& one : finished) {
    const Attempt& attempt = one.attempt;
    if (!written.contains(attempt.notice_id)) continue;
    columns.Add({attempt.notice_id, attempt.number, attempt.began_at.value, attempt.duration_ms,
                 std::string(Name(attempt.ending)), attempt.answer.http_status, attempt.answer.code,
                 attempt.answer.message, attempt.body_sha256});
  }
  if (columns.empty()) return {};
  return Done(transaction.RunSet(kLogAttempts, columns.all(), {}));
}

Alarm AlarmOf(AlarmKind kind, const Notice& notice, std::string text) {
  return {kind,           notice.head.partner, notice.head.section, notice.head.flow,
          notice.head.id, std::move(text)};
}

}  // namespace

Result<LaneChanges> SqlNoticeStore::Change(const ChangingWork& work) {
  for (int attempt = 1;; ++attempt) {
    LaneChanges changes;
    const Result<void> done = database_.Transact([&](sql::Transaction& transaction) {
      changes = {};
      return work(transaction, changes);
    });
    if (done) return changes;
    const bool lost_race = done.error().code == messaging::kConflictCode;
    if (!lost_race || attempt == kConflictTries) return tl::unexpected(done.error());
  }
}

Result<void> SqlNoticeStore::TakeOver(std::span<const messaging::HeldEpoch> epochs,
                                      UnixMillis now) {
  const Columns columns = EpochColumns(epochs);
  const Result<LaneChanges> done =
      Change([&](sql::Transaction& transaction, LaneChanges&) -> Result<void> {
        if (Result<void> held = HoldEpochsOf(transaction, epochs); !held) return held;
        const sql::Value text[] = {std::string(kLostText)};
        Result<void> logged = Done(transaction.RunSet(kLogLostAttempts, columns.all(), text));
        if (!logged) return logged;
        const sql::Value moment[] = {now.value};
        return Done(transaction.RunSet(kTakeOver, columns.all(), moment));
      });
  if (!done) return tl::unexpected(done.error());
  return PullBackDues(now);
}

Result<void> SqlNoticeStore::PullBackDues(UnixMillis now) {
  const sql::Value values[] = {now.value, now.value + kRetryCapMs + kRetryFirstMs};
  return database_.Transact(
      [&](sql::Transaction& transaction) { return Done(transaction.Run(kPullBackDues, values)); });
}

Result<std::vector<LoadScope>> SqlNoticeStore::LoadScopes(
    std::span<const std::int32_t> partitions) {
  const Columns columns = PartitionColumn(partitions);
  return Fetch<LoadScope>(
      database_,
      [&](sql::Transaction& transaction) {
        return transaction.RunSet(kLoadScopes, columns.all(), {});
      },
      [](const sql::Row& row) {
        return LoadScope{sql::Text(row.at(0)), sql::Text(row.at(1)),
                         static_cast<std::int32_t>(sql::Integer(row.at(2)))};
      });
}

Result<std::vector<Head>> SqlNoticeStore::LoadHeads(std::span<const LoadScope> scopes,
                                                    UnixMillis due, std::size_t limit) {
  Columns columns{kText, kText, kInt};
  for (const LoadScope& scope : scopes) {
    columns.Add({scope.partner, scope.section, std::int64_t{scope.partition}});
  }
  const sql::Value scalars[] = {due.value, static_cast<std::int64_t>(limit)};
  return Fetch<Head>(
      database_,
      [&](sql::Transaction& transaction) {
        return transaction.RunSet(kLoadHeads, columns.all(), scalars);
      },
      ToHead);
}

Result<std::vector<Notice>> SqlNoticeStore::LoadNotices(std::span<const std::string> ids) {
  const Columns columns = TextColumn(ids);
  return Fetch<Notice>(
      database_,
      [&](sql::Transaction& transaction) {
        return transaction.RunSet(kLoadNotices, columns.all(), {});
      },
      ToNotice);
}

Result<std::vector<std::string>> SqlNoticeStore::Begin(std::span<const Beginning> beginnings,
                                                       UnixMillis now) {
  Columns columns{kText, kInt, kInt, kBlob, kText};
  std::vector<messaging::HeldEpoch> epochs;
  for (const Beginning& beginning : beginnings) {
    epochs.push_back(beginning.epoch);
    sql::Value body;
    if (!beginning.body.empty()) body = sql::Blob{beginning.body};
    columns.Add({beginning.id, beginning.attempt, beginning.epoch.epoch, std::move(body),
                 beginning.body_sha256});
  }
  std::set<std::string> begun;
  const sql::Value scalars[] = {now.value};
  const Result<LaneChanges> done =
      Change([&](sql::Transaction& transaction, LaneChanges&) -> Result<void> {
        if (Result<void> held = HoldEpochsOf(transaction, epochs); !held) return held;
        Result<std::set<std::string>> ids =
            Returned(transaction.RunSet(kBegin, columns.all(), scalars));
        if (!ids) return tl::unexpected(ids.error());
        begun = std::move(*ids);
        return {};
      });
  if (!done) return tl::unexpected(done.error());
  return std::vector<std::string>(begun.begin(), begun.end());
}

Result<void> SqlNoticeStore::WriteFinished(sql::Transaction& transaction,
                                           std::span<const Finished> finished, UnixMillis now,
                                           LaneChanges& changes) {
  Flows moving;
  for (const Finished& one : finished) {
    if (LeavesLane(one.notice.delivery.state)) moving.insert(one.notice.head.flow);
  }
  if (Result<void> locked = LockLanes(transaction, moving); !locked) return locked;
  const Result<std::set<std::string>> written = WriteResults(transaction, finished, now);
  if (!written) return tl::unexpected(written.error());
  if (Result<void> logged = LogAttempts(transaction, finished, *written); !logged) return logged;
  std::vector<messaging::OutboxEntry> events;
  for (const Finished& one : finished) {
    if (one.telling == Telling::kNothing || !written->contains(one.notice.head.id)) continue;
    events.push_back(codec_.Tell(one.telling, one.notice, one.attempt.answer, now));
    if (one.telling == Telling::kParked) {
      changes.alarms.push_back(AlarmOf(AlarmKind::kParked, one.notice, one.attempt.answer.message));
    }
  }
  if (Result<void> told = AppendToOutbox(transaction, events); !told) return told;
  return MoveLanes(transaction, moving, now, changes);
}

Result<LaneChanges> SqlNoticeStore::Finish(std::span<const Finished> finished, UnixMillis now) {
  const std::vector<messaging::HeldEpoch> epochs = EpochsOf(finished);
  return Change([&](sql::Transaction& transaction, LaneChanges& changes) -> Result<void> {
    if (Result<void> held = HoldEpochsOf(transaction, epochs); !held) return held;
    return WriteFinished(transaction, finished, now, changes);
  });
}

Result<LaneChanges> SqlNoticeStore::Park(std::span<const Unrenderable> notices, UnixMillis now) {
  return Change([&](sql::Transaction& transaction, LaneChanges& changes) -> Result<void> {
    for (const Unrenderable& one : notices) {
      if (Result<void> held = HoldEpochsOf(transaction, {&one.epoch, 1}); !held) return held;
      DeliveryChange change{one.notice, one.notice.delivery};
      change.before.delivery.state = State::kPending;
      const Result<std::set<std::string>> saved = SaveDeliveries(transaction, {&change, 1}, now);
      if (!saved) return tl::unexpected(saved.error());
      if (saved->empty()) continue;
      const sql::Value why[] = {one.notice.head.id, one.reason};
      if (Result<void> said = Done(transaction.Run(kSayWhy, why)); !said) return said;
      const messaging::OutboxEntry event =
          codec_.Tell(Telling::kParked, one.notice, {0, {}, one.reason}, now);
      if (Result<void> told = AppendToOutbox(transaction, {&event, 1}); !told) return told;
      changes.alarms.push_back(AlarmOf(AlarmKind::kParked, one.notice, one.reason));
    }
    return {};
  });
}

Result<void> SqlNoticeStore::WriteExpired(sql::Transaction& transaction,
                                          std::span<const Notice> notices, UnixMillis now,
                                          LaneChanges& changes) {
  Flows moving;
  std::vector<DeliveryChange> expired;
  for (const Notice& notice : notices) {
    const Step step = Apply(notice.delivery, DeadlinePassed{now});
    if (step.reply != Reply::kDone) continue;
    expired.push_back({notice, step.next});
    moving.insert(notice.head.flow);
  }
  if (Result<void> locked = LockLanes(transaction, moving); !locked) return locked;
  const Result<std::set<std::string>> saved = SaveDeliveries(transaction, expired, now);
  if (!saved) return tl::unexpected(saved.error());
  std::vector<messaging::OutboxEntry> events;
  for (DeliveryChange& change : expired) {
    if (!saved->contains(change.before.head.id)) continue;
    change.before.delivery = change.next;
    events.push_back(codec_.Tell(Telling::kExpired, change.before, {}, now));
    changes.alarms.push_back(AlarmOf(AlarmKind::kExpired, change.before,
                                     "its last moment passed before the platform accepted it"));
  }
  if (Result<void> told = AppendToOutbox(transaction, events); !told) return told;
  return MoveLanes(transaction, moving, now, changes);
}

Result<LaneChanges> SqlNoticeStore::Expire(std::span<const messaging::HeldEpoch> epochs,
                                           UnixMillis now, std::size_t limit) {
  std::vector<std::int32_t> partitions;
  for (const messaging::HeldEpoch& held : epochs) partitions.push_back(held.partition);
  const Columns columns = PartitionColumn(partitions);
  const sql::Value scalars[] = {now.value, static_cast<std::int64_t>(limit)};
  // Looked for outside the transaction: nearly always there is nothing to write.
  const Result<std::vector<Notice>> notices = Fetch<Notice>(
      database_,
      [&](sql::Transaction& transaction) {
        return transaction.RunSet(kLoadExpiring, columns.all(), scalars);
      },
      ToNotice);
  if (!notices) return tl::unexpected(notices.error());
  if (notices->empty()) return LaneChanges{};
  return Change([&](sql::Transaction& transaction, LaneChanges& changes) -> Result<void> {
    if (Result<void> held = HoldEpochsOf(transaction, epochs); !held) return held;
    return WriteExpired(transaction, *notices, now, changes);
  });
}

}  // namespace guarantee::dispatcher
