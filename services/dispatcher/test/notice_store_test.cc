// The store on its own: who may write what, and that the set-based statements say the same as
// domain/delivery.h.
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <future>
#include <thread>

#include "crypto/random.h"
#include "dispatcher/adapters/notice_migrations.h"
#include "dispatcher/adapters/notice_store_sql.h"
#include "dispatcher/app/topics.h"
#include "sql/lease_store.h"
#include "sql/write_store.h"
#include "testing/postgres_server.h"

namespace guarantee::dispatcher {
namespace {

constexpr UnixMillis kNow{1'735'689'600'000};
constexpr std::int32_t kPartition = 3;

enum class Kind { kSqlite, kPostgres };

class NoticeStoreTest : public ::testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    if (GetParam() == Kind::kPostgres) {
      pool_ = *sql::PostgresPool::Open({testing::PostgresServer::Shared().NewDatabase()});
      database_ = pool_->Schema("dispatcher");
    } else {
      path_ = ::testing::TempDir() + "notice_store_" + std::to_string(::getpid()) + ".db";
      RemoveFiles();
      file_ = *sql::SqliteFile::Open(path_);
      database_ = file_->Schema("dispatcher");
    }
    ASSERT_TRUE(database_->Migrate(DispatcherMigrations()));
    store_ = std::make_unique<SqlNoticeStore>(*database_, crypto::SystemRandom());
    held_ = Acquire("first");
  }
  void TearDown() override {
    store_.reset();
    database_.reset();
    file_.reset();
    if (!path_.empty()) RemoveFiles();
  }
  void RemoveFiles() {
    for (const char* suffix : {"", "-wal", "-shm", ".lock"}) {
      std::filesystem::remove(path_ + suffix);
    }
  }
  messaging::HeldEpoch Acquire(const std::string& holder) {
    sql::SqlLeaseStore leases(*database_);
    const std::vector<std::string> topics = {kNoticesTopic};
    const auto lease = leases.Acquire({kGroup, holder, 20'000, true}, kPartition, topics);
    EXPECT_TRUE(lease);
    return {kPartition, lease->epoch};
  }
  static Notice MakeNotice(const std::string& id, std::int64_t sequence) {
    Notice notice;
    notice.head = {id, "demo/order/T1", "demo", "3.4", kPartition, sequence, {}};
    notice.type = "guarantee.partner.v1.OrderCancelNotice";
    notice.value = "value of " + id;
    notice.received_at = kNow;
    return notice;
  }
  Result<LaneChanges> TakeIn(std::vector<IncomingRecord> records) {
    const messaging::OffsetMove move{{kNoticesTopic, kPartition}, held_.epoch, next_, next_ + 1};
    auto taken = store_->TakeIn(records, {&move, 1}, kNow);
    if (taken) ++next_;
    return taken;
  }
  Notice Load(const std::string& id) {
    const auto notices = store_->LoadNotices({&id, 1});
    EXPECT_TRUE(notices);
    return notices->empty() ? Notice{} : notices->front();
  }
  bool Begin(const Notice& notice, const messaging::HeldEpoch& epoch, const std::string& body) {
    const Beginning beginning{notice.head.id, notice.delivery.attempts + 1, epoch, body, "digest"};
    const auto begun = store_->Begin({&beginning, 1}, kNow);
    return begun && begun->size() == 1;
  }
  // The attempt under way ends so.
  Finished End(const std::string& id, Ending ending, const messaging::HeldEpoch& epoch) {
    Finished finished;
    finished.notice = Load(id);
    finished.epoch = epoch;
    const Step step = Apply(finished.notice.delivery, AttemptEnded{ending, kNow + 1'000, true});
    finished.attempt = {
        id, finished.notice.delivery.attempts, kNow, 5, ending, {200, "200", ""}, "digest"};
    finished.notice.delivery = step.next;
    finished.telling = step.telling;
    return finished;
  }
  std::int64_t CountEvents() {
    sql::SqlWriteStore outbox(*database_, kGroup);
    const auto pending = outbox.LoadPending({&kPartition, 1}, 100);
    EXPECT_TRUE(pending);
    return static_cast<std::int64_t>(pending->size());
  }

  std::string path_;
  std::shared_ptr<sql::SqliteFile> file_;
  std::shared_ptr<sql::PostgresPool> pool_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<SqlNoticeStore> store_;
  messaging::HeldEpoch held_;
  std::int64_t next_ = messaging::kLogBeginning;
};
INSTANTIATE_TEST_SUITE_P(Stores, NoticeStoreTest, ::testing::Values(Kind::kSqlite, Kind::kPostgres),
                         [](const auto& kind) {
                           return kind.param == Kind::kSqlite ? "Sqlite" : "Postgres";
                         });

TEST_P(NoticeStoreTest, IntakeIsOneWithItsOffset) {
  const auto taken = TakeIn({MakeNotice("one", 1), MakeNotice("two", 2)});
  ASSERT_TRUE(taken);
  ASSERT_EQ(taken->ready.size(), 1U);
  EXPECT_EQ(taken->ready[0].id, "one");
  // The same offset again: nothing of it is written.
  --next_;
  const auto again = TakeIn({MakeNotice("three", 3)});
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, messaging::kFencedCode);
  EXPECT_EQ(store_->List({})->size(), 2U);
}

TEST_P(NoticeStoreTest, OneAttemptAtATimeUnderTheHeldEpoch) {
  ASSERT_TRUE(TakeIn({MakeNotice("one", 1)}));
  const Notice notice = Load("one");
  const messaging::HeldEpoch stale{kPartition, held_.epoch - 1};
  EXPECT_FALSE(Begin(notice, stale, "bytes"));
  EXPECT_TRUE(Begin(notice, held_, "bytes"));
  EXPECT_FALSE(Begin(notice, held_, "bytes")) << "in flight already";
  const Notice begun = Load("one");
  EXPECT_EQ(begun.delivery.state, State::kInFlight);
  EXPECT_EQ(begun.body, "bytes");
}

TEST_P(NoticeStoreTest, CountsTheHeadsOfEachState) {
  const auto count = [this](State state) {
    const auto totals = store_->HeadTotals();
    EXPECT_TRUE(totals && totals->size() == 3);
    for (const HeadTotal& total : *totals) {
      if (total.state != state) continue;
      EXPECT_EQ(total.oldest.has_value(), total.count > 0);
      EXPECT_EQ(total.oldest.value_or(kNow), kNow);
      return total.count;
    }
    return std::int64_t{-1};
  };
  EXPECT_EQ(count(State::kPending), 0);
  ASSERT_TRUE(TakeIn({MakeNotice("one", 1), MakeNotice("two", 2)}));
  EXPECT_EQ(count(State::kPending), 1) << "what waits behind it is no head";
  ASSERT_TRUE(Begin(Load("one"), held_, "bytes"));
  EXPECT_EQ(count(State::kPending), 0);
  EXPECT_EQ(count(State::kInFlight), 1);
  const Finished refused = End("one", Ending::kRefused, held_);
  ASSERT_TRUE(store_->Finish({&refused, 1}, kNow));
  EXPECT_EQ(count(State::kInFlight), 0);
  EXPECT_EQ(count(State::kParked), 1);
}

TEST_P(NoticeStoreTest, WhatWaitsInTheLaneCannotBegin) {
  ASSERT_TRUE(TakeIn({MakeNotice("one", 1), MakeNotice("two", 2)}));
  EXPECT_FALSE(Begin(Load("two"), held_, "bytes"));
}

TEST_P(NoticeStoreTest, AnAcceptanceMovesTheLaneAndTellsInOneTransaction) {
  ASSERT_TRUE(TakeIn({MakeNotice("one", 1), MakeNotice("two", 2)}));
  ASSERT_TRUE(Begin(Load("one"), held_, "bytes"));
  const Finished accepted = End("one", Ending::kAccepted, held_);
  const auto changes = store_->Finish({&accepted, 1}, kNow);
  ASSERT_TRUE(changes);
  ASSERT_EQ(changes->ready.size(), 1U);
  EXPECT_EQ(changes->ready[0].id, "two");
  EXPECT_EQ(CountEvents(), 1);
  // A second report of the same attempt finds nothing to change.
  const auto repeated = store_->Finish({&accepted, 1}, kNow);
  ASSERT_TRUE(repeated);
  EXPECT_TRUE(repeated->ready.empty());
  EXPECT_EQ(CountEvents(), 1);
}

TEST_P(NoticeStoreTest, ANewOwnerTakesOverAndTheOldOnesResultIsDropped) {
  ASSERT_TRUE(TakeIn({MakeNotice("one", 1)}));
  const Notice before = Load("one");
  ASSERT_TRUE(Begin(before, held_, "bytes"));
  const Finished late = End("one", Ending::kAccepted, held_);
  const messaging::HeldEpoch newer = Acquire("second");
  ASSERT_TRUE(store_->TakeOver({&newer, 1}, kNow + 10));

  const auto dropped = store_->Finish({&late, 1}, kNow);
  ASSERT_FALSE(dropped);
  EXPECT_EQ(dropped.error().code, messaging::kFencedCode);
  EXPECT_EQ(CountEvents(), 0);

  const Notice taken = Load("one");
  Delivery expected = before.delivery;
  ++expected.attempts;
  expected.state = State::kInFlight;
  expected = Apply(expected, OwnerLost{kNow + 10}).next;
  EXPECT_EQ(taken.delivery, expected) << "the statement does what the domain says";
  EXPECT_EQ(taken.body, "bytes");
  const auto history = store_->Show("one");
  ASSERT_EQ(history->attempts.size(), 1U);
  EXPECT_EQ(history->attempts[0].ending, Ending::kUnknown);

  ASSERT_TRUE(Begin(taken, newer, ""));
  EXPECT_EQ(Load("one").body, "bytes") << "the same bytes go out again";
}

TEST_P(NoticeStoreTest, TakingOverOnesOwnEpochAgainChangesNothing) {
  ASSERT_TRUE(TakeIn({MakeNotice("one", 1)}));
  ASSERT_TRUE(Begin(Load("one"), held_, "bytes"));
  ASSERT_TRUE(store_->TakeOver({&held_, 1}, kNow));
  EXPECT_EQ(Load("one").delivery.state, State::kInFlight);
}

TEST_P(NoticeStoreTest, HeadsAreFoundByScopeWhenDue) {
  Notice other = MakeNotice("other", 1);
  other.head.flow = "demo/order/T2";
  other.head.section = "3.2";
  ASSERT_TRUE(TakeIn({MakeNotice("one", 1), other}));
  const auto scopes = store_->LoadScopes({&kPartition, 1});
  ASSERT_TRUE(scopes);
  EXPECT_EQ(scopes->size(), 2U);
  EXPECT_EQ(store_->LoadHeads(*scopes, kNow, 10)->size(), 2U);
  EXPECT_TRUE(store_->LoadHeads(*scopes, kNow + -1, 10)->empty());
  const std::int32_t elsewhere = 9;
  EXPECT_TRUE(store_->LoadScopes({&elsewhere, 1})->empty());
}

TEST_P(NoticeStoreTest, DuesThatAClockSetBackLeftFarAheadComeBack) {
  ASSERT_TRUE(TakeIn({MakeNotice("one", 1)}));
  const UnixMillis hour_ago = kNow + -3'600'000;
  ASSERT_TRUE(store_->PullBackDues(hour_ago));
  EXPECT_EQ(Load("one").delivery.due, hour_ago);
  ASSERT_TRUE(store_->PullBackDues(hour_ago + -60'000));
  EXPECT_EQ(Load("one").delivery.due, hour_ago) << "an ordinary pause is left alone";
}

TEST_P(NoticeStoreTest, RaceBetweenIntakeAndResultPromotesTheNextHead) {
  ASSERT_TRUE(TakeIn({MakeNotice("one", 1)}));
  ASSERT_TRUE(Begin(Load("one"), held_, "bytes"));
  const Finished accepted = End("one", Ending::kAccepted, held_);
  Result<LaneChanges> finished = LaneChanges{};
  std::thread result([&] { finished = store_->Finish({&accepted, 1}, kNow); });
  const auto taken = TakeIn({MakeNotice("two", 2)});
  result.join();
  ASSERT_TRUE(taken);
  ASSERT_TRUE(finished);
  EXPECT_EQ(taken->ready.size() + finished->ready.size(), 1U);
  EXPECT_EQ(Load("two").delivery.state, State::kPending);
}

constexpr sql::Statement kHoldInserts{
    "test.hold",
    "do $$ begin"
    " create function hold_insert() returns trigger language plpgsql as"
    " 'begin perform pg_advisory_xact_lock(7); return null; end';"
    " create trigger hold_insert after insert on {s}notice"
    "   for each statement execute function hold_insert(); end $$",
    ""};
constexpr sql::Statement kTakeHold{"test.take", "select 1 from pg_advisory_xact_lock(7)", ""};
constexpr sql::Statement kCountWaiting{
    "test.waiting",
    "select count(*) from pg_stat_activity where datname = current_database()"
    " and wait_event_type = 'Lock'",
    ""};

// PostgreSQL only: SQLite has one writer.
class LaneLockTest : public NoticeStoreTest {
 protected:
  Result<std::int64_t> Run(const sql::Statement& statement) {
    std::int64_t value = 0;
    Result<void> done = database_->Transact([&](sql::Transaction& own) -> Result<void> {
      const Result<sql::Outcome> outcome = own.Run(statement, {});
      if (!outcome) return tl::unexpected(outcome.error());
      if (!outcome->rows.empty()) value = sql::Integer(outcome->rows.at(0).at(0));
      return {};
    });
    if (!done) return tl::unexpected(done.error());
    return value;
  }
  // Until so many transactions wait for a lock, or `ended`.
  bool Waiting(std::int64_t count, const std::function<bool()>& ended) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
    while (std::chrono::steady_clock::now() < deadline && !ended()) {
      const auto waiting = std::async(std::launch::async, [&] { return Run(kCountWaiting); }).get();
      if (waiting && *waiting >= count) {
        return true;
      }
    }
    return false;
  }
};
INSTANTIATE_TEST_SUITE_P(Stores, LaneLockTest, ::testing::Values(Kind::kPostgres));

// Intake has inserted the second notice and is not yet committed; the result of the first must not
// look for a next head before it is.
TEST_P(LaneLockTest, AResultWaitsForTheIntakeOfItsLane) {
  ASSERT_TRUE(TakeIn({MakeNotice("one", 1)}));
  ASSERT_TRUE(Begin(Load("one"), held_, "bytes"));
  const Finished accepted = End("one", Ending::kAccepted, held_);
  ASSERT_TRUE(Run(kHoldInserts));
  std::future<Result<LaneChanges>> intake, result;
  bool both_wait = false;
  const Result<void> held = database_->Transact([&](sql::Transaction& own) -> Result<void> {
    if (const auto taken = own.Run(kTakeHold, {}); !taken) return tl::unexpected(taken.error());
    intake = std::async(std::launch::async, [&] { return TakeIn({MakeNotice("two", 2)}); });
    EXPECT_TRUE(Waiting(1, [] { return false; }));
    result = std::async(std::launch::async, [&] { return store_->Finish({&accepted, 1}, kNow); });
    both_wait = Waiting(
        2, [&] { return result.wait_for(std::chrono::seconds{0}) == std::future_status::ready; });
    return {};
  });
  ASSERT_TRUE(held) << Describe(held.error());
  EXPECT_TRUE(both_wait);
  ASSERT_TRUE(intake.get());
  ASSERT_TRUE(result.get());
  EXPECT_EQ(Load("two").delivery.state, State::kPending);
}

}  // namespace
}  // namespace guarantee::dispatcher
