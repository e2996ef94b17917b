#include "sqlite_connection.h"

#include <fmt/format.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "statement_text.h"

namespace guarantee::sql {
namespace {

// FULL: COMMIT returns after the log's fsync. Checkpoints are ours, because the automatic one
// swallows its errors.
constexpr const char* kWriterSettings =
    "pragma journal_mode = wal; pragma synchronous = full; pragma foreign_keys = on;"
    "pragma wal_autocheckpoint = 0; pragma journal_size_limit = 67108864;"
    "pragma trusted_schema = off; pragma cache_size = -32768";
constexpr const char* kReaderSettings =
    "pragma query_only = on; pragma trusted_schema = off; pragma cache_size = -8192";

[[noreturn]] void FsyncFailed() {
  std::fputs(
      "sqlite: fsync failed; what the kernel holds can no longer be trusted, the process ends\n",
      stderr);
  std::abort();
}

Error ErrorOf(int code, const char* message) {
  if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) FsyncFailed();
  switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID:
      return {ErrorKind::kRetryable, "sql.conflict", {}, message};
    default:
      break;
  }
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {ErrorKind::kRetryable, "sql.unavailable", {}, "disk full"};
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN:
    case SQLITE_INTERRUPT:
      return {ErrorKind::kRetryable, "sql.unavailable", {}, message};
    default:
      return {ErrorKind::kPermanent, "sql.statement", {}, message};
  }
}

// Resets on every way out, so that a failed statement neither holds a read lock nor its bindings.
class StatementReset {
 public:
  explicit StatementReset(sqlite3_stmt* statement) : statement_(statement) {}
  ~StatementReset() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
  }
  StatementReset(const StatementReset&) = delete;
  StatementReset& operator=(const StatementReset&) = delete;

 private:
  sqlite3_stmt* statement_;
};

}  // namespace

Result<std::unique_ptr<SqliteConnection>> SqliteConnection::Open(const std::string& path,
                                                                 SqliteRole role) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX |
                    (role == SqliteRole::kWriter ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(handle));
  if (code != SQLITE_OK) return connection->Fail();
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyTimeoutMs);
  const bool writer = role == SqliteRole::kWriter;
  if (Result<void> set = connection->Script(writer ? kWriterSettings : kReaderSettings); !set) {
    return tl::unexpected(set.error());
  }
  // After the settings: wal_autocheckpoint is itself a hook and would take this one's place.
  sqlite3_wal_hook(
      handle,
      [](void* pages, sqlite3*, const char*, int log_pages) {
        *static_cast<int*>(pages) = log_pages;
        return SQLITE_OK;
      },
      &connection->log_pages_);
  return connection;
}

