// One suite, two databases: whatever stands here holds for PostgreSQL and for SQLite.
#include <gtest/gtest.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <filesystem>
#include <future>
#include <limits>
#include <thread>

#include "sql/database.h"
#include "testing/postgres_server.h"

namespace guarantee::sql {
namespace {

const Statement kInsert = {"test.insert",
                           "insert into {s}item (id, name, body) values ($1, $2, $3)",
                           "insert into {s}item (id, name, body) values (?1, ?2, ?3)"};
const Statement kInsertSet = {
    "test.insert_set",
    "insert into {s}item (id, name, body, tag) select id, name, body, $4 from "
    "unnest($1::bigint[], $2::text[], $3::bytea[]) as given (id, name, body) returning id",
    "insert into {s}item (id, name, body, tag) values (?1, ?2, ?3, ?4) returning id"};
const Statement kAll = {"test.all", "select id, name, body from {s}item order by id",
                        "select id, name, body from {s}item order by id"};
const Statement kTags = {"test.tags", "select tag from {s}item", "select tag from {s}item"};
const Statement kCount = {"test.count", "select count(*) from {s}item",
                          "select count(*) from {s}item"};
const Statement kIncrement = {"test.increment",
                              "update {s}item set small = small + 1 where id = $1",
                              "update {s}item set small = small + 1 where id = ?1"};
const Statement kSmall = {"test.small", "select small from {s}item where id = $1",
                          "select small from {s}item where id = ?1"};
const Statement kDeleteAll = {"test.delete_all", "delete from {s}item", "delete from {s}item"};
const Statement kBroken = {"test.broken", "select nothing from {s}item",
                           "select nothing from {s}item"};
const Statement kSameName = {"test.all", "select 1::bigint", "select 1"};
const Statement kOrphan = {"test.orphan", "insert into {s}part (item) values ($1)",
                           "insert into {s}part (item) values (?1)"};

constexpr std::array<Migration, 2> kSchema = {
    Migration{1,
              "create table {s}item (id bigint primary key, name text, body bytea, tag text,"
              " small integer not null default 0); create index item_name on {s}item (name);",
              "create table {s}item (id integer primary key, name text, body blob, tag text,"
              " small integer not null default 0); create index {s}item_name on {s}item (name);"},
    Migration{2, "create table {s}part (item bigint not null references {s}item (id))",
              "create table {s}part (item integer not null references {s}item (id))"}};

// A database of either kind, empty.
class Backend {
 public:
  virtual ~Backend() = default;
  virtual std::unique_ptr<Database> Schema(const std::string& name) = 0;
};

class PostgresBackend final : public Backend {
 public:
  PostgresBackend() {
    PostgresOptions options;
    options.dsn = testing::PostgresServer::Shared().NewDatabase();
    pool_ = PostgresPool::Open(options).value();
  }
  std::unique_ptr<Database> Schema(const std::string& name) override { return pool_->Schema(name); }

 private:
  std::shared_ptr<PostgresPool> pool_;
};

class SqliteBackend final : public Backend {
 public:
  SqliteBackend() {
    directory_ = std::filesystem::temp_directory_path() / "guarantee-sql-XXXXXX";
    if (mkdtemp(directory_.data()) == nullptr) ADD_FAILURE() << "no temporary directory";
    file_ = SqliteFile::Open(directory_ + "/hub.db").value();
  }
  ~SqliteBackend() override {
    file_.reset();
    std::filesystem::remove_all(directory_);
  }
  std::unique_ptr<Database> Schema(const std::string& name) override { return file_->Schema(name); }

 private:
  std::string directory_;
  std::shared_ptr<SqliteFile> file_;
};

class DatabaseSuite : public ::testing::TestWithParam<Dialect> {
 protected:
  DatabaseSuite() {
    if (GetParam() == Dialect::kPostgres)
      backend_ = std::make_unique<PostgresBackend>();
    else
      backend_ = std::make_unique<SqliteBackend>();
    database_ = backend_->Schema("orders");
    Check(database_->Migrate(kSchema));
  }

