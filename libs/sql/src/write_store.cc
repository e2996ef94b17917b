#include "sql/write_store.h"

#include <algorithm>
#include <map>

#include "sql/lease_store.h"
#include "write_store_statements.h"

namespace guarantee::sql {
namespace {

using messaging::HeldEpoch;
using messaging::JournalLine;
using messaging::OffsetMove;
using messaging::OutboxEntry;
using messaging::PendingRecord;
using messaging::PublishedMark;
using messaging::RowKey;
using messaging::StartOffset;
using messaging::StoredRow;
using messaging::Timer;

// Collects rows of values into typed columns.
class ColumnSet {
 public:
  ColumnSet(std::initializer_list<ColumnType> types) {
    for (const ColumnType type : types) columns_.push_back({type, {}});
  }
  void Add(std::initializer_list<Value> values) {
    std::size_t at = 0;
    for (const Value& value : values) columns_.at(at++).values.push_back(value);
  }
  [[nodiscard]] std::span<const Column> columns() const { return columns_; }
  [[nodiscard]] std::size_t size() const { return columns_.front().values.size(); }

 private:
  std::vector<Column> columns_;
};

constexpr ColumnType kInt = ColumnType::kInteger;
constexpr ColumnType kText = ColumnType::kText;
constexpr ColumnType kBlob = ColumnType::kBlob;

Result<void> Done(const Result<Outcome>& outcome) {
  if (!outcome) return tl::unexpected(outcome.error());
  return {};
}

StoredRow ToStoredRow(const Row& row) {
  StoredRow stored;
  stored.key = {static_cast<std::int16_t>(Integer(row.at(0))), Text(row.at(1))};
  stored.partition = static_cast<std::int32_t>(Integer(row.at(2)));
  stored.version = Integer(row.at(3));
  stored.state = Bytes(row.at(4));
  stored.summary = {Text(row.at(5)), Text(row.at(6)), Text(row.at(7)), Text(row.at(8)),
                    Integer(row.at(9))};
  stored.updated_at = {Integer(row.at(10))};
  return stored;
}

HistoryRecord ToHistory(const Row& row) {
  HistoryRecord history;
  OutboxEntry& entry = history.record.entry;
  history.record.id = Integer(row.at(0));
  entry.partition = static_cast<std::int32_t>(Integer(row.at(1)));
  entry.topic = Text(row.at(2));
  entry.envelope.flow = Text(row.at(3));
  entry.envelope.sequence = Integer(row.at(4));
  entry.sequenced = entry.envelope.sequence > 0;
  entry.envelope.id = Text(row.at(5));
  entry.envelope.type = Text(row.at(6));
  entry.envelope.partner = Text(row.at(7));
  entry.envelope.interface_section = Text(row.at(8));
  entry.envelope.business_no = Text(row.at(9));
  entry.envelope.causation = Text(row.at(10));
  entry.envelope.traceparent = Text(row.at(11));
  entry.envelope.time = {Integer(row.at(12))};
  entry.value = Bytes(row.at(13));
  entry.detail = Text(row.at(14));
  if (!IsNull(row.at(15))) history.published_at = UnixMillis{Integer(row.at(15))};
  if (!IsNull(row.at(16))) {
    history.position = {static_cast<std::int32_t>(Integer(row.at(16))), Integer(row.at(17))};
  }
  entry.envelope.not_after = {Integer(row.at(18))};
  return history;
}

JournalLine ToJournalLine(const Row& row) {
  JournalLine line{Text(row.at(0)), {Integer(row.at(1))}, Text(row.at(2)),
                   Text(row.at(3)), std::nullopt,         Text(row.at(7))};
  if (!IsNull(row.at(4))) {
    line.source = StartOffset{{Text(row.at(4)), static_cast<std::int32_t>(Integer(row.at(5)))},
                              Integer(row.at(6))};
  }
  return line;
}

class SqlWriteTransaction final : public messaging::WriteTransaction {
 public:
  SqlWriteTransaction(Transaction& transaction, const std::string& group)
      : transaction_(transaction), group_(group) {}

