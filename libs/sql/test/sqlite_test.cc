// What only a file can do to us, and what group commit promises.
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <array>
#include <filesystem>
#include <future>
#include <thread>

#include "faulty_vfs.h"
#include "sql/database.h"
#include "sqlite_file.h"

namespace guarantee::sql {
namespace {

const Statement kInsert = {"sqlite.insert", "", "insert into {s}item values (?1, ?2)"};
const Statement kCount = {"sqlite.count", "", "select count(*) from {s}item"};
const Statement kJournal = {"sqlite.journal", "", "pragma journal_mode"};
const Statement kSynchronous = {"sqlite.synchronous", "", "pragma synchronous"};
const Statement kForeignKeys = {"sqlite.foreign_keys", "", "pragma foreign_keys"};

constexpr std::array<Migration, 1> kSchema = {
    Migration{1, "", "create table {s}item (id integer primary key, body blob)"}};

class SqliteTest : public ::testing::Test {
 protected:
  SqliteTest() : vfs_(FaultyVfs::Install()) {
    directory_ = std::filesystem::temp_directory_path() / "guarantee-sqlite-XXXXXX";
    if (mkdtemp(directory_.data()) == nullptr) ADD_FAILURE() << "no temporary directory";
    Reopen();
  }
  ~SqliteTest() override {
    vfs_.disk_full = false;
    database_.reset();
    file_.reset();
    std::filesystem::remove_all(directory_);
  }

  std::string Path() const { return directory_ + "/hub.db"; }

  void Reopen() {
    database_.reset();
    file_.reset();
    file_ = SqliteFile::Open(Path()).value();
    database_ = file_->Schema("orders");
    const Result<void> migrated = database_->Migrate(kSchema);
    EXPECT_TRUE(migrated) << Describe(migrated.error());
  }

  Result<void> Insert(std::int64_t id, std::size_t bytes = 0) {
    return database_->Transact([&](Transaction& transaction) -> Result<void> {
      const std::array<Value, 2> row = {id, Blob{std::string(bytes, 'x')}};
      Result<Outcome> outcome = transaction.Run(kInsert, row);
      if (!outcome) return tl::unexpected(outcome.error());
      return {};
    });
  }

  Value One(const Statement& statement) {
    Value out;
    const Result<void> done = database_->Transact([&](Transaction& transaction) -> Result<void> {
      Result<Outcome> outcome = transaction.Run(statement, {});
      if (!outcome) return tl::unexpected(outcome.error());
      out = outcome->rows.at(0).at(0);
      return {};
    });
    EXPECT_TRUE(done) << Describe(done.error());
    return out;
  }

  FaultyVfs& vfs_;
  std::string directory_;
  std::shared_ptr<SqliteFile> file_;
  std::unique_ptr<Database> database_;
};

TEST_F(SqliteTest, Writer_HasTheSettingsThatDurabilityNeeds) {
  EXPECT_EQ(One(kJournal), Value{std::string("wal")});
  EXPECT_EQ(One(kSynchronous), Value{std::int64_t{2}});
  EXPECT_EQ(One(kForeignKeys), Value{std::int64_t{1}});
}

TEST_F(SqliteTest, Commit_IsAnsweredAfterAnFsync) {
  const int before = vfs_.syncs;
  ASSERT_TRUE(Insert(1));
  EXPECT_GT(vfs_.syncs, before);
}

TEST_F(SqliteTest, Reopened_HoldsWhatWasCommitted) {
  ASSERT_TRUE(Insert(1));
  Reopen();
  EXPECT_EQ(One(kCount), Value{std::int64_t{1}});
}

TEST_F(SqliteTest, File_IsReadByItsOwnerOnly) {
  ASSERT_TRUE(Insert(1));
  for (const std::string& path : {Path(), Path() + "-wal"}) {
    struct stat info {};
    ASSERT_EQ(stat(path.c_str(), &info), 0) << path;
    EXPECT_EQ(info.st_mode & 0777U, 0600U) << path;
  }
}

TEST_F(SqliteTest, Open_FileIsHeld_IsRefused) {
  const auto second = SqliteFile::Open(Path());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, ErrorKind::kRefused);
  EXPECT_EQ(second.error().code, "sql.locked");
}

TEST_F(SqliteTest, Open_NoSuchDirectory_IsUnavailable) {
  const auto opened = SqliteFile::Open(directory_ + "/none/hub.db");
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "sql.unavailable");
}