Result<void> SqliteConnection::Script(const std::string& text) {
  if (sqlite3_exec(handle_.get(), text.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK) {
    return Fail();
  }
  return {};
}

Result<Outcome> SqliteConnection::Run(const std::string& prefix, const Statement& statement,
                                      std::span<const Value> parameters) {
  Result<sqlite3_stmt*> prepared = Prepare(prefix, statement);
  if (!prepared) return tl::unexpected(prepared.error());
  if (Result<void> fit = CheckCount(*prepared, statement.name, parameters.size()); !fit) {
    return tl::unexpected(fit.error());
  }
  const StatementReset reset(*prepared);
  for (std::size_t at = 0; at < parameters.size(); ++at) {
    if (Result<void> bound = Bind(*prepared, static_cast<int>(at) + 1, parameters[at]); !bound) {
      return tl::unexpected(bound.error());
    }
  }
  Outcome outcome;
  if (Result<void> done = Execute(*prepared, outcome); !done) return tl::unexpected(done.error());
  return outcome;
}

Result<Outcome> SqliteConnection::RunSet(const std::string& prefix, const Statement& statement,
                                         std::span<const Column> columns,
                                         std::span<const Value> scalars) {
  Outcome outcome;
  const Result<std::size_t> rows = RowsOf(columns);
  if (!rows) return tl::unexpected(rows.error());
  if (*rows == 0) return outcome;
  Result<sqlite3_stmt*> prepared = Prepare(prefix, statement);
  if (!prepared) return tl::unexpected(prepared.error());
  const std::size_t given = columns.size() + scalars.size();
  if (Result<void> fit = CheckCount(*prepared, statement.name, given); !fit) {
    return tl::unexpected(fit.error());
  }
  for (std::size_t row = 0; row < *rows; ++row) {
    const StatementReset reset(*prepared);
    int at = 0;
    Result<void> bound;
    for (const Column& column : columns) {
      if (bound) bound = Bind(*prepared, ++at, column.values[row]);
    }
    for (const Value& value : scalars) {
      if (bound) bound = Bind(*prepared, ++at, value);
    }
    if (bound) bound = Execute(*prepared, outcome);
    if (!bound) return tl::unexpected(bound.error());
  }
  return outcome;
}

Result<sqlite3_stmt*> SqliteConnection::Prepare(const std::string& prefix,
                                                const Statement& statement) {
  auto key = std::pair<std::string, std::string>(prefix, statement.name);
  if (const auto found = prepared_.find(key); found != prepared_.end()) {
    const char* text = found->second.text;
    if (text != statement.sqlite && std::strcmp(text, statement.sqlite) != 0) {
      return Permanent("sql.statement", fmt::format("two statements are named {}", statement.name));
    }
    return found->second.statement.get();
  }
  const std::string text = WithSchema(statement.sqlite, prefix);
  sqlite3_stmt* made = nullptr;
  const char* rest = nullptr;
  if (sqlite3_prepare_v3(handle_.get(), text.c_str(), static_cast<int>(text.size()) + 1,
                         SQLITE_PREPARE_PERSISTENT, &made, &rest) != SQLITE_OK) {
    return Fail();
  }
  Prepared prepared{std::unique_ptr<sqlite3_stmt, StatementCloser>(made), statement.sqlite};
  if (made == nullptr || std::string_view(rest).find_first_not_of(" \n;") != std::string::npos) {
    return Permanent("sql.statement", fmt::format("{} is not one statement", statement.name));
  }
  return prepared_.emplace(std::move(key), std::move(prepared)).first->second.statement.get();
}

Result<void> SqliteConnection::Execute(sqlite3_stmt* statement, Outcome& outcome) {
  // The count of direct changes is left from earlier statements when this one changes nothing.
  const sqlite3_int64 total_before = sqlite3_total_changes64(handle_.get());
  if (Result<void> stepped = Step(statement, outcome); !stepped) return stepped;
  if (sqlite3_total_changes64(handle_.get()) != total_before) {
    outcome.affected += sqlite3_changes64(handle_.get());
  }
  return {};
}

Result<void> SqliteConnection::Step(sqlite3_stmt* statement, Outcome& outcome) {
  for (;;) {
    const int code = sqlite3_step(statement);
    if (code == SQLITE_DONE) return {};
    if (code != SQLITE_ROW) return Fail();
    Result<Row> row = ReadRow(statement);
    if (!row) return tl::unexpected(row.error());
    outcome.rows.push_back(std::move(*row));
  }
}

Result<Row> SqliteConnection::ReadRow(sqlite3_stmt* statement) {
  Row row;
  const int columns = sqlite3_column_count(statement);
  row.reserve(static_cast<std::size_t>(columns));
  for (int at = 0; at < columns; ++at) {
    const int type = sqlite3_column_type(statement, at);
    if (type == SQLITE_NULL) {
      row.emplace_back();
    } else if (type == SQLITE_INTEGER) {
      row.emplace_back(std::int64_t{sqlite3_column_int64(statement, at)});
    } else if (type == SQLITE_TEXT || type == SQLITE_BLOB) {
      const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement, at));
      const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement, at));
      std::string copy = size == 0 ? std::string() : std::string(bytes, size);
      if (type == SQLITE_TEXT)
        row.emplace_back(std::move(copy));
      else
        row.emplace_back(Blob{std::move(copy)});
    } else {
      return Permanent("sql.statement", fmt::format("column {} holds a floating number",
                                                    sqlite3_column_name(statement, at)));
    }
  }
  return row;
}

Result<void> SqliteConnection::Bind(sqlite3_stmt* statement, int at, const Value& value) {
  int code = SQLITE_OK;
  if (const auto* integer = std::get_if<std::int64_t>(&value)) {
    code = sqlite3_bind_int64(statement, at, *integer);
  } else if (const auto* text = std::get_if<std::string>(&value)) {
    // The values outlive the step, so nothing is copied.
    code =
        sqlite3_bind_text64(statement, at, text->data(), text->size(), SQLITE_STATIC, SQLITE_UTF8);
  } else if (const auto* blob = std::get_if<Blob>(&value)) {
    code =
        sqlite3_bind_blob64(statement, at, blob->bytes.data(), blob->bytes.size(), SQLITE_STATIC);
  } else {
    code = sqlite3_bind_null(statement, at);
  }
  if (code != SQLITE_OK) return Fail();
  return {};
}

Result<void> SqliteConnection::CheckCount(sqlite3_stmt* statement, const char* name,
                                          std::size_t given) {
  const auto taken = static_cast<std::size_t>(sqlite3_bind_parameter_count(statement));
  if (taken == given) return {};
  return Permanent("sql.statement",
                   fmt::format("{} takes {} parameters, {} were given", name, taken, given));
}

Result<void> SqliteConnection::CheckpointIfLong() {
  if (log_pages_ < kCheckpointPages) return {};
  const int mode =
      log_pages_ < kCheckpointPagesMax ? SQLITE_CHECKPOINT_PASSIVE : SQLITE_CHECKPOINT_RESTART;
  const int code = sqlite3_wal_checkpoint_v2(handle_.get(), nullptr, mode, nullptr, nullptr);
  // Readers in the way are no fault: the next COMMIT tries again.
  if (code == SQLITE_OK || (code & 0xff) == SQLITE_BUSY) return {};
  return Fail();
}

tl::unexpected<Error> SqliteConnection::Fail() {
  if (handle_ == nullptr) return Retryable("sql.unavailable", "out of memory");
  return tl::unexpected(
      ErrorOf(sqlite3_extended_errcode(handle_.get()), sqlite3_errmsg(handle_.get())));
}

}  // namespace guarantee::sql
