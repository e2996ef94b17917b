// The store in memory against the SQL one: the same operations, drawn from one seed, have the same
// outcomes; and the hooks, which SQL does not have.
#include "testing/memory_store.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <random>

#include "messaging/execute.h"
#include "sql/lease_store.h"
#include "sql/write_store.h"
#include "testing/fake_clock.h"

namespace guarantee::testing {
namespace {

using messaging::Executor;
using messaging::HeldEpoch;
using messaging::OffsetMove;
using messaging::OutboxEntry;
using messaging::RowKey;
using messaging::Timer;
using messaging::Unit;
using messaging::Workspace;

constexpr const char* kGroup = "order";
constexpr const char* kTopic = "requests";
constexpr int kOperations = 400;

OutboxEntry Entry(const std::string& flow, const std::string& topic, const std::string& id,
                  std::int32_t partition) {
  OutboxEntry entry;
  entry.partition = partition;
  entry.topic = topic;
  entry.sequenced = topic != "unnumbered";
  entry.envelope.id = id;
  entry.envelope.type = "type";
  entry.envelope.partner = "demo";
  entry.envelope.flow = flow;
  entry.envelope.time = {1};
  entry.value = "value";
  return entry;
}

std::int32_t PartitionOf(const std::string& id) { return id.front() % 2; }

// Counts in its row, tells it, and moves or clears a timer.
Unit Counting(const std::string& id, const std::string& topic, std::int64_t due) {
  Unit unit;
  unit.rows = {{1, id}};
  unit.decide = [=](Workspace& workspace) -> Result<void> {
    const std::string& state = workspace.Row({1, id}).state;
    const int count = (state.empty() ? 0 : std::stoi(state)) + 1;
    const std::int32_t partition = PartitionOf(id);
    workspace.Put({1, id}, partition, std::to_string(count),
                  {"demo", id, "b-" + id, "counting", count});
    workspace.Emit(Entry(id, topic, id + "-" + std::to_string(count), partition));
    if (due % 3 == 0) {
      workspace.ClearTimer({1, id}, "deadline");
    } else {
      workspace.SetTimer({{1, id}, "deadline", partition, {due}, {}});
    }
    return {};
  };
  return unit;
}

std::string WordOf(const Result<void>& result) { return result ? "done" : result.error().code; }

// Everything that can be read of a store, as text.
std::string Seen(messaging::WriteStore& store) {
  std::string text;
  const std::int32_t partitions[] = {0, 1};
  const auto due = store.LoadDue(partitions, {500}, 100).value();
  const auto offsets = store.LoadOffsets(kGroup).value();
  // Across partitions there is no order.
  for (const std::int32_t partition : partitions) {
    const auto pending = store.LoadPending(std::span(&partition, 1), 50).value();
    for (const auto& record : pending) {
      text += record.entry.topic + " " + record.entry.envelope.id + " " +
              std::to_string(record.entry.envelope.sequence) + "\n";
    }
  }
  for (const Timer& timer : due) {
    text += timer.row.id + " " + std::to_string(timer.due.value) + "\n";
  }
  for (const auto& offset : offsets) {
    text += std::to_string(offset.source.partition) + ":" + std::to_string(offset.next) + "\n";
  }
  for (const char* const id : {"a", "b", "c", "d"}) {
    const auto row = store.Load({1, id}).value();
    if (row) text += row->state + " " + std::to_string(row->version) + " " + row->summary.number;
    text += std::to_string(store.List({1, "demo", std::string("b-") + id, 5}).value().size());
    text += "\n";
  }
  return text;
}

class MemoryStoreTest : public ::testing::Test {
 protected:
  FakeClock clock_;
  MemoryWriteStore store_{clock_, kGroup};
  Executor executor_{store_};
};

class AgainstSqlTest : public MemoryStoreTest {
 protected:
  void SetUp() override {
    directory_ = std::filesystem::temp_directory_path() / "guarantee-store-XXXXXX";
    ASSERT_NE(mkdtemp(directory_.data()), nullptr);
    file_ = sql::SqliteFile::Open(directory_ + "/hub.db").value();
    database_ = file_->Schema("orders");
    ASSERT_TRUE(database_->Migrate(sql::WriteStoreMigrations()).has_value());
    sql_ = std::make_unique<sql::SqlWriteStore>(*database_, kGroup);
    leases_ = std::make_unique<sql::SqlLeaseStore>(*database_);
  }
  void TearDown() override {
    sql_.reset();
    leases_.reset();
    database_.reset();
    file_.reset();
    std::filesystem::remove_all(directory_);
  }

