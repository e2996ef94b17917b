// What only a server can do to us: it goes, it freezes, it says no.
#include <gtest/gtest.h>
#include <signal.h>

#include <array>
#include <future>

#include "postgres_error.h"
#include "sql/database.h"
#include "testing/postgres_server.h"

namespace guarantee::sql {
namespace {

using testing::PostgresServer;

const Statement kOne = {"postgres.one", "select 1::bigint", ""};
const Statement kTerminate = {"postgres.terminate",
                              "select 1::bigint from pg_terminate_backend(pg_backend_pid())", ""};
const Statement kPause = {"postgres.pause", "select pg_sleep(30)", ""};
const Statement kSetting = {"postgres.setting", "select current_setting($1)", ""};
const Statement kInsert = {"postgres.insert", "insert into {s}item values ($1)", ""};
const Statement kCount = {"postgres.count", "select count(*) from {s}item", ""};
const Statement kFloating = {"postgres.floating", "select 1.5::float8", ""};

constexpr std::array<Migration, 1> kSchema = {
    Migration{1, "create table {s}item (id bigint primary key)", ""}};

class PostgresTest : public ::testing::Test {
 protected:
  PostgresTest() {
    options_.dsn = PostgresServer::Shared().NewDatabase();
    options_.connections = 2;
    options_.connect_timeout = std::chrono::milliseconds(300);
    options_.statement_timeout = std::chrono::milliseconds(300);
    Reopen();
    const Result<void> migrated = database_->Migrate(kSchema);
    EXPECT_TRUE(migrated) << Describe(migrated.error());
  }

  void Reopen() {
    pool_ = PostgresPool::Open(options_).value();
    database_ = pool_->Schema("orders");
  }

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

  static void ExpectUnavailable(const Result<Outcome>& result) {
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().kind, ErrorKind::kRetryable) << Describe(result.error());
    EXPECT_EQ(result.error().code, "sql.unavailable") << Describe(result.error());
  }

  PostgresOptions options_;
  std::shared_ptr<PostgresPool> pool_;
  std::unique_ptr<Database> database_;
};

TEST_F(PostgresTest, Session_HasTheSettingsThatDurabilityAndLimitsNeed) {
  const auto setting = [&](const char* name) {
    const Result<Outcome> outcome = Run(kSetting, {std::string(name)});
    return outcome ? Text(outcome->rows.at(0).at(0)) : Describe(outcome.error());
  };
  EXPECT_EQ(setting("synchronous_commit"), "on");
  EXPECT_EQ(setting("statement_timeout"), "300ms");
  EXPECT_EQ(setting("idle_in_transaction_session_timeout"), "600ms");
  EXPECT_EQ(setting("application_name"), "guarantee-hub");
  EXPECT_EQ(setting("transaction_isolation"), "read committed");
}

TEST_F(PostgresTest, Connection_DroppedWhileIdle_IsReplacedUnnoticed) {
  EXPECT_TRUE(Run(kOne));
  PostgresServer::Shared().DropConnections();
  const Result<Outcome> outcome = Run(kOne);
  EXPECT_TRUE(outcome) << Describe(outcome.error());
}

TEST_F(PostgresTest, Connection_LostInATransaction_IsUnavailableAndReplaced) {
  const Result<void> result = database_->Transact([](Transaction& transaction) -> Result<void> {
    const std::array<Value, 1> row = {std::int64_t{1}};
    EXPECT_TRUE(transaction.Run(kInsert, row));
    ExpectUnavailable(transaction.Run(kTerminate, {}));
    ExpectUnavailable(transaction.Run(kOne, {}));
    return {};
  });
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, "sql.unavailable");
  EXPECT_EQ(Run(kCount)->rows.at(0).at(0), Value{std::int64_t{0}});
}

TEST_F(PostgresTest, Statement_TooSlow_IsUnavailableNotPermanent) {
  ExpectUnavailable(Run(kPause));
  EXPECT_TRUE(Run(kOne));
}

