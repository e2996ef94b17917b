// The one thread that writes to a SQLite file, joining the transactions of many callers in one
// COMMIT, that is in one fsync.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>

#include "sqlite_connection.h"

namespace guarantee::sql {

inline constexpr std::size_t kWriterQueueMax = 4096;
inline constexpr std::size_t kGroupMax = 256;  // transactions of one COMMIT
// How long a caller waits for its turn before it is told that the writer is busy.
inline constexpr std::chrono::milliseconds kWriterWait{5000};

// A Transaction on a SQLite connection, valid on the thread and in the call it is given to.
class SqliteTransaction final : public Transaction {
 public:
  SqliteTransaction(SqliteConnection& connection, const std::string& prefix)
      : connection_(connection), prefix_(prefix) {}

  Result<Outcome> Run(const Statement& statement, std::span<const Value> parameters) override;
  Result<Outcome> RunSet(const Statement& statement, std::span<const Column> columns,
                         std::span<const Value> scalars) override;
  [[nodiscard]] Result<void> Script(const std::string& text);

  // The first error; a transaction that had one is never committed.
  [[nodiscard]] const Result<void>& state() const { return state_; }

 private:
  Result<Outcome> Keep(Result<Outcome> outcome);

  SqliteConnection& connection_;
  const std::string& prefix_;
  Result<void> state_;
};

using SqliteWork = std::function<Result<void>(SqliteTransaction&)>;
// Called on the writer's thread after COMMIT (or what came instead); must not block.
using SqliteDone = std::function<void(Result<void>)>;

struct SqliteJob {
  std::string prefix;
  SqliteWork work;
  SqliteDone done;
  std::uint64_t number = 0;  // set by the writer
};

// Thread-safe. Its end runs what is queued and closes the file.
class SqliteWriter {
 public:
  explicit SqliteWriter(std::unique_ptr<SqliteConnection> connection);
  ~SqliteWriter();
  SqliteWriter(const SqliteWriter&) = delete;
  SqliteWriter& operator=(const SqliteWriter&) = delete;

  // Queues; jobs run in this order. Errors: retryable "sql.unavailable" when the queue is full
  // (`done` is not called then). Answers the job's number.
  [[nodiscard]] Result<std::uint64_t> Enqueue(SqliteJob job);
  // Queues and waits; `work` may refer to the caller's frame. Not on the writer's own thread.
  [[nodiscard]] Result<void> Execute(const std::string& prefix, const SqliteWork& work);

 private:
  struct Member {
    SqliteJob job;
    Result<void> result;
  };

  // True: it had not begun and never will.
  bool Cancel(std::uint64_t number);
  void Serve();
  std::deque<Member> TakeGroup();
  void RunGroup(std::deque<Member>& group);
  Result<void> RunMember(Member& member);

  std::unique_ptr<SqliteConnection> connection_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<SqliteJob> queue_;
  std::uint64_t last_number_ = 0;
  bool stopping_ = false;
  std::thread thread_;  // last: starts when everything else is there
};

}  // namespace guarantee::sql
