// The write path's store on both databases: leases and fences, versions, outbox, timers, journal,
// documents, and Execute on top of them.
#include "sql/write_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <thread>

#include "messaging/execute.h"
#include "sql/lease_store.h"
#include "testing/postgres_server.h"

namespace guarantee::sql {
namespace {

using messaging::Effects;
using messaging::Executor;
using messaging::HeldEpoch;
using messaging::LeaseRequest;
using messaging::OffsetMove;
using messaging::OutboxEntry;
using messaging::RowKey;
using messaging::StoredRow;
using messaging::Timer;
using messaging::TopicPartition;
using messaging::Unit;
using messaging::Workspace;
using messaging::WriteTransaction;

constexpr const char* kGroup = "order";
constexpr const char* kTopic = "requests";

class WriteStoreTest : public ::testing::TestWithParam<Dialect> {
 protected:
  void SetUp() override {
    if (GetParam() == Dialect::kPostgres) {
      PostgresOptions options;
      options.dsn = testing::PostgresServer::Shared().NewDatabase();
      pool_ = PostgresPool::Open(options).value();
      database_ = pool_->Schema("orders");
    } else {
      directory_ = std::filesystem::temp_directory_path() / "guarantee-store-XXXXXX";
      ASSERT_NE(mkdtemp(directory_.data()), nullptr);
      file_ = SqliteFile::Open(directory_ + "/hub.db").value();
      database_ = file_->Schema("orders");
    }
    ASSERT_TRUE(database_->Migrate(WriteStoreMigrations()).has_value());
    store_ = std::make_unique<SqlWriteStore>(*database_, kGroup);
    leases_ = std::make_unique<SqlLeaseStore>(*database_);
  }
  void TearDown() override {
    store_.reset();
    leases_.reset();
    database_.reset();
    file_.reset();
    pool_.reset();
    if (!directory_.empty()) std::filesystem::remove_all(directory_);
  }