TEST_F(PostgresTest, Pool_Exhausted_FailsInsideConnectTimeout) {
  std::promise<void> release;
  const std::shared_future<void> released = release.get_future().share();
  std::array<std::promise<void>, 2> holding;
  std::vector<std::future<Result<void>>> holders;
  for (std::promise<void>& held : holding) {
    holders.push_back(std::async(std::launch::async, [this, &held, released] {
      return database_->Transact([&](Transaction&) -> Result<void> {
        held.set_value();
        released.wait();
        return {};
      });
    }));
  }
  for (std::promise<void>& held : holding) held.get_future().wait();
  const auto before = std::chrono::steady_clock::now();
  ExpectUnavailable(Run(kOne));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(3));
  release.set_value();
  for (auto& holder : holders) holder.get();
  EXPECT_TRUE(Run(kOne));
}

TEST_F(PostgresTest, Server_Away_IsUnavailable) {
  options_.dsn = "host=127.0.0.1 port=1 dbname=none user=none password=top-secret";
  Reopen();
  const Result<Outcome> outcome = Run(kOne);
  ExpectUnavailable(outcome);
  EXPECT_EQ(outcome.error().message.find("top-secret"), std::string::npos);
  EXPECT_FALSE(database_->Now());
}

TEST_F(PostgresTest, Server_Frozen_IsUnavailableInsideTheDeadline) {
  const pid_t pid = PostgresServer::Shared().pid();
  if (pid == 0) GTEST_SKIP() << "the given server cannot be stopped";
  ASSERT_EQ(kill(pid, SIGSTOP), 0);  // the kernel still accepts, nobody answers
  Reopen();
  const auto before = std::chrono::steady_clock::now();
  const Result<Outcome> outcome = Run(kOne);
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(3));
  EXPECT_EQ(kill(pid, SIGCONT), 0);
  ExpectUnavailable(outcome);
  EXPECT_TRUE(Run(kOne));
}

TEST_F(PostgresTest, Result_OfATypeWithoutValue_IsPermanent) {
  const Result<Outcome> outcome = Run(kFloating);
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, "sql.statement");
}

TEST_F(PostgresTest, Open_BadOptions_AreRefusedWithoutTheDsn) {
  options_.dsn = "host=x password top-secret";
  const auto bad_dsn = PostgresPool::Open(options_);
  ASSERT_FALSE(bad_dsn);
  EXPECT_EQ(bad_dsn.error().kind, ErrorKind::kRefused);
  EXPECT_EQ(Describe(bad_dsn.error()).find("secret"), std::string::npos);
  options_.dsn = "host=x";
  options_.connections = 65;
  EXPECT_FALSE(PostgresPool::Open(options_));
}

struct Mapping {
  const char* sqlstate;
  ErrorKind kind;
  const char* code;
  bool replace;
};

TEST(PostgresErrorTest, SqlState_DecidesWhatTheCallerMayDo) {
  for (const Mapping& mapping : {
           Mapping{"40001", ErrorKind::kRetryable, "sql.conflict", false},
           Mapping{"40P01", ErrorKind::kRetryable, "sql.conflict", false},
           Mapping{"23505", ErrorKind::kRetryable, "sql.conflict", false},
           Mapping{"08006", ErrorKind::kRetryable, "sql.unavailable", true},
           Mapping{"57P01", ErrorKind::kRetryable, "sql.unavailable", true},
           Mapping{"53100", ErrorKind::kRetryable, "sql.unavailable", true},
           Mapping{"25006", ErrorKind::kRetryable, "sql.unavailable", true},
           Mapping{"57014", ErrorKind::kRetryable, "sql.unavailable", false},
           Mapping{"55P03", ErrorKind::kRetryable, "sql.unavailable", false},
           Mapping{"23503", ErrorKind::kPermanent, "sql.statement", false},
           Mapping{"22P02", ErrorKind::kPermanent, "sql.statement", false},
           Mapping{"42601", ErrorKind::kPermanent, "sql.statement", false},
           Mapping{"", ErrorKind::kPermanent, "sql.statement", false},
       }) {
    const PostgresFault fault = FaultOf(mapping.sqlstate, "m", "");
    EXPECT_EQ(fault.error.kind, mapping.kind) << mapping.sqlstate;
    EXPECT_EQ(fault.error.code, mapping.code) << mapping.sqlstate;
    EXPECT_EQ(fault.replace_connection, mapping.replace) << mapping.sqlstate;
  }
}

TEST(PostgresErrorTest, Message_OfADataException_IsWithheld) {
  const Error error = FaultOf("22P02", "invalid input syntax: \"top-secret\"", "").error;
  EXPECT_EQ(error.message, "SQLSTATE 22P02");
}

}  // namespace
}  // namespace guarantee::sql
