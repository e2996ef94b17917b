#include <fmt/format.h>

#include <array>

#include "migrate.h"
#include "postgres_pool.h"
#include "statement_text.h"

namespace guarantee::sql {
namespace {

// One step of a schema, its wait for another process's step included.
constexpr std::chrono::minutes kMigrationTimeout{10};

const Statement kNow = {"database.now",
                        "select (extract(epoch from clock_timestamp()) * 1000)::bigint", ""};

using Lease = PostgresConnections::Lease;

class PostgresTransaction final : public Transaction {
 public:
  PostgresTransaction(PostgresConnection& connection, const std::string& schema)
      : connection_(connection), schema_(schema) {}

  Result<Outcome> Run(const Statement& statement, std::span<const Value> parameters) override {
    return Guarded(statement, {}, parameters);
  }

  Result<Outcome> RunSet(const Statement& statement, std::span<const Column> columns,
                         std::span<const Value> scalars) override {
    const Result<std::size_t> rows = RowsOf(columns);
    if (!rows) return Fail(rows.error());
    if (*rows == 0) return Outcome{};
    return Guarded(statement, columns, scalars);
  }

  Result<void> Script(const std::string& text) {
    if (Result<Outcome> done = connection_.Script(text, kMigrationTimeout); !done) {
      return Fail(done.error());
    }
    return {};
  }

  // After an error PostgreSQL answers COMMIT with a rollback, so the error must not be lost.
  [[nodiscard]] const Result<void>& state() const { return state_; }

 private:
  Result<Outcome> Guarded(const Statement& statement, std::span<const Column> columns,
                          std::span<const Value> scalars) {
    if (!state_) return tl::unexpected(state_.error());
    Result<Outcome> outcome = connection_.Run(schema_, statement, columns, scalars);
    if (!outcome) return Fail(outcome.error());
    return outcome;
  }

  tl::unexpected<Error> Fail(const Error& error) {
    if (state_) state_ = tl::unexpected(error);
    return tl::unexpected(error);
  }

  PostgresConnection& connection_;
  const std::string& schema_;
  Result<void> state_;
};

using PostgresWork = std::function<Result<void>(PostgresTransaction&)>;

class PostgresDatabase final : public Database {
 public:
  PostgresDatabase(std::shared_ptr<PostgresConnections> connections, std::string schema)
      : connections_(std::move(connections)), schema_(std::move(schema)) {}

  Dialect dialect() const override { return Dialect::kPostgres; }

  Result<void> Transact(const Work& work) override {
    return InTransaction("begin",
                         [&](PostgresTransaction& transaction) { return work(transaction); });
  }

  Result<void> Read(const Work& work) override {
    return InTransaction("begin read only",
                         [&](PostgresTransaction& transaction) { return work(transaction); });
  }

  Result<UnixMillis> Now() override {
    Result<Lease> lease = connections_->Borrow();
    if (!lease) return tl::unexpected(lease.error());
    Result<Outcome> outcome = (*lease)->Run(schema_, kNow, {}, {});
    if (!outcome) return tl::unexpected(outcome.error());
    return UnixMillis{Integer(outcome->rows.front().front())};
  }

  Result<void> Migrate(std::span<const Migration> migrations) override {
    const Result<bool> current = IsCurrent(migrations);
    if (!current) return tl::unexpected(current.error());
    if (*current) return {};
    Result<bool> more = MigrateOne(migrations);
    while (more && *more) more = MigrateOne(migrations);
    if (!more) return tl::unexpected(more.error());
    return {};
  }

 private:
  Result<void> InTransaction(const std::string& begin, const PostgresWork& work) {
    if (Result<void> nested = NestingGuard::Check(); !nested) return nested;
    Result<Lease> lease = connections_->Borrow();
    if (!lease) return tl::unexpected(lease.error());
    PostgresConnection& connection = **lease;
    if (Result<Outcome> begun = connection.Script(begin); !begun) {
      return tl::unexpected(begun.error());
    }
    PostgresTransaction transaction(connection, schema_);
    Result<void> result = [&] {
      const NestingGuard guard;
      return work(transaction);
    }();
    if (result) result = transaction.state();
    return Finish(connection, std::move(result));
  }