  static void Check(const Result<void>& result) { ASSERT_TRUE(result) << Describe(result.error()); }

  Result<Outcome> Run(const Statement& statement, const std::vector<Value>& parameters = {}) {
    Outcome out;
    Result<void> done = database_->Transact([&](Transaction& transaction) -> Result<void> {
      Result<Outcome> outcome = transaction.Run(statement, parameters);
      if (!outcome) return tl::unexpected(outcome.error());
      out = std::move(*outcome);
      return {};
    });
    if (!done) return tl::unexpected(done.error());
    return out;
  }

  void Insert(std::int64_t id, Value name = {}, Value body = {}) {
    const Result<Outcome> outcome = Run(kInsert, {id, std::move(name), std::move(body)});
    ASSERT_TRUE(outcome) << Describe(outcome.error());
    EXPECT_EQ(outcome->affected, 1);
  }

  std::int64_t Count(Database& database) {
    std::int64_t count = -1;
    Check(database.Read([&](Transaction& transaction) -> Result<void> {
      Result<Outcome> outcome = transaction.Run(kCount, {});
      if (!outcome) return tl::unexpected(outcome.error());
      count = Integer(outcome->rows.at(0).at(0));
      return {};
    }));
    return count;
  }
  std::int64_t Count() { return Count(*database_); }

  static void ExpectError(const Result<void>& result, ErrorKind kind, const std::string& code) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, kind) << Describe(result.error());
    EXPECT_EQ(result.error().code, code) << Describe(result.error());
  }
  static void ExpectError(const Result<Outcome>& result, ErrorKind kind, const std::string& code) {
    ExpectError(result ? Result<void>() : Result<void>(tl::unexpected(result.error())), kind, code);
  }

  std::unique_ptr<Backend> backend_;
  std::unique_ptr<Database> database_;
};

TEST_P(DatabaseSuite, Dialect_IsTheOneAskedFor) { EXPECT_EQ(database_->dialect(), GetParam()); }

TEST_P(DatabaseSuite, Values_OfEveryType_ComeBackAsTheyWere) {
  const Row low = {std::numeric_limits<std::int64_t>::min(), std::string(), Blob{}};
  const Row null = {std::int64_t{0}, Value{}, Value{}};
  const Row high = {std::numeric_limits<std::int64_t>::max(), std::string("保函 Größe '\"\\"),
                    Blob{std::string("\0\xff\\x00", 6)}};
  for (const Row& row : {low, null, high}) Insert(Integer(row[0]), row[1], row[2]);
  EXPECT_EQ(Run(kAll)->rows, (std::vector<Row>{low, null, high}));
}

TEST_P(DatabaseSuite, Values_OfANarrowerColumn_AreConverted) {
  Insert(7);
  EXPECT_EQ(Run(kIncrement, {std::int64_t{7}})->affected, 1);
  EXPECT_EQ(Run(kSmall, {std::int64_t{7}})->rows, (std::vector<Row>{{std::int64_t{1}}}));
}

TEST_P(DatabaseSuite, Affected_CountsChangesOnly) {
  Insert(1);
  Insert(2);
  EXPECT_EQ(Run(kAll)->affected, 0);
  EXPECT_EQ(Run(kIncrement, {std::int64_t{9}})->affected, 0);
  EXPECT_EQ(Run(kDeleteAll)->affected, 2);
}

TEST_P(DatabaseSuite, Transact_WorkFails_RollsBackWithItsError) {
  const Result<void> result = database_->Transact([](Transaction& transaction) -> Result<void> {
    const std::array<Value, 3> row = {std::int64_t{1}, Value{}, Value{}};
    EXPECT_TRUE(transaction.Run(kInsert, row));
    return Refused("test.no", "changed my mind");
  });
  ExpectError(result, ErrorKind::kRefused, "test.no");
  EXPECT_EQ(Count(), 0);
}