  std::int64_t Below(std::int64_t bound) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(bound));
  }
  void Acquire(std::int32_t partition) {
    const std::vector<std::string> topics{kTopic};
    const std::int64_t epoch = store_.Acquire(partition, topics);
    EXPECT_EQ(leases_->Acquire({kGroup, "a", 6'000, false}, partition, topics).value().epoch,
              epoch);
    epochs_[static_cast<std::size_t>(partition)] = epoch;
  }
  // A batch that moves an offset, now and then from the wrong place or under an old epoch.
  void Batch(std::span<const Unit> units) {
    const auto partition = static_cast<std::int32_t>(Below(2));
    const std::int64_t next = store_.NextOf({kTopic, partition});
    const std::int64_t from = Below(5) == 0 ? next + 1 : next;
    const std::int64_t epoch = epochs_[static_cast<std::size_t>(partition)] - (Below(5) == 0);
    const OffsetMove moves[] = {{{kTopic, partition}, epoch, from, from + 2}};
    EXPECT_EQ(WordOf(executor_.ExecuteBatch(units, moves)),
              WordOf(Executor(*sql_).ExecuteBatch(units, moves)));
  }
  void Held(std::span<const Unit> units) {
    const auto partition = static_cast<std::int32_t>(Below(2));
    const HeldEpoch held[] = {
        {partition, epochs_[static_cast<std::size_t>(partition)] - (Below(4) == 0)}};
    EXPECT_EQ(WordOf(executor_.Execute(units, held)), WordOf(Executor(*sql_).Execute(units, held)));
  }
  void Mark() {
    const std::int32_t partitions[] = {static_cast<std::int32_t>(Below(2))};
    const auto mine = store_.LoadPending(partitions, 3).value();
    const auto theirs = sql_->LoadPending(partitions, 3).value();
    ASSERT_EQ(mine.size(), theirs.size());
    if (!mine.empty() && Below(20) == 0) {
      EXPECT_EQ(WordOf(store_.Park(mine.front().id, "too large")), "done");
      EXPECT_EQ(WordOf(sql_->Park(theirs.front().id, "too large")), "done");
      return;
    }
    for (std::size_t at = 0; at < mine.size(); ++at) {
      const messaging::PublishedMark left[] = {{mine[at].id, {0, 1}}};
      const messaging::PublishedMark right[] = {{theirs[at].id, {0, 1}}};
      EXPECT_TRUE(store_.MarkPublished(left).has_value());
      EXPECT_TRUE(sql_->MarkPublished(right).has_value());
    }
  }

  std::mt19937_64 random_{20'251'125};
  std::array<std::int64_t, 2> epochs_{};
  std::string directory_;
  std::shared_ptr<sql::SqliteFile> file_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<sql::SqlWriteStore> sql_;
  std::unique_ptr<sql::SqlLeaseStore> leases_;
};

TEST_F(AgainstSqlTest, EveryOperationHasTheSameOutcome) {
  Acquire(0);
  Acquire(1);
  const std::vector<std::string> ids{"a", "b", "c", "d"};
  const std::vector<std::string> topics{"events", "notices", "unnumbered"};
  for (int operation = 0; operation < kOperations && !HasFailure(); ++operation) {
    std::vector<Unit> units;
    for (std::int64_t left = 1 + Below(3); left > 0; --left) {
      units.push_back(Counting(ids[static_cast<std::size_t>(Below(4))],
                               topics[static_cast<std::size_t>(Below(3))], Below(1'000)));
    }
    const std::int64_t dice = Below(10);
    if (dice < 4) Batch(units);
    if (dice >= 4 && dice < 7) Held(units);
    if (dice >= 7 && dice < 9) Mark();
    if (dice == 9) Acquire(static_cast<std::int32_t>(Below(2)));
    ASSERT_EQ(Seen(store_), Seen(*sql_)) << "after operation " << operation;
  }
}

TEST_F(MemoryStoreTest, AWriterInBetweenMakesTheOtherDecideAgain) {
  const Unit unit = Counting("a", "events", 1);
  bool first = true;
  StoreHooks hooks;
  hooks.after_lock = [&] {
    if (!std::exchange(first, false)) return;
    ASSERT_TRUE(executor_.Execute(std::span(&unit, 1)).has_value());
  };
  store_.SetHooks(std::move(hooks));
  ASSERT_TRUE(executor_.Execute(std::span(&unit, 1)).has_value());
  EXPECT_EQ(store_.Load({1, "a"}).value()->state, "2");
  EXPECT_EQ(store_.pending_count(), 2U);
}

TEST_F(MemoryStoreTest, AStaleVersionIsAConflictAlsoWhereTheRowIsNew) {
  const Unit unit = Counting("a", "events", 1);
  ASSERT_TRUE(executor_.Execute(std::span(&unit, 1)).has_value());
  messaging::StoredRow row = *store_.Load({1, "a"}).value();
  row.version = 0;
  const auto save = [&] {
    return store_.Transact([&](auto& transaction) { return transaction.Save({&row, 1}); });
  };
  EXPECT_EQ(WordOf(save()), messaging::kConflictCode);
  row.version = 2;
  EXPECT_EQ(WordOf(save()), messaging::kConflictCode);
  row.version = 1;
  EXPECT_EQ(WordOf(save()), "done");
}

TEST_F(MemoryStoreTest, OfALostCommitNothingIsThereOfAnUnheardOneEverything) {
  const std::vector<std::string> topics{kTopic};
  const std::int64_t epoch = store_.Acquire(0, topics);
  const Unit unit = Counting("a", "events", 1);
  const OffsetMove moves[] = {{{kTopic, 0}, epoch, messaging::kLogBeginning, 1}};
  CommitFate fate = CommitFate::kLost;
  StoreHooks hooks;
  hooks.at_commit = [&fate] { return fate; };
  store_.SetHooks(std::move(hooks));
  EXPECT_EQ(WordOf(executor_.ExecuteBatch(std::span(&unit, 1), moves)), kBrokenCode);
  EXPECT_FALSE(store_.Load({1, "a"}).value().has_value());
  EXPECT_EQ(store_.NextOf({kTopic, 0}), messaging::kLogBeginning);
  fate = CommitFate::kUnheard;
  EXPECT_EQ(WordOf(executor_.ExecuteBatch(std::span(&unit, 1), moves)), kBrokenCode);
  EXPECT_EQ(store_.Load({1, "a"}).value()->state, "1");
  EXPECT_EQ(store_.NextOf({kTopic, 0}), 1);
}

TEST_F(MemoryStoreTest, ThePlantedFaultsDoWhatTheySay) {
  const std::vector<std::string> topics{kTopic};
  const std::int64_t epoch = store_.Acquire(0, topics);
  const Unit unit = Counting("a", "events", 1);
  bool first = true;
  StoreHooks hooks;
  hooks.after_lock = [&] {
    if (std::exchange(first, false)) (void)executor_.Execute(std::span(&unit, 1));
  };
  hooks.at_commit = [&first] { return first ? CommitFate::kLost : CommitFate::kCommitted; };
  store_.SetHooks(hooks);
  store_.Plant({.lost_update = true});
  ASSERT_TRUE(executor_.Execute(std::span(&unit, 1)).has_value());
  EXPECT_EQ(store_.Load({1, "a"}).value()->state, "1");  // two counted, one is left
  first = true;
  hooks.after_lock = nullptr;
  store_.SetHooks(std::move(hooks));
  store_.Plant({.early_commit = true});
  const OffsetMove moves[] = {{{kTopic, 0}, epoch, messaging::kLogBeginning, 1}};
  EXPECT_EQ(WordOf(executor_.ExecuteBatch(std::span(&unit, 1), moves)), kBrokenCode);
  EXPECT_EQ(store_.NextOf({kTopic, 0}), 1);
}

}  // namespace
}  // namespace guarantee::testing
