// One narrow door to SQL, behind which stand PostgreSQL 15 (libpq, prepared, pooled) and SQLite
// (WAL, synchronous=FULL, one writer with group commit). Both pass libs/sql/test's one suite.
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"

namespace guarantee::sql {

enum class Dialect { kPostgres, kSqlite };

// Bytes that are not text (bytea / blob).
struct Blob {
  std::string bytes;

  bool operator==(const Blob&) const = default;
};
using Value = std::variant<std::monostate, std::int64_t, std::string, Blob>;

enum class ColumnType { kInteger, kText, kBlob };

// Values of one column of a set; every value is of `type` or null.
struct Column {
  ColumnType type = ColumnType::kText;
  std::vector<Value> values;
};

// The text of a statement in both dialects; `{s}` stands for the owner's schema ("orders." in
// PostgreSQL, "orders_" in SQLite). Parameters are $1… and ?1…. `name` is unique in the program:
// the prepared statement goes by it. Statements are constants; the object must outlive its users.
struct Statement {
  const char* name;
  const char* postgres;
  const char* sqlite;
};

using Row = std::vector<Value>;

// Integer, text or bytes of a column that must have one; a wrong type is a bug of ours (abort).
[[nodiscard]] std::int64_t Integer(const Value& value);
[[nodiscard]] const std::string& Text(const Value& value);
[[nodiscard]] const std::string& Bytes(const Value& value);
[[nodiscard]] bool IsNull(const Value& value);

struct Outcome {
  std::vector<Row> rows;      // what the statement returned
  std::int64_t affected = 0;  // rows inserted, updated or deleted
};

// Valid inside its Transact call, on that thread. Errors: retryable "sql.unavailable" (connection
// lost, disk busy), retryable "sql.conflict" (40001, 40P01, unique violation: run the whole
// transaction again), permanent "sql.statement". After any error the transaction can only be
// rolled back.
class Transaction {
 public:
  virtual ~Transaction() = default;
  [[nodiscard]] virtual Result<Outcome> Run(const Statement& statement,
                                            std::span<const Value> parameters) = 0;
  // Once for a whole set. PostgreSQL: one round trip, `columns` as array parameters $1… for unnest,
  // followed by `scalars`. SQLite: the row statement for each row (column values, then scalars),
  // results joined. Columns are of equal length; none means nothing to do.
  [[nodiscard]] virtual Result<Outcome> RunSet(const Statement& statement,
                                               std::span<const Column> columns,
                                               std::span<const Value> scalars) = 0;
};

using Work = std::function<Result<void>(Transaction&)>;

// A numbered step of a schema; applied once, in order, each in its own transaction.
struct Migration {
  std::int64_t number;
  const char* postgres;
  const char* sqlite;
};

// A handle of one owner's schema; thread-safe.
class Database {
 public:
  virtual ~Database() = default;
  [[nodiscard]] virtual Dialect dialect() const = 0;
  // Runs `work` once in a read-committed transaction and returns after COMMIT (durable), or rolls
  // back with work's error. SQLite joins transactions of many callers in one COMMIT (savepoint
  // each); the callers see the same promise. `work` does nothing remote and does not nest.
  [[nodiscard]] virtual Result<void> Transact(const Work& work) = 0;
  // As Transact, for reading only; may run beside a writer and sees what is committed.
  [[nodiscard]] virtual Result<void> Read(const Work& work) = 0;
  // The database's clock: the only one that leases are judged by.
  [[nodiscard]] virtual Result<UnixMillis> Now() = 0;
  // Serial over processes (advisory lock / the one writer). Refuses a schema that is newer than
  // the program. On PostgreSQL a current schema is only read.
  [[nodiscard]] virtual Result<void> Migrate(std::span<const Migration> migrations) = 0;
};

struct PostgresOptions {
  std::string dsn;                                    // libpq URI or keyword string
  std::size_t connections = 4;                        // 1–64
  std::chrono::milliseconds connect_timeout{2000};    // for one attempt
  std::chrono::milliseconds statement_timeout{4000};  // server side
};

// The pool behind every PostgreSQL handle of a process. A broken connection is replaced at its
// next use; while none can be had, calls fail with "sql.unavailable" inside connect_timeout.
class PostgresPool {
 public:
  [[nodiscard]] static Result<std::shared_ptr<PostgresPool>> Open(const PostgresOptions& options);
  virtual ~PostgresPool() = default;
  // `schema` is created by Migrate; lower-case letters and underscores.
  [[nodiscard]] virtual std::unique_ptr<Database> Schema(const std::string& schema) = 0;
};

// The one file of a `hub`, its writer thread and its readers. A failing fsync or a full disk at
// COMMIT is reported to every caller of that group; after a failing fsync the process ends (the
// page cache can no longer be trusted).
class SqliteFile {
 public:
  // Takes an exclusive lock on `path`.lock; refused "sql.locked" if another process holds it.
  [[nodiscard]] static Result<std::shared_ptr<SqliteFile>> Open(const std::string& path);
  virtual ~SqliteFile() = default;
  [[nodiscard]] virtual std::unique_ptr<Database> Schema(const std::string& schema) = 0;
};

}  // namespace guarantee::sql
