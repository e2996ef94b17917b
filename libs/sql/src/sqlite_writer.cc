#include "sqlite_writer.h"

#include <optional>

#include "statement_text.h"

namespace guarantee::sql {
namespace {

// Lives on the waiting caller's stack, so it must be told and left under its lock.
struct Waiter {
  std::mutex mutex;
  std::condition_variable told;
  std::optional<Result<void>> result;

  void Tell(Result<void> outcome) {
    const std::lock_guard lock(mutex);
    result = std::move(outcome);
    told.notify_one();
  }
};

}  // namespace

Result<Outcome> SqliteTransaction::Run(const Statement& statement,
                                       std::span<const Value> parameters) {
  if (!state_) return tl::unexpected(state_.error());
  return Keep(connection_.Run(prefix_, statement, parameters));
}

Result<Outcome> SqliteTransaction::RunSet(const Statement& statement,
                                          std::span<const Column> columns,
                                          std::span<const Value> scalars) {
  if (!state_) return tl::unexpected(state_.error());
  return Keep(connection_.RunSet(prefix_, statement, columns, scalars));
}

Result<void> SqliteTransaction::Script(const std::string& text) {
  if (state_) state_ = connection_.Script(text);
  return state_;
}

Result<Outcome> SqliteTransaction::Keep(Result<Outcome> outcome) {
  if (!outcome) state_ = tl::unexpected(outcome.error());
  return outcome;
}

SqliteWriter::SqliteWriter(std::unique_ptr<SqliteConnection> connection)
    : connection_(std::move(connection)), thread_([this] { Serve(); }) {}

SqliteWriter::~SqliteWriter() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_one();
  thread_.join();
}

Result<std::uint64_t> SqliteWriter::Enqueue(SqliteJob job) {
  const std::lock_guard lock(mutex_);
  if (queue_.size() >= kWriterQueueMax) {
    return Retryable("sql.unavailable", "the writer's queue is full");
  }
  job.number = ++last_number_;
  queue_.push_back(std::move(job));
  wake_.notify_one();
  return last_number_;
}

Result<void> SqliteWriter::Execute(const std::string& prefix, const SqliteWork& work) {
  Waiter waiter;
  const Result<std::uint64_t> number = Enqueue(
      {prefix, work, [&waiter](Result<void> result) { waiter.Tell(std::move(result)); }, 0});
  if (!number) return tl::unexpected(number.error());
  std::unique_lock lock(waiter.mutex);
  const auto told = [&] { return waiter.result.has_value(); };
  if (!waiter.told.wait_for(lock, kWriterWait, told)) {
    lock.unlock();
    if (Cancel(*number)) return Retryable("sql.unavailable", "the writer is busy");
    // It is running: it refers to this frame, so its end must be awaited.
    lock.lock();
    waiter.told.wait(lock, told);
  }
  return std::move(*waiter.result);
}

bool SqliteWriter::Cancel(std::uint64_t number) {
  const std::lock_guard lock(mutex_);
  return std::erase_if(queue_, [&](const SqliteJob& job) { return job.number == number; }) > 0;
}

void SqliteWriter::Serve() {
  for (;;) {
    std::deque<Member> group = TakeGroup();
    if (group.empty()) return;
    {
      const NestingGuard guard;
      RunGroup(group);
    }
    for (Member& member : group) {
      member.job.done(std::move(member.result));
      // What it holds goes before the next one is told: whoever waits for that one may then give
      // back the file, which must not be done by this thread.
      member.job = {};
    }
    // Errors other than a failing fsync come back at the next COMMIT, where a caller hears them.
    static_cast<void>(connection_->CheckpointIfLong());
  }
}

// Waits without a deadline: it is the loop of this thread, and stopping wakes it.
std::deque<SqliteWriter::Member> SqliteWriter::TakeGroup() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
  std::deque<Member> group;
  while (!queue_.empty() && group.size() < kGroupMax) {
    group.push_back({std::move(queue_.front()), {}});
    queue_.pop_front();
  }
  return group;
}

void SqliteWriter::RunGroup(std::deque<Member>& group) {
  Result<void> common = connection_->Script("begin immediate");
  for (Member& member : group) {
    if (!common) break;
    member.result = RunMember(member);
    // Some faults (a full disk) make SQLite undo the whole transaction, earlier members included.
    if (!connection_->InTransaction()) common = member.result;
  }
  if (common) common = connection_->Script("commit");
  if (common) return;
  if (connection_->InTransaction()) static_cast<void>(connection_->Script("rollback"));
  for (Member& member : group) {
    if (member.result) member.result = common;
  }
}

Result<void> SqliteWriter::RunMember(Member& member) {
  if (Result<void> opened = connection_->Script("savepoint member"); !opened) return opened;
  SqliteTransaction transaction(*connection_, member.job.prefix);
  Result<void> result = member.job.work(transaction);
  if (result) result = transaction.state();
  if (!connection_->InTransaction()) {
    if (result) return Retryable("sql.unavailable", "the transaction was rolled back");
    return result;
  }
  if (!result) {
    if (Result<void> undone = connection_->Script("rollback to member"); !undone) return undone;
  }
  if (Result<void> closed = connection_->Script("release member"); !closed) return closed;
  return result;
}

}  // namespace guarantee::sql