TEST_P(DatabaseSuite, Transact_StatementErrorIgnored_IsNotCommitted) {
  const Result<void> result = database_->Transact([](Transaction& transaction) -> Result<void> {
    const std::array<Value, 3> row = {std::int64_t{1}, Value{}, Value{}};
    EXPECT_TRUE(transaction.Run(kInsert, row));
    EXPECT_FALSE(transaction.Run(kBroken, {}));
    EXPECT_FALSE(transaction.Run(kCount, {})) << "after an error only a rollback is left";
    return {};
  });
  ExpectError(result, ErrorKind::kPermanent, "sql.statement");
  EXPECT_EQ(Count(), 0);
}

TEST_P(DatabaseSuite, Transact_UniqueViolation_IsAConflict) {
  Insert(1);
  ExpectError(Run(kInsert, {std::int64_t{1}, Value{}, Value{}}), ErrorKind::kRetryable,
              "sql.conflict");
  EXPECT_EQ(Count(), 1);
}

TEST_P(DatabaseSuite, Transact_ForeignKeyViolation_IsPermanent) {
  ExpectError(Run(kOrphan, {std::int64_t{4711}}), ErrorKind::kPermanent, "sql.statement");
}

TEST_P(DatabaseSuite, Errors_NeverQuoteParameters) {
  Insert(1);
  for (const Value& secret : {Value{std::string("top-secret")}, Value{Blob{"top-secret"}}}) {
    const Result<Outcome> wrong_type = Run(kIncrement, {secret});
    const Result<Outcome> taken =
        Run(kInsert, {std::int64_t{1}, std::string("top-secret"), secret});
    for (const Result<Outcome>* result : {&wrong_type, &taken}) {
      if (*result) continue;  // SQLite compares text with integers
      EXPECT_EQ(Describe(result->error()).find("top-secret"), std::string::npos)
          << Describe(result->error());
    }
    EXPECT_FALSE(taken);
  }
}

TEST_P(DatabaseSuite, Run_WrongNumberOfParameters_IsPermanent) {
  ExpectError(Run(kInsert, {std::int64_t{1}}), ErrorKind::kPermanent, "sql.statement");
}

TEST_P(DatabaseSuite, Run_OneNameForTwoTexts_IsPermanent) {
  EXPECT_TRUE(Run(kAll));
  ExpectError(Run(kSameName), ErrorKind::kPermanent, "sql.statement");
}

class DatabaseSet : public DatabaseSuite {
 protected:
  Result<Outcome> RunSet(const std::vector<Column>& columns, const std::vector<Value>& scalars) {
    Outcome out;
    Result<void> done = database_->Transact([&](Transaction& transaction) -> Result<void> {
      Result<Outcome> outcome = transaction.RunSet(kInsertSet, columns, scalars);
      if (!outcome) return tl::unexpected(outcome.error());
      out = std::move(*outcome);
      return {};
    });
    if (!done) return tl::unexpected(done.error());
    return out;
  }

  static std::vector<Column> Columns(std::vector<Value> ids, std::vector<Value> names,
                                     std::vector<Value> bodies) {
    return {{ColumnType::kInteger, std::move(ids)},
            {ColumnType::kText, std::move(names)},
            {ColumnType::kBlob, std::move(bodies)}};
  }
};

