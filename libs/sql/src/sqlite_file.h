// What SqliteFile is made of; the embedded log shares its writer.
#pragma once

#include "sqlite_writer.h"

namespace guarantee::sql {

inline constexpr std::size_t kReadersMax = 4;
inline constexpr std::chrono::milliseconds kReaderWait{5000};

// A file descriptor that holds an exclusive lock until it goes.
class FileLock {
 public:
  // Errors: refused "sql.locked"; retryable "sql.unavailable" when the file cannot be made.
  [[nodiscard]] static Result<FileLock> Take(const std::string& path);
  FileLock(FileLock&& other) noexcept;
  FileLock& operator=(FileLock&&) = delete;
  ~FileLock();

 private:
  explicit FileLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

// Thread-safe pool of reading connections.
class SqliteReaders {
 public:
  explicit SqliteReaders(std::string path) : path_(std::move(path)) {}
  [[nodiscard]] Result<void> Read(const std::string& prefix, const SqliteWork& work);

 private:
  Result<std::unique_ptr<SqliteConnection>> Borrow();
  void Return(std::unique_ptr<SqliteConnection> connection);

  const std::string path_;
  std::mutex mutex_;
  std::condition_variable free_;
  std::vector<std::unique_ptr<SqliteConnection>> idle_;
  std::size_t lent_ = 0;
};

// The only implementation of SqliteFile.
class OpenSqliteFile final : public SqliteFile,
                             public std::enable_shared_from_this<OpenSqliteFile> {
 public:
  OpenSqliteFile(FileLock lock, std::unique_ptr<SqliteConnection> connection,
                 const std::string& path)
      : lock_(std::move(lock)), readers_(path), writer_(std::move(connection)) {}

  std::unique_ptr<Database> Schema(const std::string& schema) override;
  [[nodiscard]] SqliteWriter& writer() { return writer_; }
  [[nodiscard]] SqliteReaders& readers() { return readers_; }

 private:
  FileLock lock_;  // first: released when nothing has the file open any more
  SqliteReaders readers_;
  SqliteWriter writer_;
};

}  // namespace guarantee::sql
