// Two transactions at once on PostgreSQL: the second waits for the first and sees what it did.
#include <gtest/gtest.h>

#include <future>

#include "sql/lease_store.h"
#include "sql/write_store.h"
#include "testing/postgres_server.h"

namespace guarantee::sql {
namespace {

using messaging::HeldEpoch;
using messaging::RowKey;
using messaging::StoredRow;
using messaging::WriteTransaction;

constexpr const char* kGroup = "order";
constexpr std::chrono::seconds kPatience{20};
constexpr std::chrono::milliseconds kLook{2};

const Statement kWaiting = {
    "lock.waiting",
    "select count(*) from pg_stat_activity where datname = current_database()"
    " and wait_event_type = 'Lock'",
    ""};

class WriteStoreLockTest : public ::testing::Test {
 protected:
  WriteStoreLockTest() {
    PostgresOptions options;
    options.dsn = testing::PostgresServer::Shared().NewDatabase();
    options.statement_timeout = std::chrono::milliseconds{20'000};
    pool_ = PostgresPool::Open(options).value();
    database_ = pool_->Schema("orders");
    EXPECT_TRUE(database_->Migrate(WriteStoreMigrations()).has_value());
    store_ = std::make_unique<SqlWriteStore>(*database_, kGroup);
    leases_ = std::make_unique<SqlLeaseStore>(*database_);
  }

  bool SomebodyWaits() {
    std::int64_t waiting = 0;
    const Result<void> read = database_->Read([&](Transaction& transaction) -> Result<void> {
      const Result<Outcome> outcome = transaction.Run(kWaiting, {});
      if (!outcome) return tl::unexpected(outcome.error());
      waiting = Integer(outcome->rows.at(0).at(0));
      return {};
    });
    EXPECT_TRUE(read.has_value());
    return waiting > 0;
  }
  // Until the other transaction has ended, or stands at a lock.
  template <typename T>
  bool StandsAtALock(std::future<T>& other) {
    const auto deadline = std::chrono::steady_clock::now() + kPatience;
    while (std::chrono::steady_clock::now() < deadline) {
      if (other.wait_for(kLook) == std::future_status::ready) return false;
      // On a thread of its own: a transaction is open on this one.
      if (std::async(std::launch::async, [this] { return SomebodyWaits(); }).get()) return true;
    }
    return false;
  }
  messaging::AcquiredLease Acquire(const std::string& holder) {
    const std::vector<std::string> topics{"requests"};
    return leases_->Acquire({kGroup, holder, 6'000, false}, 0, topics).value();
  }

  std::shared_ptr<PostgresPool> pool_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<SqlWriteStore> store_;
  std::unique_ptr<SqlLeaseStore> leases_;
};

StoredRow Row(std::int64_t version, std::string state) {
  return {{1, "flow"}, 0, version, std::move(state), {"demo", "1", "b", "counting", 0}, {}};
}

TEST_F(WriteStoreLockTest, AWriterWaitsForTheWriterBeforeIt) {
  const RowKey keys[] = {{1, "flow"}};
  const StoredRow first[] = {Row(0, "first")};
  ASSERT_TRUE(store_->Transact([&](WriteTransaction& own) { return own.Save(first); }));
  std::future<std::string> other;
  bool waited = false;
  const Result<void> done = store_->Transact([&](WriteTransaction& own) -> Result<void> {
    const auto locked = own.Lock(keys);
    if (!locked) return tl::unexpected(locked.error());
    other = std::async(std::launch::async, [&] {
      std::string seen;
      const Result<void> read = store_->Transact([&](WriteTransaction& second) -> Result<void> {
        const auto rows = second.Lock(keys);
        if (!rows) return tl::unexpected(rows.error());
        seen = rows->at(0).state;
        return {};
      });
      return read ? seen : Describe(read.error());
    });
    waited = StandsAtALock(other);
    const StoredRow second[] = {Row(locked->at(0).version, "second")};
    return own.Save(second);
  });
  ASSERT_TRUE(done.has_value()) << Describe(done.error());
  EXPECT_TRUE(waited);
  EXPECT_EQ(other.get(), "second");
}

TEST_F(WriteStoreLockTest, ANewOwnerWaitsForATransactionOfTheOld) {
  const HeldEpoch held[] = {{0, Acquire("a").epoch}};
  std::future<std::int64_t> other;
  bool waited = false;
  const Result<void> done = store_->Transact([&](WriteTransaction& own) -> Result<void> {
    if (Result<void> holds = own.HoldEpochs(held); !holds) return holds;
    other = std::async(std::launch::async, [&] { return Acquire("b").epoch; });
    waited = StandsAtALock(other);
    return {};
  });
  ASSERT_TRUE(done.has_value()) << Describe(done.error());
  EXPECT_TRUE(waited);
  EXPECT_EQ(other.get(), held[0].epoch + 1);
}

}  // namespace
}  // namespace guarantee::sql