  static Result<void> Finish(PostgresConnection& connection, Result<void> result) {
    if (!result) {
      // A failing rollback leaves a connection that the lease throws away.
      static_cast<void>(connection.Script("rollback"));
      return result;
    }
    if (Result<Outcome> committed = connection.Script("commit"); !committed) {
      return tl::unexpected(committed.error());
    }
    return {};
  }

  // A current schema is only looked at, so who runs on it needs no right to change it.
  Result<bool> IsCurrent(std::span<const Migration> migrations) {
    std::int64_t version = 0;
    Result<void> read = Read([&](Transaction& transaction) -> Result<void> {
      Result<Outcome> table = transaction.Run(kVersionTable, {});
      if (!table) return tl::unexpected(table.error());
      if (Integer(table->rows.front().front()) == 0) return {};
      Result<Outcome> highest = transaction.Run(kHighestMigration, {});
      if (!highest) return tl::unexpected(highest.error());
      version = Integer(highest->rows.front().front());
      return {};
    });
    if (!read) return tl::unexpected(read.error());
    if (Result<void> fit = CheckMigrations(migrations, version); !fit) {
      return tl::unexpected(fit.error());
    }
    return !migrations.empty() && version == migrations.back().number;
  }

  // Applies the next step under the schema's lock; false: nothing was left to do.
  Result<bool> MigrateOne(std::span<const Migration> migrations) {
    bool applied = false;
    Result<void> done = InTransaction("begin", [&](PostgresTransaction& transaction) {
      return ApplyNext(transaction, migrations, applied);
    });
    if (!done) return tl::unexpected(done.error());
    return applied;
  }

  Result<void> ApplyNext(PostgresTransaction& transaction, std::span<const Migration> migrations,
                         bool& applied) {
    const std::string prepare = fmt::format(
        "set local statement_timeout = 0; set local client_min_messages = error;"
        "select pg_advisory_xact_lock(hashtextextended('guarantee.{0}', 0));"
        "create schema if not exists {0};"
        "create table if not exists {0}.schema_version (number bigint primary key,"
        " applied_at timestamptz not null default clock_timestamp())",
        schema_);
    if (Result<void> prepared = transaction.Script(prepare); !prepared) return prepared;
    Result<Outcome> highest = transaction.Run(kHighestMigration, {});
    if (!highest) return tl::unexpected(highest.error());
    const std::int64_t version = Integer(highest->rows.front().front());
    if (Result<void> fit = CheckMigrations(migrations, version); !fit) return fit;
    for (const Migration& migration : migrations) {
      if (migration.number <= version) continue;
      applied = true;
      const std::string text = WithSchema(migration.postgres, schema_ + ".");
      if (Result<void> ran = transaction.Script(text); !ran) return ran;
      const std::array<Value, 1> number = {migration.number};
      Result<Outcome> recorded = transaction.Run(kRecordMigration, number);
      if (!recorded) return tl::unexpected(recorded.error());
      return {};
    }
    return {};
  }

  const std::shared_ptr<PostgresConnections> connections_;
  const std::string schema_;
};

class PoolOfConnections final : public PostgresPool {
 public:
  explicit PoolOfConnections(const PostgresOptions& options)
      : connections_(std::make_shared<PostgresConnections>(options)) {}

  std::unique_ptr<Database> Schema(const std::string& schema) override {
    RequireSchemaName(schema);
    return std::make_unique<PostgresDatabase>(connections_, schema);
  }

 private:
  const std::shared_ptr<PostgresConnections> connections_;
};

}  // namespace

Result<std::shared_ptr<PostgresPool>> PostgresPool::Open(const PostgresOptions& options) {
  if (options.connections < 1 || options.connections > kConnectionsMax) {
    return Refused("sql.options", "connections must be 1 to 64", "connections");
  }
  if (options.connect_timeout.count() <= 0 || options.statement_timeout.count() <= 0) {
    return Refused("sql.options", "the timeouts must be longer than 0 ms");
  }
  // libpq's own sentence is left out: it may quote the password.
  PQconninfoOption* parsed = PQconninfoParse(options.dsn.c_str(), nullptr);
  if (parsed == nullptr)
    return Refused("sql.options", "this is not a libpq connection string", "dsn");
  PQconninfoFree(parsed);
  return std::make_shared<PoolOfConnections>(options);
}

}  // namespace guarantee::sql
