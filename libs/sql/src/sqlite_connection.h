// One SQLite connection with its statement cache.
#pragma once

#include <sqlite3.h>

#include <map>
#include <memory>
#include <string>
#include <utility>

#include "sql/database.h"

namespace guarantee::sql {

inline constexpr int kBusyTimeoutMs = 5000;
// Pages of the write-ahead log after which the writer moves them into the database file.
inline constexpr int kCheckpointPages = 1000;
// Beyond this a checkpoint waits for readers so that the log can start anew.
inline constexpr int kCheckpointPagesMax = 16000;

enum class SqliteRole { kWriter, kReader };

// Not thread-safe. A failing fsync ends the process, whichever call meets it.
class SqliteConnection {
 public:
  // Errors: retryable "sql.unavailable" (cannot open, disk full), permanent "sql.statement" (not a
  // database).
  [[nodiscard]] static Result<std::unique_ptr<SqliteConnection>> Open(const std::string& path,
                                                                      SqliteRole role);

  // Text without parameters; several statements allowed.
  [[nodiscard]] Result<void> Script(const std::string& text);
  // `prefix` replaces `{s}`.
  [[nodiscard]] Result<Outcome> Run(const std::string& prefix, const Statement& statement,
                                    std::span<const Value> parameters);
  [[nodiscard]] Result<Outcome> RunSet(const std::string& prefix, const Statement& statement,
                                       std::span<const Column> columns,
                                       std::span<const Value> scalars);

  // False after COMMIT, ROLLBACK and after an error at which SQLite rolled back by itself.
  [[nodiscard]] bool InTransaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }
  // Moves the log into the database file when it has grown; a fault of the disk shows here too.
  [[nodiscard]] Result<void> CheckpointIfLong();

 private:
  struct HandleCloser {
    void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
  };
  struct StatementCloser {
    void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
  };
  struct Prepared {
    std::unique_ptr<sqlite3_stmt, StatementCloser> statement;
    const char* text = nullptr;
  };

  explicit SqliteConnection(sqlite3* handle) : handle_(handle) {}
  Result<sqlite3_stmt*> Prepare(const std::string& prefix, const Statement& statement);
  Result<void> Execute(sqlite3_stmt* statement, Outcome& outcome);
  Result<void> Step(sqlite3_stmt* statement, Outcome& outcome);
  Result<Row> ReadRow(sqlite3_stmt* statement);
  Result<void> Bind(sqlite3_stmt* statement, int at, const Value& value);
  Result<void> CheckCount(sqlite3_stmt* statement, const char* name, std::size_t given);
  tl::unexpected<Error> Fail();

  // Declared first: statements are finalized before the handle closes.
  std::unique_ptr<sqlite3, HandleCloser> handle_;
  std::map<std::pair<std::string, std::string>, Prepared> prepared_;
  int log_pages_ = 0;
};

}  // namespace guarantee::sql