// The writer is held inside one transaction until all callers have queued behind it.
TEST_F(SqliteTest, Callers_QueuedTogether_ShareOneFsync) {
  constexpr std::int64_t kCallers = 32;
  std::promise<void> release;
  std::promise<void> holding;
  auto holder = std::async(std::launch::async, [&] {
    return database_->Transact([&](Transaction&) -> Result<void> {
      holding.set_value();
      release.get_future().wait();
      return {};
    });
  });
  holding.get_future().wait();
  std::atomic<int> begun = 0;
  std::vector<std::future<Result<void>>> callers;
  for (std::int64_t id = 1; id <= kCallers; ++id) {
    callers.push_back(std::async(std::launch::async, [&, id] {
      ++begun;
      return Insert(id);
    }));
  }
  while (begun < kCallers) std::this_thread::yield();
  const int before = vfs_.syncs;
  release.set_value();
  ASSERT_TRUE(holder.get());
  for (auto& caller : callers) EXPECT_TRUE(caller.get());
  // One COMMIT would be 1; those that had begun but not yet queued may need a few more.
  EXPECT_LE(vfs_.syncs - before, kCallers / 2);
  EXPECT_EQ(One(kCount), Value{kCallers});
}

TEST_F(SqliteTest, DiskFull_IsUnavailableAndNothingStays) {
  ASSERT_TRUE(Insert(1));
  vfs_.disk_full = true;
  const Result<void> result = Insert(2);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().kind, ErrorKind::kRetryable);
  EXPECT_EQ(result.error().code, "sql.unavailable");
  EXPECT_EQ(result.error().message, "disk full");
  vfs_.disk_full = false;
  EXPECT_TRUE(Insert(3));
  EXPECT_EQ(One(kCount), Value{std::int64_t{2}});
}

// A cache that spills meets the full disk inside a member; SQLite then undoes the whole group, and
// what would run after that in the group would no longer be in a transaction.
TEST_F(SqliteTest, DiskFull_InsideAMember_IsToldToItsNeighboursToo) {
  SqliteWriter& writer = std::static_pointer_cast<OpenSqliteFile>(file_)->writer();
  std::promise<void> release;
  std::array<std::promise<Result<void>>, 3> results;
  ASSERT_TRUE(writer.Enqueue({"orders_",
                              [&](SqliteTransaction&) -> Result<void> {
                                release.get_future().wait();
                                return {};
                              },
                              [](const Result<void>&) {}, 0}));
  const auto enqueue = [&](std::int64_t id, std::size_t bytes, bool disk_full) {
    const auto work = [this, id, bytes, disk_full](SqliteTransaction& transaction) -> Result<void> {
      vfs_.disk_full = disk_full;
      const std::array<Value, 2> row = {id, Blob{std::string(bytes, 'x')}};
      Result<Outcome> outcome = transaction.Run(kInsert, row);
      if (!outcome) return tl::unexpected(outcome.error());
      return {};
    };
    auto& result = results.at(static_cast<std::size_t>(id));
    EXPECT_TRUE(writer.Enqueue(
        {"orders_", work, [&result](Result<void> done) { result.set_value(done); }, 0}));
  };
  enqueue(0, 0, false);
  enqueue(1, 64U << 20U, true);
  enqueue(2, 0, false);
  release.set_value();
  for (std::promise<Result<void>>& result : results) {
    const Result<void> done = result.get_future().get();
    ASSERT_FALSE(done);
    EXPECT_EQ(done.error().code, "sql.unavailable") << Describe(done.error());
  }
  vfs_.disk_full = false;
  EXPECT_EQ(One(kCount), Value{std::int64_t{0}});
}

TEST_F(SqliteTest, Log_GrowsLong_IsMovedIntoTheFile) {
  for (std::int64_t id = 1; id <= 40; ++id) ASSERT_TRUE(Insert(id, 1U << 18U));
  ASSERT_TRUE(Insert(41));
  EXPECT_LT(std::filesystem::file_size(Path() + "-wal"), 30U << 18U);
  EXPECT_GT(std::filesystem::file_size(Path()), 20U << 18U);
}

using SqliteDeathTest = SqliteTest;

TEST_F(SqliteDeathTest, FsyncFails_EndsTheProcess) {
  ::testing::FLAGS_gtest_death_test_style = "threadsafe";
  EXPECT_DEATH(
      {
        Reopen();
        std::filesystem::remove_all(directory_);  // nobody else does it after an abort
        vfs_.fail_sync = true;
        static_cast<void>(Insert(1));
      },
      "fsync failed");
}

}  // namespace
}  // namespace guarantee::sql