TEST_P(DatabaseSet, RunSet_WithNullsAndBytes_InsertsEveryRow) {
  const std::vector<Row> rows = {
      {std::int64_t{1}, std::string("{a,\"b\"}"), Blob{std::string("\0,", 2)}},
      {std::int64_t{2}, Value{}, Value{}},
      {std::int64_t{3}, std::string("NULL"), Blob{}}};
  const Result<Outcome> outcome =
      RunSet(Columns({rows[0][0], rows[1][0], rows[2][0]}, {rows[0][1], rows[1][1], rows[2][1]},
                     {rows[0][2], rows[1][2], rows[2][2]}),
             {std::string("tag")});
  ASSERT_TRUE(outcome) << Describe(outcome.error());
  EXPECT_EQ(outcome->affected, 3);
  EXPECT_EQ(outcome->rows,
            (std::vector<Row>{{std::int64_t{1}}, {std::int64_t{2}}, {std::int64_t{3}}}));
  EXPECT_EQ(Run(kAll)->rows, rows);
  EXPECT_EQ(Run(kTags)->rows, std::vector<Row>(3, Row{std::string("tag")}));
}

TEST_P(DatabaseSet, RunSet_OfNothing_DoesNothing) {
  const Result<Outcome> outcome = RunSet(Columns({}, {}, {}), {std::string("tag")});
  ASSERT_TRUE(outcome) << Describe(outcome.error());
  EXPECT_EQ(outcome->affected, 0);
  EXPECT_TRUE(outcome->rows.empty());
}

TEST_P(DatabaseSet, RunSet_Ragged_IsPermanent) {
  ExpectError(RunSet(Columns({std::int64_t{1}}, {}, {Value{}}), {Value{}}), ErrorKind::kPermanent,
              "sql.statement");
}

TEST_P(DatabaseSet, RunSet_OneRowConflicts_InsertsNone) {
  Insert(2);
  ExpectError(
      RunSet(Columns({std::int64_t{1}, std::int64_t{2}}, {Value{}, Value{}}, {Value{}, Value{}}),
             {Value{}}),
      ErrorKind::kRetryable, "sql.conflict");
  EXPECT_EQ(Count(), 1);
}

