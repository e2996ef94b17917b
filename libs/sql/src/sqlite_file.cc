#include "sqlite_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

#include <array>
#include <cerrno>

#include "migrate.h"
#include "statement_text.h"

namespace guarantee::sql {
namespace {

// Names and amounts are in there: nobody but the owner reads it.
constexpr mode_t kOwnerOnly = 0600;

class SqliteDatabase final : public Database {
 public:
  SqliteDatabase(std::shared_ptr<OpenSqliteFile> file, const std::string& schema)
      : file_(std::move(file)), prefix_(schema + "_") {}

  Dialect dialect() const override { return Dialect::kSqlite; }

  Result<void> Transact(const Work& work) override {
    if (Result<void> nested = NestingGuard::Check(); !nested) return nested;
    return file_->writer().Execute(
        prefix_, [&](SqliteTransaction& transaction) { return work(transaction); });
  }

  Result<void> Read(const Work& work) override {
    if (Result<void> nested = NestingGuard::Check(); !nested) return nested;
    return file_->readers().Read(prefix_,
                                 [&](SqliteTransaction& transaction) { return work(transaction); });
  }

  Result<UnixMillis> Now() override { return SystemClock().Now(); }

  Result<void> Migrate(std::span<const Migration> migrations) override {
    if (Result<void> nested = NestingGuard::Check(); !nested) return nested;
    Result<bool> more = MigrateOne(migrations);
    while (more && *more) more = MigrateOne(migrations);
    if (!more) return tl::unexpected(more.error());
    return {};
  }

 private:
  Result<bool> MigrateOne(std::span<const Migration> migrations) {
    bool applied = false;
    Result<void> done = file_->writer().Execute(prefix_, [&](SqliteTransaction& transaction) {
      return ApplyNext(transaction, migrations, applied);
    });
    if (!done) return tl::unexpected(done.error());
    return applied;
  }

  Result<void> ApplyNext(SqliteTransaction& transaction, std::span<const Migration> migrations,
                         bool& applied) {
    const std::string table = WithSchema(
        "create table if not exists {s}schema_version (number integer primary key,"
        " applied_at text not null default current_timestamp)",
        prefix_);
    if (Result<void> created = transaction.Script(table); !created) return created;
    Result<Outcome> highest = transaction.Run(kHighestMigration, {});
    if (!highest) return tl::unexpected(highest.error());
    const std::int64_t version = Integer(highest->rows.front().front());
    if (Result<void> fit = CheckMigrations(migrations, version); !fit) return fit;
    for (const Migration& migration : migrations) {
      if (migration.number <= version) continue;
      applied = true;
      const std::string text = WithSchema(migration.sqlite, prefix_);
      if (Result<void> ran = transaction.Script(text); !ran) return ran;
      const std::array<Value, 1> number = {migration.number};
      Result<Outcome> recorded = transaction.Run(kRecordMigration, number);
      if (!recorded) return tl::unexpected(recorded.error());
      return {};
    }
    return {};
  }

  const std::shared_ptr<OpenSqliteFile> file_;
  const std::string prefix_;
};

}  // namespace

Result<FileLock> FileLock::Take(const std::string& path) {
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (descriptor < 0) {
    return Retryable("sql.unavailable", fmt::format("cannot create {}: error {}", path, errno));
  }
  FileLock lock(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) == 0) return lock;
  return Refused("sql.locked", fmt::format("another process holds {}", path));
}

FileLock::FileLock(FileLock&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}

FileLock::~FileLock() {
  if (descriptor_ >= 0) close(descriptor_);
}

Result<void> SqliteReaders::Read(const std::string& prefix, const SqliteWork& work) {
  Result<std::unique_ptr<SqliteConnection>> borrowed = Borrow();
  if (!borrowed) return tl::unexpected(borrowed.error());
  SqliteConnection& connection = **borrowed;
  Result<void> result = connection.Script("begin");
  if (result) {
    const NestingGuard guard;
    SqliteTransaction transaction(connection, prefix);
    result = work(transaction);
    if (result) result = transaction.state();
  }
  const Result<void> ended = connection.Script("rollback");
  if (!ended) borrowed->reset();
  Return(std::move(*borrowed));
  return result;
}

Result<std::unique_ptr<SqliteConnection>> SqliteReaders::Borrow() {
  {
    std::unique_lock lock(mutex_);
    if (!free_.wait_for(lock, kReaderWait, [&] { return lent_ < kReadersMax; })) {
      return Retryable("sql.unavailable", "every reader is in use");
    }
    ++lent_;
    if (!idle_.empty()) {
      std::unique_ptr<SqliteConnection> connection = std::move(idle_.back());
      idle_.pop_back();
      return connection;
    }
  }
  Result<std::unique_ptr<SqliteConnection>> opened =
      SqliteConnection::Open(path_, SqliteRole::kReader);
  if (!opened) Return(nullptr);
  return opened;
}

void SqliteReaders::Return(std::unique_ptr<SqliteConnection> connection) {
  const std::lock_guard lock(mutex_);
  --lent_;
  if (connection != nullptr) idle_.push_back(std::move(connection));
  free_.notify_one();
}

std::unique_ptr<Database> OpenSqliteFile::Schema(const std::string& schema) {
  RequireSchemaName(schema);
  return std::make_unique<SqliteDatabase>(shared_from_this(), schema);
}

Result<std::shared_ptr<SqliteFile>> SqliteFile::Open(const std::string& path) {
  Result<FileLock> lock = FileLock::Take(path + ".lock");
  if (!lock) return tl::unexpected(lock.error());
  // Made before SQLite makes it, for the mode; its log inherits that.
  const int descriptor = open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, kOwnerOnly);
  if (descriptor >= 0) close(descriptor);
  Result<std::unique_ptr<SqliteConnection>> connection =
      SqliteConnection::Open(path, SqliteRole::kWriter);
  if (!connection) return tl::unexpected(connection.error());
  return std::make_shared<OpenSqliteFile>(std::move(*lock), std::move(*connection), path);
}

}  // namespace guarantee::sql