  Result<void> MoveOffsets(std::span<const OffsetMove> moves) override {
    return sql::MoveOffsets(transaction_, group_, moves);
  }
  Result<void> HoldEpochs(std::span<const HeldEpoch> epochs) override {
    return sql::HoldEpochs(transaction_, group_, epochs);
  }
  Result<std::vector<StoredRow>> Lock(std::span<const RowKey> keys) override;
  Result<void> Save(std::span<const StoredRow> rows) override;
  Result<void> Append(std::span<const OutboxEntry> entries) override;
  Result<void> SetTimers(std::span<const Timer> timers) override;
  Result<void> ClearTimers(std::span<const Timer> timers) override;
  Result<void> Note(std::span<const JournalLine> lines) override;

 private:
  using FlowTopic = std::pair<std::string, std::string>;
  Result<std::map<FlowTopic, std::int64_t>> FirstSequences(std::span<const OutboxEntry> entries);

  Transaction& transaction_;
  const std::string& group_;
};

Result<std::vector<StoredRow>> SqlWriteTransaction::Lock(std::span<const RowKey> keys) {
  ColumnSet set{kInt, kText};
  for (const RowKey& key : keys) set.Add({std::int64_t{key.kind}, key.id});
  const Result<Outcome> locked = transaction_.RunSet(kLockRows, set.columns(), {});
  if (!locked) return tl::unexpected(locked.error());
  std::vector<StoredRow> rows;
  rows.reserve(locked->rows.size());
  for (const Row& row : locked->rows) rows.push_back(ToStoredRow(row));
  return rows;
}

Result<void> SqlWriteTransaction::Save(std::span<const StoredRow> rows) {
  ColumnSet inserts{kInt, kText, kInt, kInt, kBlob, kText, kText, kText, kText, kInt};
  ColumnSet updates{kInt, kText, kInt, kInt, kBlob, kText, kText, kText, kText, kInt};
  for (const StoredRow& row : rows) {
    const messaging::RowSummary& summary = row.summary;
    (row.version == 0 ? inserts : updates)
        .Add({std::int64_t{row.key.kind}, row.key.id, std::int64_t{row.partition}, row.version,
              Blob{row.state}, summary.partner, summary.number, summary.business_no, summary.status,
              summary.amount_fen});
  }
  if (inserts.size() > 0) {
    // Somebody else's insert of the same key is a conflict: unique violation.
    if (auto done = Done(transaction_.RunSet(kInsertRows, inserts.columns(), {})); !done) {
      return done;
    }
  }
  if (updates.size() == 0) return {};
  const Result<Outcome> updated = transaction_.RunSet(kUpdateRows, updates.columns(), {});
  if (!updated) return tl::unexpected(updated.error());
  if (updated->affected != static_cast<std::int64_t>(updates.size())) {
    return Retryable(messaging::kConflictCode, "a row changed meanwhile");
  }
  return {};
}

// The number before the first that each (flow, topic) gets now.
Result<std::map<SqlWriteTransaction::FlowTopic, std::int64_t>> SqlWriteTransaction::FirstSequences(
    std::span<const OutboxEntry> entries) {
  std::map<FlowTopic, std::int64_t> numbers;
  for (const OutboxEntry& entry : entries) {
    if (entry.sequenced) ++numbers[{entry.envelope.flow, entry.topic}];
  }
  if (numbers.empty()) return numbers;
  ColumnSet set{kText, kText, kInt};
  for (const auto& [key, number] : numbers) set.Add({key.first, key.second, number});
  const Result<Outcome> taken = transaction_.RunSet(kTakeSequences, set.columns(), {});
  if (!taken) return tl::unexpected(taken.error());
  for (const Row& row : taken->rows) {
    std::int64_t& number = numbers.at({Text(row.at(0)), Text(row.at(1))});
    number = Integer(row.at(2)) - number;
  }
  return numbers;
}

Result<void> SqlWriteTransaction::Append(std::span<const OutboxEntry> entries) {
  Result<std::map<FlowTopic, std::int64_t>> last = FirstSequences(entries);
  if (!last) return tl::unexpected(last.error());
  ColumnSet set{kInt,  kText, kText, kInt, kText, kText, kText, kText,
                kText, kText, kText, kInt, kBlob, kText, kInt};
  for (const OutboxEntry& entry : entries) {
    const messaging::Envelope& envelope = entry.envelope;
    const std::int64_t sequence =
        entry.sequenced ? ++last->at({envelope.flow, entry.topic}) : std::int64_t{0};
    set.Add({std::int64_t{entry.partition}, entry.topic, envelope.flow, sequence, envelope.id,
             envelope.type, envelope.partner, envelope.interface_section, envelope.business_no,
             envelope.causation, envelope.traceparent, envelope.time.value, Blob{entry.value},
             entry.detail, envelope.not_after.value});
  }
  return Done(transaction_.RunSet(kAppendOutbox, set.columns(), {}));
}

Result<void> SqlWriteTransaction::SetTimers(std::span<const Timer> timers) {
  ColumnSet set{kInt, kText, kText, kInt, kInt, kBlob};
  for (const Timer& timer : timers) {
    set.Add({std::int64_t{timer.row.kind}, timer.row.id, timer.name, std::int64_t{timer.partition},
             timer.due.value, Blob{timer.payload}});
  }
  return Done(transaction_.RunSet(kSetTimers, set.columns(), {}));
}

Result<void> SqlWriteTransaction::ClearTimers(std::span<const Timer> timers) {
  ColumnSet set{kInt, kText, kText, kInt};
  for (const Timer& timer : timers) {
    set.Add({std::int64_t{timer.row.kind}, timer.row.id, timer.name, timer.due.value});
  }
  return Done(transaction_.RunSet(kClearTimers, set.columns(), {}));
}

Result<void> SqlWriteTransaction::Note(std::span<const JournalLine> lines) {
  ColumnSet set{kText, kInt, kText, kText, kText, kInt, kInt, kText};
  for (const JournalLine& line : lines) {
    Value topic;
    Value partition;
    Value offset;
    if (line.source) {
      topic = line.source->source.topic;
      partition = std::int64_t{line.source->source.partition};
      offset = line.source->next;
    }
    set.Add(
        {line.flow, line.at.value, line.kind, line.section, topic, partition, offset, line.detail});
  }
  return Done(transaction_.RunSet(kNote, set.columns(), {}));
}

// Reads rows with one statement and maps each.
template <typename Item, typename Read, typename Map>
Result<std::vector<Item>> Fetch(Database& database, const Read& read, const Map& map) {
  std::vector<Item> items;
  const Result<void> done = database.Read([&](Transaction& transaction) -> Result<void> {
    const Result<Outcome> outcome = read(transaction);
    if (!outcome) return tl::unexpected(outcome.error());
    items.clear();
    items.reserve(outcome->rows.size());
    for (const Row& row : outcome->rows) items.push_back(map(row));
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  return items;
}

ColumnSet PartitionColumn(std::span<const std::int32_t> partitions) {
  ColumnSet set{kInt};
  for (const std::int32_t partition : partitions) set.Add({std::int64_t{partition}});
  return set;
}

}  // namespace

Result<void> SqlWriteStore::Transact(
    const std::function<Result<void>(messaging::WriteTransaction&)>& work) {
  return database_.Transact([&](Transaction& transaction) -> Result<void> {
    SqlWriteTransaction write(transaction, group_);
    return work(write);
  });
}

Result<std::vector<PendingRecord>> SqlWriteStore::LoadPending(
    std::span<const std::int32_t> partitions, std::size_t limit) {
  const ColumnSet set = PartitionColumn(partitions);
  const Value scalars[] = {static_cast<std::int64_t>(limit)};
  return Fetch<PendingRecord>(
      database_,
      [&](Transaction& transaction) {
        return transaction.RunSet(kLoadPending, set.columns(), scalars);
      },
      [](const Row& row) { return ToHistory(row).record; });
}

Result<void> SqlWriteStore::MarkPublished(std::span<const PublishedMark> marks) {
  ColumnSet set{kInt, kInt, kInt};
  for (const PublishedMark& mark : marks) {
    set.Add({mark.id, std::int64_t{mark.position.partition}, mark.position.offset});
  }
  return database_.Transact([&](Transaction& transaction) {
    return Done(transaction.RunSet(kMarkPublished, set.columns(), {}));
  });
}

Result<void> SqlWriteStore::Park(std::int64_t id, const std::string& reason) {
  return database_.Transact([&](Transaction& transaction) {
    const Value values[] = {id, reason};
    return Done(transaction.Run(kPark, values));
  });
}

Result<std::vector<Timer>> SqlWriteStore::LoadDue(std::span<const std::int32_t> partitions,
                                                  UnixMillis due, std::size_t limit) {
  const ColumnSet set = PartitionColumn(partitions);
  const Value scalars[] = {due.value, static_cast<std::int64_t>(limit)};
  Result<std::vector<Timer>> timers = Fetch<Timer>(
      database_,
      [&](Transaction& transaction) {
        return transaction.RunSet(kLoadDue, set.columns(), scalars);
      },
      [](const Row& row) {
        return Timer{{static_cast<std::int16_t>(Integer(row.at(0))), Text(row.at(1))},
                     Text(row.at(2)),
                     static_cast<std::int32_t>(Integer(row.at(3))),
                     {Integer(row.at(4))},
                     Bytes(row.at(5))};
      });
  if (!timers) return timers;
  // SQLite answers partition by partition.
  std::stable_sort(timers->begin(), timers->end(),
                   [](const Timer& left, const Timer& right) { return left.due < right.due; });
  if (timers->size() > limit) timers->resize(limit);
  return timers;
}

Result<std::vector<StartOffset>> SqlWriteStore::LoadOffsets(const std::string& group) {
  std::vector<StartOffset> offsets;
  const Result<void> done = database_.Read([&](Transaction& transaction) -> Result<void> {
    Result<std::vector<StartOffset>> loaded = sql::LoadOffsets(transaction, group);
    if (!loaded) return tl::unexpected(loaded.error());
    offsets = std::move(*loaded);
    return {};
  });
  if (!done) return tl::unexpected(done.error());
  return offsets;
}

Result<std::optional<StoredRow>> SqlWriteStore::Load(const RowKey& key) {
  const Value values[] = {std::int64_t{key.kind}, key.id};
  Result<std::vector<StoredRow>> rows = Fetch<StoredRow>(
      database_, [&](Transaction& transaction) { return transaction.Run(kLoadRow, values); },
      ToStoredRow);
  if (!rows) return tl::unexpected(rows.error());
  if (rows->empty()) return std::optional<StoredRow>{};
  return std::optional<StoredRow>{std::move(rows->front())};
}

Result<std::vector<StoredRow>> SqlWriteStore::List(const messaging::RowFilter& filter) {
  const Value values[] = {std::int64_t{filter.kind}, filter.partner, filter.number,
                          static_cast<std::int64_t>(filter.limit)};
  return Fetch<StoredRow>(
      database_, [&](Transaction& transaction) { return transaction.Run(kListRows, values); },
      ToStoredRow);
}

Result<std::vector<HistoryRecord>> SqlWriteStore::LoadHistory(const std::string& flow,
                                                              std::size_t limit) {
  const Value values[] = {flow, static_cast<std::int64_t>(limit)};
  return Fetch<HistoryRecord>(
      database_, [&](Transaction& transaction) { return transaction.Run(kLoadHistory, values); },
      ToHistory);
}

Result<std::vector<JournalLine>> SqlWriteStore::LoadJournal(const std::string& flow,
                                                            std::size_t limit) {
  const Value values[] = {flow, static_cast<std::int64_t>(limit)};
  return Fetch<JournalLine>(
      database_, [&](Transaction& transaction) { return transaction.Run(kLoadJournal, values); },
      ToJournalLine);
}

Result<void> SqlDocumentStore::Put(const Document& document) {
  if (document.bytes.size() > kDocumentBytesMax) {
    return Refused("document.size", "the document is larger than allowed");
  }
  return database_.Transact([&](Transaction& transaction) {
    const Value values[] = {document.sha256, document.media_type, Blob{document.bytes}};
    return Done(transaction.Run(kPutDocument, values));
  });
}

Result<Document> SqlDocumentStore::Get(const std::string& sha256) {
  const Value values[] = {sha256};
  Result<std::vector<Document>> found = Fetch<Document>(
      database_, [&](Transaction& transaction) { return transaction.Run(kGetDocument, values); },
      [&](const Row& row) {
        return Document{sha256, Text(row.at(0)), Bytes(row.at(1))};
      });
  if (!found) return tl::unexpected(found.error());
  if (found->empty()) return Refused("document.unknown", "there is no such document");
  return std::move(found->front());
}

}  // namespace guarantee::sql
