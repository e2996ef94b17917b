// The register's SQL in both dialects.
#include "gateway/register/register.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <atomic>
#include <filesystem>
#include <thread>

#include "gateway/register/batcher.h"
#include "test_doubles.h"
#include "testing/postgres_server.h"

namespace guarantee::gateway {
namespace {

class RegisterTest : public ::testing::TestWithParam<sql::Dialect> {
 protected:
  RegisterTest() {
    std::string pattern = (std::filesystem::temp_directory_path() / "register-XXXXXX").string();
    folder_ = mkdtemp(pattern.data());
  }
  ~RegisterTest() override {
    database_.reset();
    file_.reset();
    pool_.reset();
    std::filesystem::remove_all(folder_);
  }
  void SetUp() override {
    if (GetParam() == sql::Dialect::kSqlite) {
      auto file = sql::SqliteFile::Open((folder_ / "register.db").string());
      ASSERT_TRUE(file) << Describe(file.error());
      file_ = *file;
      database_ = std::make_unique<TestDatabase>(file_->Schema("gateway"));
    } else {
      sql::PostgresOptions options;
      options.dsn = testing::PostgresServer::Shared().NewDatabase();
      auto pool = sql::PostgresPool::Open(options);
      ASSERT_TRUE(pool) << Describe(pool.error());
      pool_ = *pool;
      database_ = std::make_unique<TestDatabase>(pool_->Schema("gateway"));
    }
    const auto migrated = database_->Migrate(RegisterMigrations());
    ASSERT_TRUE(migrated) << Describe(migrated.error());
  }

  static RegisterClaim Claim(const std::string& number, const std::string& order,
                             const std::string& event, std::int64_t received_ms = 1'000) {
    RegisterClaim claim;
    claim.row.key = {"demo", "3.1", number};
    claim.row.unique_value = order;
    claim.row.digest = std::string("\0digest\xff", 8);
    claim.row.digest_version = 1;
    claim.row.event_id = event;
    claim.row.received_at = {received_ms};
    claim.row.flow = "demo/order/" + order;
    claim.release_before = {received_ms - 500};
    return claim;
  }
  std::vector<ClaimOutcome> Claims(const std::vector<RegisterClaim>& claims) {
    auto outcomes = ClaimNumbers(*database_, claims);
    EXPECT_TRUE(outcomes) << Describe(outcomes.error());
    return outcomes.value_or(std::vector<ClaimOutcome>(claims.size()));
  }