  messaging::AcquiredLease Acquire(std::int32_t partition, const std::string& holder,
                                   bool alone = false) {
    const std::vector<std::string> topics{kTopic};
    return leases_->Acquire({kGroup, holder, 6'000, alone}, partition, topics).value();
  }
  static OffsetMove Move(std::int64_t epoch, std::int64_t from, std::int64_t to) {
    return {{kTopic, 0}, epoch, from, to};
  }
  static OutboxEntry Entry(const std::string& flow, const std::string& topic,
                           const std::string& id) {
    OutboxEntry entry;
    entry.topic = topic;
    entry.envelope.id = id;
    entry.envelope.type = "type";
    entry.envelope.partner = "demo";
    entry.envelope.flow = flow;
    entry.envelope.time = {1};
    entry.envelope.not_after = {7};
    entry.value = std::string("\0value", 6);
    return entry;
  }
  // A unit that counts in its row and tells it.
  static Unit Counting(const std::string& id, int by = 1) {
    Unit unit;
    unit.rows = {{1, id}};
    unit.decide = [id, by](Workspace& workspace) -> Result<void> {
      const std::string& state = workspace.Row({1, id}).state;
      const int count = (state.empty() ? 0 : std::stoi(state)) + by;
      workspace.Put({1, id}, 0, std::to_string(count), {"demo", id, "b-" + id, "counting", count});
      workspace.Emit(Entry(id, "events", id + "-" + std::to_string(count)));
      return {};
    };
    return unit;
  }
  std::string StateOf(const std::string& id) {
    const auto row = store_->Load({1, id}).value();
    return row ? row->state : "absent";
  }
  Result<void> Execute(std::initializer_list<Unit> units) {
    return Executor(*store_).Execute(std::vector<Unit>(units));
  }
  std::vector<messaging::PendingRecord> Pending() {
    const std::int32_t partitions[] = {0};
    return store_->LoadPending(partitions, 100).value();
  }

  std::string directory_;
  std::shared_ptr<PostgresPool> pool_;
  std::shared_ptr<SqliteFile> file_;
  std::unique_ptr<Database> database_;
  std::unique_ptr<SqlWriteStore> store_;
  std::unique_ptr<SqlLeaseStore> leases_;
};

TEST_P(WriteStoreTest, Lease_GrowsItsEpochAndKeepsTheOffset) {
  const auto first = Acquire(0, "a");
  EXPECT_EQ(first.epoch, 1);
  EXPECT_LE(first.effects_in_ms, 0);
  ASSERT_EQ(first.offsets.size(), 1U);
  EXPECT_EQ(first.offsets[0].next, messaging::kLogBeginning);
  const std::vector<OffsetMove> moves{Move(1, messaging::kLogBeginning, 5)};
  ASSERT_TRUE(Executor(*store_).ExecuteBatch({}, moves).has_value());
  const auto second = Acquire(0, "b");
  EXPECT_EQ(second.epoch, 2);
  EXPECT_EQ(second.offsets[0].next, 5);
}

TEST_P(WriteStoreTest, Lease_UnreleasedMakesTheNextOwnerWaitForItsEnd) {
  const auto first = Acquire(0, "a");
  const auto second = Acquire(0, "b");
  EXPECT_GT(second.effects_in_ms, 4'000);
  // A third owner waits for the longest of them.
  EXPECT_GE(Acquire(0, "c").effects_in_ms, second.effects_in_ms - 1'000);
  const HeldEpoch held[] = {{1, Acquire(1, "a").epoch}};
  ASSERT_TRUE(leases_->Release({kGroup, "a", 6'000, false}, held).has_value());
  EXPECT_LE(Acquire(1, "b").effects_in_ms, 0);
  // Whoever holds the store's file lock knows that nobody else lives.
  EXPECT_LE(Acquire(0, "d", true).effects_in_ms, 0);
  EXPECT_EQ(first.epoch + 1, second.epoch);
}

TEST_P(WriteStoreTest, Renew_KeepsOnlyWhatIsStillOurs) {
  const HeldEpoch held[] = {{0, Acquire(0, "a").epoch}, {1, Acquire(1, "a").epoch}};
  EXPECT_EQ(Acquire(1, "b").epoch, 2);
  EXPECT_EQ(leases_->Renew({kGroup, "a", 6'000, false}, held).value(),
            std::vector<std::int32_t>{0});
}

TEST_P(WriteStoreTest, Fence_RefusesTheOldOwnerAndTheWrongOffset) {
  const std::int64_t old_epoch = Acquire(0, "a").epoch;
  const std::int64_t epoch = Acquire(0, "b").epoch;
  Executor executor(*store_);
  Unit unit = Counting("x");
  unit.source = messaging::StartOffset{{kTopic, 0}, 0};
  const auto try_move = [&](std::int64_t with, std::int64_t from) {
    const std::vector<OffsetMove> moves{Move(with, from, 1)};
    return executor.ExecuteBatch(std::span(&unit, 1), moves);
  };
  EXPECT_EQ(try_move(old_epoch, messaging::kLogBeginning).error().code, messaging::kFencedCode);
  EXPECT_EQ(try_move(epoch, 3).error().code, messaging::kFencedCode);
  EXPECT_EQ(StateOf("x"), "absent");
  EXPECT_TRUE(try_move(epoch, messaging::kLogBeginning).has_value());
  EXPECT_EQ(StateOf("x"), "1");
  // The same batch again is fenced by its offset: nothing is counted twice.
  EXPECT_EQ(try_move(epoch, messaging::kLogBeginning).error().code, messaging::kFencedCode);
  EXPECT_EQ(StateOf("x"), "1");
}

TEST_P(WriteStoreTest, Timers_FireOnlyUnderTheCurrentEpoch) {
  const std::int64_t old_epoch = Acquire(0, "a").epoch;
  const std::int64_t epoch = Acquire(0, "b").epoch;
  const Unit unit = Counting("x");
  const HeldEpoch stale[] = {{0, old_epoch}};
  const HeldEpoch current[] = {{0, epoch}};
  Executor executor(*store_);
  EXPECT_EQ(executor.Execute(std::span(&unit, 1), stale).error().code, messaging::kFencedCode);
  EXPECT_TRUE(executor.Execute(std::span(&unit, 1), current).has_value());
  EXPECT_EQ(StateOf("x"), "1");
}

TEST_P(WriteStoreTest, Execute_SeesWhatEarlierUnitsOfTheBatchLeft) {
  ASSERT_TRUE(Execute({Counting("x"), Counting("y", 10), Counting("x")}).has_value());
  EXPECT_EQ(StateOf("x"), "2");
  EXPECT_EQ(StateOf("y"), "10");
  const auto rows = store_->List({1, "demo", "b-x", 10}).value();
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].summary.amount_fen, 2);
  EXPECT_EQ(rows[0].version, 1);
}

TEST_P(WriteStoreTest, Outbox_NumbersEachFlowAndTopicDensely) {
  ASSERT_TRUE(Execute({Counting("x"), Counting("y"), Counting("x")}).has_value());
  ASSERT_TRUE(Execute({Counting("x")}).has_value());
  std::map<std::string, std::vector<std::int64_t>> sequences;
  for (const auto& record : Pending()) {
    sequences[record.entry.envelope.flow].push_back(record.entry.envelope.sequence);
    EXPECT_EQ(record.entry.value, std::string("\0value", 6));
    EXPECT_EQ(record.entry.envelope.not_after.value, 7);
  }
  EXPECT_EQ(sequences["x"], (std::vector<std::int64_t>{1, 2, 3}));
  EXPECT_EQ(sequences["y"], (std::vector<std::int64_t>{1}));
}

TEST_P(WriteStoreTest, Outbox_MarkedRowsAreGoneFromPendingAndKeptInHistory) {
  ASSERT_TRUE(Execute({Counting("x"), Counting("x")}).has_value());
  const auto pending = Pending();
  ASSERT_EQ(pending.size(), 2U);
  const messaging::PublishedMark marks[] = {{pending[0].id, {3, 42}}};
  ASSERT_TRUE(store_->MarkPublished(marks).has_value());
  ASSERT_EQ(Pending().size(), 1U);
  EXPECT_EQ(Pending()[0].id, pending[1].id);
  const auto history = store_->LoadHistory("x", 10).value();
  ASSERT_EQ(history.size(), 2U);
  EXPECT_TRUE(history[0].published_at.has_value());
  EXPECT_EQ(history[0].position.offset, 42);
  EXPECT_FALSE(history[1].published_at.has_value());
}

TEST_P(WriteStoreTest, Outbox_AParkedRowStopsItsFlowOnly) {
  ASSERT_TRUE(Execute({Counting("x"), Counting("x"), Counting("y")}).has_value());
  ASSERT_TRUE(store_->Park(Pending()[0].id, "too large").has_value());
  const auto pending = Pending();
  ASSERT_EQ(pending.size(), 1U);
  EXPECT_EQ(pending[0].entry.envelope.flow, "y");
}

TEST_P(WriteStoreTest, Outbox_OtherPartitionsAreNotOurs) {
  ASSERT_TRUE(Execute({Counting("x")}).has_value());
  const std::int32_t others[] = {1, 2};
  EXPECT_TRUE(store_->LoadPending(others, 10).value().empty());
}

TEST_P(WriteStoreTest, Batch_ParksTheUnitThatCannotBeDecided) {
  const std::int64_t epoch = Acquire(0, "a").epoch;
  std::vector<Unit> units{Counting("x"), Counting("bad"), Counting("y")};
  units[1].decide = [](Workspace& workspace) -> Result<void> {
    workspace.Emit(Entry("bad", "events", "must not remain"));
    return Permanent("event.value", "unreadable");
  };
  for (std::size_t at = 0; at < units.size(); ++at) {
    units[at].source = messaging::StartOffset{{kTopic, 0}, static_cast<std::int64_t>(at)};
    units[at].dead_letter = Entry("bad", "requests.dlq", "dead-" + std::to_string(at));
    units[at].dead_letter->sequenced = false;
  }
  const std::vector<OffsetMove> moves{Move(epoch, messaging::kLogBeginning, 3)};
  ASSERT_TRUE(Executor(*store_).ExecuteBatch(units, moves).has_value());
  EXPECT_EQ(StateOf("x"), "1");
  EXPECT_EQ(StateOf("y"), "1");
  std::vector<std::string> topics;
  for (const auto& record : Pending()) topics.push_back(record.entry.topic);
  EXPECT_EQ(topics, (std::vector<std::string>{"events", "requests.dlq", "events"}));
  EXPECT_EQ(store_->LoadOffsets(kGroup).value().at(0).next, 3);
}

// A NUL is no text in PostgreSQL: the statement is refused for good, and only halving finds whose
// it is. SQLite takes it, so the row is simply written there.
TEST_P(WriteStoreTest, Batch_IsHalvedUntilTheRefusedUnitIsAlone) {
  const std::int64_t epoch = Acquire(0, "a").epoch;
  std::vector<Unit> units;
  for (int at = 0; at < 7; ++at) {
    const std::string id = at == 4 ? std::string("nul\0", 4) : "row" + std::to_string(at);
    units.push_back(Counting(id));
    units.back().source = messaging::StartOffset{{kTopic, 0}, at};
    units.back().dead_letter = Entry("dead", "requests.dlq", "dead-" + std::to_string(at));
    units.back().dead_letter->sequenced = false;
  }
  const std::vector<OffsetMove> moves{Move(epoch, messaging::kLogBeginning, 7)};
  const Result<void> done = Executor(*store_).ExecuteBatch(units, moves);
  ASSERT_TRUE(done.has_value()) << Describe(done.error());
  for (const int at : {0, 1, 2, 3, 5, 6}) EXPECT_EQ(StateOf("row" + std::to_string(at)), "1");
  EXPECT_EQ(store_->LoadOffsets(kGroup).value().at(0).next, 7);
  std::size_t parked = 0;
  for (const auto& record : Pending()) {
    if (record.entry.topic != "requests.dlq") continue;
    ++parked;
    EXPECT_EQ(record.entry.envelope.id, "dead-4");
  }
  EXPECT_EQ(parked, GetParam() == Dialect::kPostgres ? 1U : 0U);
}

TEST_P(WriteStoreTest, Execute_WithoutADeadLetterAnswersTheError) {
  Unit unit = Counting("x");
  unit.decide = [](Workspace&) -> Result<void> { return Refused("decision.id", "missing", "id"); };
  EXPECT_EQ(Execute({unit}).error().code, "decision.id");
}

TEST_P(WriteStoreTest, Execute_ConcurrentCallersLoseNothing) {
  constexpr int kThreads = 4;
  constexpr int kRounds = 50;
  std::vector<std::thread> threads;
  std::atomic<int> failed{0};
  for (int thread = 0; thread < kThreads; ++thread) {
    threads.emplace_back([&] {
      Executor executor(*store_);
      const Unit units[] = {Counting("shared"), Counting("other")};
      for (int round = 0; round < kRounds; ++round) {
        // Retryable is allowed to a caller, silence is not: it tries again.
        while (!executor.Execute(units).has_value()) ++failed;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(StateOf("shared"), std::to_string(kThreads * kRounds));
  EXPECT_EQ(StateOf("other"), std::to_string(kThreads * kRounds));
  EXPECT_LT(failed.load(), kThreads * kRounds);
}

TEST_P(WriteStoreTest, Save_RefusesAVersionThatHasMoved) {
  ASSERT_TRUE(Execute({Counting("x")}).has_value());
  StoredRow stale = **store_->Load({1, "x"});
  ASSERT_TRUE(Execute({Counting("x")}).has_value());
  const Result<void> saved = store_->Transact(
      [&](WriteTransaction& transaction) { return transaction.Save(std::span(&stale, 1)); });
  EXPECT_EQ(saved.error().code, messaging::kConflictCode);
  stale.version = 0;
  const Result<void> inserted = store_->Transact(
      [&](WriteTransaction& transaction) { return transaction.Save(std::span(&stale, 1)); });
  EXPECT_EQ(inserted.error().code, messaging::kConflictCode);
  EXPECT_EQ(StateOf("x"), "2");
}

TEST_P(WriteStoreTest, Timers_ComeInOrderOfDueTimeAndCanBeMoved) {
  const auto set = [this](std::vector<Timer> timers) {
    return store_->Transact(
        [&](WriteTransaction& transaction) { return transaction.SetTimers(timers); });
  };
  ASSERT_TRUE(set({{{1, "a"}, "deadline", 0, {30}, {}},
                   {{1, "b"}, "deadline", 1, {10}, "payload"},
                   {{1, "c"}, "deadline", 2, {20}, {}},
                   {{1, "d"}, "deadline", 0, {99}, {}}})
                  .has_value());
  ASSERT_TRUE(set({{{1, "a"}, "deadline", 0, {5}, {}}}).has_value());
  const std::int32_t partitions[] = {0, 1};
  const auto due = store_->LoadDue(partitions, {50}, 10).value();
  ASSERT_EQ(due.size(), 2U);
  EXPECT_EQ(due[0].row.id, "a");
  EXPECT_EQ(due[1].payload, "payload");
  ASSERT_TRUE(store_
                  ->Transact([&](WriteTransaction& transaction) {
                    return transaction.ClearTimers(std::span(due.data(), 1));
                  })
                  .has_value());
  EXPECT_EQ(store_->LoadDue(partitions, {50}, 10).value().size(), 1U);
}

TEST_P(WriteStoreTest, Timers_MovedBeforeTheyFireStay) {
  const Timer found{{1, "a"}, "deadline", 0, {10}, {}};
  Timer moved = found;
  moved.due = {20};
  const std::int32_t partitions[] = {0};
  const auto clear = [this](const Timer& timer) {
    Unit unit;
    unit.decide = [timer](Workspace& workspace) -> Result<void> {
      workspace.ClearFired(timer);
      return {};
    };
    return Execute({unit});
  };
  ASSERT_TRUE(store_
                  ->Transact([&](WriteTransaction& transaction) {
                    return transaction.SetTimers(std::span(&moved, 1));
                  })
                  .has_value());
  ASSERT_TRUE(clear(found).has_value());
  EXPECT_EQ(store_->LoadDue(partitions, {50}, 10).value().size(), 1U);
  ASSERT_TRUE(clear(moved).has_value());
  EXPECT_TRUE(store_->LoadDue(partitions, {50}, 10).value().empty());
}

TEST_P(WriteStoreTest, Journal_KeepsOrderAndSource) {
  Unit unit = Counting("x");
  unit.decide = [](Workspace& workspace) -> Result<void> {
    workspace.Note({"x", {5}, "request", "3.1", messaging::StartOffset{{kTopic, 2}, 9}, "first"});
    workspace.Note({"x", {5}, "decision", {}, std::nullopt, "second"});
    return {};
  };
  ASSERT_TRUE(Execute({unit}).has_value());
  const auto lines = store_->LoadJournal("x", 10).value();
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].source->next, 9);
  EXPECT_EQ(lines[0].section, "3.1");
  EXPECT_FALSE(lines[1].source.has_value());
}

TEST_P(WriteStoreTest, Documents_AreKeptOnceByDigest) {
  SqlDocumentStore documents(*database_);
  const Document document{std::string(64, 'a'), "application/pdf", std::string("%PDF\0", 5)};
  ASSERT_TRUE(documents.Put(document).has_value());
  ASSERT_TRUE(documents.Put(document).has_value());
  EXPECT_EQ(documents.Get(document.sha256)->bytes, document.bytes);
  EXPECT_EQ(documents.Get(std::string(64, 'b')).error().code, "document.unknown");
}

INSTANTIATE_TEST_SUITE_P(BothDatabases, WriteStoreTest,
                         ::testing::Values(Dialect::kPostgres, Dialect::kSqlite),
                         [](const auto& instance) {
                           return instance.param == Dialect::kPostgres ? "PostgreSQL" : "SQLite";
                         });

}  // namespace
}  // namespace guarantee::sql
