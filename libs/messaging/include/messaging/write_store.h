// What the one write path (execute.h), the relay and the timers need of a store. The SQL side is
// sql/write_store.h, one schema a service; design.md "The write path".
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "messaging/bus.h"
#include "messaging/event.h"

namespace guarantee::messaging {

// Identity of one row of business state. Rows are locked in the order of (kind, id); a service
// numbers its kinds so that what must be locked first comes first (order before guarantee).
struct RowKey {
  std::int16_t kind = 0;
  std::string id;  // the flow key: partner/kind/number

  auto operator<=>(const RowKey&) const = default;
};

// What lists and look-ups need without parsing the state. Nothing sealed or sensitive.
struct RowSummary {
  std::string partner;
  std::string number;
  std::string business_no;
  std::string status;
  std::int64_t amount_fen = 0;

  bool operator==(const RowSummary&) const = default;
};

struct StoredRow {
  RowKey key;
  std::int32_t partition = 0;  // of the key in the service's requests topic
  std::int64_t version = 0;    // 0: not in the store
  std::string state;           // the service's own Protobuf
  RowSummary summary;
  UnixMillis updated_at;
};

// A record on its way out. The envelope's sequence is given by the store when `sequenced`.
struct OutboxEntry {
  std::int32_t partition = 0;  // of the flow in the service's requests topic: who relays it
  std::string topic;
  bool sequenced = true;
  Envelope envelope;
  std::string value;
  std::string detail;  // one line for `flow show`; nothing sensitive
};

struct PendingRecord {
  std::int64_t id = 0;
  OutboxEntry entry;
};

struct PublishedMark {
  std::int64_t id = 0;
  Position position;
};

// One timer of a row; setting the same (row, name) again moves it.
struct Timer {
  RowKey row;
  std::string name;
  std::int32_t partition = 0;
  UnixMillis due;
  std::string payload;  // the waiting command of a waiting row, else empty
};

// One line of a flow's history, beside the outbox.
struct JournalLine {
  std::string flow;
  UnixMillis at;
  std::string kind;  // request, decision, timer
  std::string section;
  std::optional<StartOffset> source;  // the record that caused it
  std::string detail;
};

struct OffsetMove {
  TopicPartition source;
  std::int64_t epoch = 0;
  std::int64_t old_next = 0;
  std::int64_t new_next = 0;
};

struct HeldEpoch {
  std::int32_t partition = 0;
  std::int64_t epoch = 0;
};

// Error code of a partition that has a newer owner; the holder drops everything and rejoins.
inline constexpr const char* kFencedCode = "lease.fenced";
// Error code of a lost race; the whole Execute is run again.
inline constexpr const char* kConflictCode = "sql.conflict";

class WriteTransaction {
 public:
  virtual ~WriteTransaction() = default;
  // Retryable kFencedCode unless every offset stood at old_next under that epoch.
  [[nodiscard]] virtual Result<void> MoveOffsets(std::span<const OffsetMove> moves) = 0;
  // Retryable kFencedCode unless the epochs are current; they stay so until the end.
  [[nodiscard]] virtual Result<void> HoldEpochs(std::span<const HeldEpoch> epochs) = 0;
  // Locks what is there, in the order given (sorted by the caller), and answers it.
  [[nodiscard]] virtual Result<std::vector<StoredRow>> Lock(std::span<const RowKey> keys) = 0;
  // Inserts version 0, updates the others where the version still matches; else kConflictCode.
  [[nodiscard]] virtual Result<void> Save(std::span<const StoredRow> rows) = 0;
  [[nodiscard]] virtual Result<void> Append(std::span<const OutboxEntry> entries) = 0;
  [[nodiscard]] virtual Result<void> SetTimers(std::span<const Timer> timers) = 0;
  // Each only with its due time; with none (0) whatever its due time.
  [[nodiscard]] virtual Result<void> ClearTimers(std::span<const Timer> timers) = 0;
  [[nodiscard]] virtual Result<void> Note(std::span<const JournalLine> lines) = 0;
};

struct RowFilter {
  std::int16_t kind = 0;
  std::string partner;  // empty: any
  std::string number;   // number or businessNo; empty: any
  std::size_t limit = 200;
};

// Thread-safe.
class WriteStore {
 public:
  virtual ~WriteStore() = default;
  [[nodiscard]] virtual Result<void> Transact(
      const std::function<Result<void>(WriteTransaction&)>& work) = 0;

  // Unpublished records of flows in these partitions, oldest first; flows with a parked record
  // are left out.
  [[nodiscard]] virtual Result<std::vector<PendingRecord>> LoadPending(
      std::span<const std::int32_t> partitions, std::size_t limit) = 0;
  [[nodiscard]] virtual Result<void> MarkPublished(std::span<const PublishedMark> marks) = 0;
  // The bus will never take this record: its flow stops until an operator has looked.
  [[nodiscard]] virtual Result<void> Park(std::int64_t id, const std::string& reason) = 0;
  // Timers of these partitions due at or before `due`, in order of due time.
  [[nodiscard]] virtual Result<std::vector<Timer>> LoadDue(std::span<const std::int32_t> partitions,
                                                           UnixMillis due, std::size_t limit) = 0;
  // Every offset row of the group, whoever owns it.
  [[nodiscard]] virtual Result<std::vector<StartOffset>> LoadOffsets(const std::string& group) = 0;

  [[nodiscard]] virtual Result<std::optional<StoredRow>> Load(const RowKey& key) = 0;
  [[nodiscard]] virtual Result<std::vector<StoredRow>> List(const RowFilter& filter) = 0;
};

}  // namespace guarantee::messaging