  std::filesystem::path folder_;
  std::shared_ptr<sql::SqliteFile> file_;
  std::shared_ptr<sql::PostgresPool> pool_;
  std::unique_ptr<TestDatabase> database_;
};

TEST_P(RegisterTest, AClaimIsTakenOnceAndReadBackWhole) {
  EXPECT_TRUE(Claims({Claim("B1", "O1", "E1")})[0].inserted);
  const ClaimOutcome again = Claims({Claim("B1", "O1", "E2")})[0];
  EXPECT_FALSE(again.inserted);
  ASSERT_TRUE(again.same_number);
  EXPECT_EQ(again.same_number->event_id, "E1");
  EXPECT_EQ(again.same_number->digest, std::string("\0digest\xff", 8));
  EXPECT_EQ(again.same_number->received_at.value, 1'000);
  EXPECT_EQ(again.same_number->unique_value, "O1");
  EXPECT_EQ(again.same_number->flow, "demo/order/O1");
  EXPECT_FALSE(again.same_number->confirmed);
}

TEST_P(RegisterTest, ABatchMayHoldTheSameNumberTwice) {
  const auto outcomes =
      Claims({Claim("B2", "O2", "E1"), Claim("B1", "O1", "E2"), Claim("B2", "O2", "E3")});
  EXPECT_TRUE(outcomes[1].inserted);
  EXPECT_NE(outcomes[0].inserted, outcomes[2].inserted);
  const ClaimOutcome& repeat = outcomes[0].inserted ? outcomes[2] : outcomes[0];
  ASSERT_TRUE(repeat.same_number);
  EXPECT_EQ(repeat.same_number->event_id, outcomes[0].inserted ? "E1" : "E3");
}

TEST_P(RegisterTest, AUsedUniqueValueNamesItsHolder) {
  EXPECT_TRUE(Claims({Claim("B1", "O1", "E1")})[0].inserted);
  const ClaimOutcome taken = Claims({Claim("B2", "O1", "E2")})[0];
  EXPECT_FALSE(taken.inserted);
  EXPECT_FALSE(taken.same_number);
  ASSERT_TRUE(taken.same_unique);
  EXPECT_EQ(taken.same_unique->key.business_no, "B1");
}

TEST_P(RegisterTest, OnlyAnOldUnconfirmedRowGivesItsUniqueValueUp) {
  EXPECT_TRUE(Claims({Claim("B1", "O1", "E1", 1'000), Claim("B2", "O2", "E2", 1'000)})[0].inserted);
  ASSERT_TRUE(ConfirmNumbers(*database_, std::vector<RegisterKey>{{"demo", "3.1", "B2"}}));
  EXPECT_FALSE(Claims({Claim("B3", "O1", "E3", 1'500)})[0].inserted);
  const auto outcomes = Claims({Claim("B3", "O1", "E3", 1'501), Claim("B4", "O2", "E4", 9'000)});
  EXPECT_TRUE(outcomes[0].inserted);
  EXPECT_FALSE(outcomes[1].inserted);
  const auto old =
      QueryNumbers(*database_, std::vector<RegisterQuery>{{{"demo", "3.1", "B1"}, ""}});
  ASSERT_TRUE(old);
  EXPECT_EQ((*old)[0].same_number->unique_value, "");
}

TEST_P(RegisterTest, RowsWithoutUniqueValueDoNotMeet) {
  RegisterClaim one = Claim("B1", "", "E1");
  RegisterClaim other = Claim("B2", "", "E2");
  one.row.key.section = other.row.key.section = "3.9";
  const auto outcomes = Claims({one, other});
  EXPECT_TRUE(outcomes[0].inserted && outcomes[1].inserted);
}

TEST_P(RegisterTest, AQueryFindsByNumberAndByUniqueValue) {
  EXPECT_TRUE(Claims({Claim("B1", "O1", "E1"), Claim("O1", "O2", "E2")})[0].inserted);
  const auto outcomes =
      QueryNumbers(*database_, std::vector<RegisterQuery>{{{"demo", "3.1", "O1"}, "O1"},
                                                          {{"demo", "3.1", "none"}, "none"},
                                                          {{"second", "3.1", "B1"}, "O1"}});
  ASSERT_TRUE(outcomes);
  EXPECT_EQ((*outcomes)[0].same_number->event_id, "E2");
  EXPECT_EQ((*outcomes)[0].same_unique->event_id, "E1");
  for (const std::size_t at : {std::size_t{1}, std::size_t{2}}) {
    EXPECT_FALSE((*outcomes)[at].same_number);
    EXPECT_FALSE((*outcomes)[at].same_unique);
  }
}

TEST_P(RegisterTest, ConcurrentBatchersAgreeOnOneWinnerANumber) {
  RegisterOptions options;
  RegisterBatcher first(options, *database_);
  RegisterBatcher second(options, *database_);
  constexpr int kNumbers = 100;
  std::atomic<int> inserted{0};
  std::atomic<int> answered{0};
  const auto until = std::chrono::steady_clock::now() + kTestDeadline;
  for (int at = 0; at < kNumbers; ++at) {
    int copy = 0;
    // The orders run against the numbers, so that the two keys are locked in opposite order.
    const std::string number = std::to_string(1'000 + at);
    const std::string order = std::to_string(2'000 - at);
    for (RegisterBatcher* batcher : {&first, &second, &first, &second}) {
      batcher->Claim(Claim(number, order, number + "-" + std::to_string(copy++)), until,
                     [&](const Result<ClaimOutcome>& outcome) {
                       ASSERT_TRUE(outcome) << Describe(outcome.error());
                       if (outcome->inserted) ++inserted;
                       ++answered;
                     });
    }
  }
  first.Stop(until);
  second.Stop(until);
  EXPECT_EQ(answered, kNumbers * 4);
  EXPECT_EQ(inserted, kNumbers);
}

TEST_P(RegisterTest, ABatchThatFailsForGoodIsHalved) {
  RegisterOptions options;
  options.threads = 1;
  RegisterBatcher batcher(options, *database_);
  database_->FailNext(1, {ErrorKind::kPermanent, "sql.statement", "", "bad"});
  std::atomic<int> failed{0};
  std::atomic<int> inserted{0};
  const auto until = std::chrono::steady_clock::now() + kTestDeadline;
  for (int at = 0; at < 8; ++at) {
    const std::string number = std::to_string(at);
    batcher.Claim(Claim(number, number, number), until,
                  [&](const Result<ClaimOutcome>& outcome) { ++(outcome ? inserted : failed); });
  }
  batcher.Stop(until);
  EXPECT_EQ(inserted + failed, 8);
  EXPECT_LE(failed, 1);  // one, if it was alone in its batch
}

TEST_P(RegisterTest, ConfirmationsOutliveADatabaseThatGoesAway) {
  RegisterOptions options;
  options.confirm_retry_pause = std::chrono::milliseconds(1);
  RegisterBatcher batcher(options, *database_);
  EXPECT_TRUE(Claims({Claim("B1", "O1", "E1")})[0].inserted);
  database_->FailNext(3, {ErrorKind::kRetryable, "sql.unavailable", "", "away"});
  batcher.Confirm({"demo", "3.1", "B1"});
  batcher.Stop(std::chrono::steady_clock::now() + kTestDeadline);
  const auto row =
      QueryNumbers(*database_, std::vector<RegisterQuery>{{{"demo", "3.1", "B1"}, ""}});
  ASSERT_TRUE(row);
  EXPECT_TRUE((*row)[0].same_number->confirmed);
}

TEST_P(RegisterTest, WhatNobodyWaitsForIsNotInserted) {
  RegisterBatcher batcher({}, *database_);
  std::string code;
  batcher.Claim(Claim("B1", "O1", "E1"), std::chrono::steady_clock::now() - std::chrono::seconds(1),
                [&](const Result<ClaimOutcome>& outcome) { code = outcome.error().code; });
  batcher.Stop(std::chrono::steady_clock::now() + kTestDeadline);
  EXPECT_EQ(code, "register.late");
  EXPECT_TRUE(Claims({Claim("B1", "O1", "E2")})[0].inserted);
}

INSTANTIATE_TEST_SUITE_P(Dialects, RegisterTest,
                         ::testing::Values(sql::Dialect::kSqlite, sql::Dialect::kPostgres),
                         [](const auto& param) {
                           return param.param == sql::Dialect::kSqlite ? "Sqlite" : "Postgres";
                         });

}  // namespace
}  // namespace guarantee::gateway