TEST_P(DatabaseSuite, Read_Writing_IsRefused) {
  const Result<void> result = database_->Read([](Transaction& transaction) -> Result<void> {
    const std::array<Value, 3> row = {std::int64_t{1}, Value{}, Value{}};
    Result<Outcome> outcome = transaction.Run(kInsert, row);
    if (!outcome) return tl::unexpected(outcome.error());
    return {};
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(Count(), 0);
}

TEST_P(DatabaseSuite, Read_BesideAWriter_SeesOnlyWhatIsCommitted) {
  Insert(1);
  Check(database_->Transact([&](Transaction& transaction) -> Result<void> {
    const std::array<Value, 3> row = {std::int64_t{2}, Value{}, Value{}};
    EXPECT_TRUE(transaction.Run(kInsert, row));
    EXPECT_EQ(std::async(std::launch::async, [&] { return Count(); }).get(), 1);
    return {};
  }));
  EXPECT_EQ(Count(), 2);
}

TEST_P(DatabaseSuite, Transact_Nested_IsRefusedInsteadOfHanging) {
  Check(database_->Transact([&](Transaction&) -> Result<void> {
    ExpectError(database_->Transact([](Transaction&) -> Result<void> { return {}; }),
                ErrorKind::kPermanent, "sql.nested");
    ExpectError(database_->Read([](Transaction&) -> Result<void> { return {}; }),
                ErrorKind::kPermanent, "sql.nested");
    return {};
  }));
}

TEST_P(DatabaseSuite, Transact_FromManyThreads_LosesNoUpdate) {
  constexpr int kThreads = 8;
  constexpr int kRounds = 25;
  Insert(1);
  std::atomic<int> errors = 0;
  std::vector<std::thread> threads;
  for (int at = 0; at < kThreads; ++at) {
    threads.emplace_back([&] {
      for (int round = 0; round < kRounds; ++round) {
        if (!Run(kIncrement, {std::int64_t{1}})) ++errors;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(errors, 0);
  EXPECT_EQ(Run(kSmall, {std::int64_t{1}})->rows.at(0).at(0),
            Value{std::int64_t{kThreads * kRounds}});
}

TEST_P(DatabaseSuite, Transact_OneOfManyFails_TheOthersStand) {
  constexpr std::int64_t kCallers = 24;
  std::vector<std::thread> threads;
  for (std::int64_t id = 1; id <= kCallers; ++id) {
    threads.emplace_back([this, id] {
      const Result<void> result =
          database_->Transact([&](Transaction& transaction) -> Result<void> {
            const std::array<Value, 3> row = {id, Value{}, Value{}};
            EXPECT_TRUE(transaction.Run(kInsert, row));
            if (id % 2 == 0) return Refused("test.no", "even");
            return {};
          });
      EXPECT_EQ(result.has_value(), id % 2 != 0);
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(Count(), kCallers / 2);
}

TEST_P(DatabaseSuite, Schemas_AreApart) {
  const std::unique_ptr<Database> other = backend_->Schema("claims");
  Check(other->Migrate(kSchema));
  Insert(1);
  EXPECT_EQ(Count(*other), 0);
  EXPECT_EQ(Count(), 1);
}

TEST_P(DatabaseSuite, Now_IsNearTheWallClock) {
  const UnixMillis before = SystemClock().Now();
  const Result<UnixMillis> now = database_->Now();
  ASSERT_TRUE(now) << Describe(now.error());
  EXPECT_GE(*now - before, -1000);
  EXPECT_LE(*now - before, 10'000);
}

TEST_P(DatabaseSuite, Migrate_Again_ChangesNothing) {
  Insert(1);
  Check(database_->Migrate(kSchema));
  EXPECT_EQ(Count(), 1);
}

TEST_P(DatabaseSuite, Migrate_SchemaIsNewer_IsRefused) {
  ExpectError(database_->Migrate(std::span(kSchema).first(1)), ErrorKind::kRefused,
              "sql.schema_newer");
}

TEST_P(DatabaseSuite, Migrate_StepFailsHalfway_LeavesNothingOfIt) {
  const std::array<Migration, 3> bad = {
      kSchema[0], kSchema[1],
      Migration{3, "create table {s}extra (id bigint); create table {s}item (id bigint)",
                "create table {s}extra (id integer); create table {s}item (id integer)"}};
  ExpectError(database_->Migrate(bad), ErrorKind::kPermanent, "sql.statement");
  const std::array<Migration, 3> good = {
      kSchema[0], kSchema[1],
      Migration{3, "create table {s}extra (id bigint)", "create table {s}extra (id integer)"}};
  Check(database_->Migrate(good));
}

TEST_P(DatabaseSuite, Migrate_NumbersDoNotRise_IsPermanent) {
  const std::array<Migration, 2> bad = {kSchema[1], kSchema[0]};
  ExpectError(database_->Migrate(bad), ErrorKind::kPermanent, "sql.migration");
}

TEST_P(DatabaseSuite, Migrate_ByManyAtOnce_AppliesEachStepOnce) {
  std::vector<std::future<Result<void>>> runs;
  for (int at = 0; at < 4; ++at) {
    runs.push_back(std::async(std::launch::async,
                              [&] { return backend_->Schema("fresh")->Migrate(kSchema); }));
  }
  for (std::future<Result<void>>& run : runs) Check(run.get());
  EXPECT_EQ(Count(*backend_->Schema("fresh")), 0);
}

const auto kNames = [](const ::testing::TestParamInfo<Dialect>& info) {
  return info.param == Dialect::kPostgres ? "Postgres" : "Sqlite";
};
INSTANTIATE_TEST_SUITE_P(Both, DatabaseSuite,
                         ::testing::Values(Dialect::kPostgres, Dialect::kSqlite), kNames);
INSTANTIATE_TEST_SUITE_P(Both, DatabaseSet, ::testing::Values(Dialect::kPostgres, Dialect::kSqlite),
                         kNames);

}  // namespace
}  // namespace guarantee::sql
