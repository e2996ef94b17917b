// messaging::WriteStore over one schema: rows of state, outbox, timers, journal, leases and
// offsets. Also the documents (letters, attachments), which never travel in an event.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "messaging/write_store.h"
#include "sql/database.h"

namespace guarantee::sql {

// Numbers 1–99 of the schema: LeaseMigration and the tables below.
[[nodiscard]] std::vector<Migration> WriteStoreMigrations();

// A published or pending outbox row, as `flow show` reads it.
struct HistoryRecord {
  messaging::PendingRecord record;
  std::optional<UnixMillis> published_at;
  messaging::Position position;
};

class SqlWriteStore final : public messaging::WriteStore {
 public:
  // `group` is the consumer group whose offsets move in the transactions.
  SqlWriteStore(Database& database, std::string group)
      : database_(database), group_(std::move(group)) {}

  [[nodiscard]] Result<void> Transact(
      const std::function<Result<void>(messaging::WriteTransaction&)>& work) override;
  [[nodiscard]] Result<std::vector<messaging::PendingRecord>> LoadPending(
      std::span<const std::int32_t> partitions, std::size_t limit) override;
  [[nodiscard]] Result<void> MarkPublished(
      std::span<const messaging::PublishedMark> marks) override;
  [[nodiscard]] Result<void> Park(std::int64_t id, const std::string& reason) override;
  [[nodiscard]] Result<std::vector<messaging::Timer>> LoadDue(
      std::span<const std::int32_t> partitions, UnixMillis due, std::size_t limit) override;
  [[nodiscard]] Result<std::vector<messaging::StartOffset>> LoadOffsets(
      const std::string& group) override;
  [[nodiscard]] Result<std::optional<messaging::StoredRow>> Load(
      const messaging::RowKey& key) override;
  [[nodiscard]] Result<std::vector<messaging::StoredRow>> List(
      const messaging::RowFilter& filter) override;

  // What happened to a flow, oldest first; at most `limit` of each.
  [[nodiscard]] Result<std::vector<HistoryRecord>> LoadHistory(const std::string& flow,
                                                               std::size_t limit);
  [[nodiscard]] Result<std::vector<messaging::JournalLine>> LoadJournal(const std::string& flow,
                                                                        std::size_t limit);

 private:
  Database& database_;
  const std::string group_;
};

inline constexpr std::size_t kDocumentBytesMax = 24U << 20;

struct Document {
  std::string sha256;  // lower-case hex, of bytes
  std::string media_type;
  std::string bytes;
};

// Documents by digest; writing the same again is the same. Thread-safe. The caller has checked
// that the digest is that of the bytes.
class SqlDocumentStore {
 public:
  explicit SqlDocumentStore(Database& database) : database_(database) {}
  [[nodiscard]] Result<void> Put(const Document& document);
  // Refused "document.unknown" when there is none.
  [[nodiscard]] Result<Document> Get(const std::string& sha256);

 private:
  Database& database_;
};

}  // namespace guarantee::sql
