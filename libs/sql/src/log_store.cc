#include "log_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace guarantee::sql {

const Statement kAppendRecords = {
    "log.append", "",
    "insert into {s}record (id, appended_at, key, headers, value) values (?1, ?2, ?3, ?4, ?5)"};

namespace {

using messaging::Delivered;
using messaging::Header;
using messaging::TopicPartition;
using messaging::TopicSettings;

constexpr std::array<Migration, 1> kSchema = {
    Migration{1, "",
              "create table {s}topic (name text primary key, settings blob not null) without rowid;"
              "create table {s}partition (number integer primary key, topic text not null"
              " references {s}topic (name), partition integer not null, unique (topic, partition));"
              "create table {s}record (id integer primary key, appended_at integer not null,"
              " key blob not null, headers blob not null, value blob not null);"
              "create table {s}position (group_name text not null, number integer not null"
              " references {s}partition (number), next integer not null,"
              " primary key (group_name, number)) without rowid"}};

const Statement kTopics = {"log.topics", "", "select name, settings from {s}topic"};
const Statement kPartitions = {
    "log.partitions", "",
    "select topic, partition, number,"
    " (select min(id) from {s}record where id >= (number << 40) and id < ((number + 1) << 40)),"
    " (select max(id) from {s}record where id >= (number << 40) and id < ((number + 1) << 40))"
    " from {s}partition order by topic, partition"};
const Statement kAddTopic = {"log.add_topic", "",
                             "insert or ignore into {s}topic (name, settings) values (?1, ?2)"};
const Statement kAddPartition = {"log.add_partition", "",
                                 "insert into {s}partition (topic, partition) values (?1, ?2)"};
const Statement kFetch = {"log.fetch", "",
                          "select id, appended_at, key, headers, value from {s}record"
                          " where id >= ?1 and id < ?2 order by id limit ?3"};
const Statement kAddGroup = {"log.add_group", "",
                             "insert or ignore into {s}position (group_name, number, next)"
                             " select ?1, number, 0 from {s}partition where topic = ?2"};
const Statement kSavePosition = {
    "log.save_position", "",
    "insert into {s}position (group_name, number, next) values (?1, ?2, ?3)"
    " on conflict (group_name, number) do update set next = excluded.next"};
const Statement kLowestPosition = {"log.lowest_position", "",
                                   "select min(next) from {s}position where number = ?1"};
const Statement kAges = {"log.ages", "",
                         "select id, appended_at from {s}record"
                         " where id >= ?1 and id < ?2 order by id limit ?3"};
const Statement kDelete = {"log.delete", "", "delete from {s}record where id >= ?1 and id < ?2"};

std::int64_t IdOf(const LogPartition& partition, std::int64_t offset) {
  return (partition.number << kOffsetBits) + offset;
}
std::int64_t OffsetOf(std::int64_t id) { return id & kOffsetMax; }

void PutText(std::string& out, std::string_view text) {
  auto size = static_cast<std::uint32_t>(text.size());
  for (int byte = 0; byte < 4; ++byte, size >>= 8U) out.push_back(static_cast<char>(size & 0xffU));
  out.append(text);
}

// False at the end or when the bytes are not what EncodePairs wrote.
bool TakeText(std::string_view& bytes, std::string& out) {
  if (bytes.size() < 4) return false;
  std::uint32_t size = 0;
  for (std::size_t byte = 4; byte > 0; --byte) {
    size = size << 8U | static_cast<unsigned char>(bytes[byte - 1]);
  }
  bytes.remove_prefix(4);
  if (bytes.size() < size) return false;
  out = bytes.substr(0, size);
  bytes.remove_prefix(size);
  return true;
}

Result<void> Ignore(const Result<Outcome>& outcome) {
  if (!outcome) return tl::unexpected(outcome.error());
  return {};
}

tl::unexpected<Error> NoTopic(const std::string& topic) {
  return Refused("bus.topic", "there is no topic " + topic);
}

}  // namespace

std::string EncodePairs(const std::vector<Header>& pairs) {
  std::string out;
  for (const Header& pair : pairs) {
    PutText(out, pair.name);
    PutText(out, pair.value);
  }
  return out;
}

Result<std::vector<Header>> DecodePairs(std::string_view bytes) {
  std::vector<Header> pairs;
  while (!bytes.empty()) {
    Header& pair = pairs.emplace_back();
    if (!TakeText(bytes, pair.name) || !TakeText(bytes, pair.value)) {
      return Permanent("bus.corrupt", "the headers of a stored record cannot be read");
    }
  }
  return pairs;
}

Result<void> LogStore::Open() {
  if (Result<void> migrated = database_->Migrate(kSchema); !migrated) return migrated;
  return database_->Read([&](Transaction& transaction) { return Load(transaction); });
}

Result<void> LogStore::Load(Transaction& transaction) {
  const Result<Outcome> topics = transaction.Run(kTopics, {});
  if (!topics) return tl::unexpected(topics.error());
  const Result<Outcome> partitions = transaction.Run(kPartitions, {});
  if (!partitions) return tl::unexpected(partitions.error());
  std::map<std::string, LogTopic> loaded;
  for (const Row& row : topics->rows) {
    Result<std::vector<Header>> settings = DecodePairs(Bytes(row[1]));
    if (!settings) return tl::unexpected(settings.error());
    loaded[Text(row[0])].settings = std::move(*settings);
  }
  for (const Row& row : partitions->rows) {
    LogPartition partition{Integer(row[2]), {}};
    if (!IsNull(row[3])) {
      partition.bounds = {OffsetOf(Integer(row[3])), OffsetOf(Integer(row[4])) + 1};
    }
    loaded[Text(row[0])].partitions.push_back(partition);
  }
  const std::lock_guard lock(mutex_);
  for (auto& [name, topic] : loaded) topics_.try_emplace(name, std::move(topic));
  return {};
}

Result<void> LogStore::CreateTopics(std::span<const TopicSettings> topics) {
  for (const TopicSettings& topic : topics) {
    if (topic.topic.empty() || topic.partitions < 1 || topic.partitions > kPartitionsMax) {
      return Refused("bus.topic", "a topic needs a name and 1 to 1024 partitions", topic.topic);
    }
  }
  Result<void> created = database_->Transact([&](Transaction& transaction) -> Result<void> {
    for (const TopicSettings& topic : topics) {
      if (Result<void> added = AddTopic(transaction, topic); !added) return added;
    }
    return {};
  });
  if (!created) return created;
  return database_->Read([&](Transaction& transaction) { return Load(transaction); });
}

Result<void> LogStore::AddTopic(Transaction& transaction, const TopicSettings& topic) {
  const std::array<Value, 2> row = {topic.topic, Blob{EncodePairs(topic.settings)}};
  const Result<Outcome> added = transaction.Run(kAddTopic, row);
  if (!added) return tl::unexpected(added.error());
  if (added->affected == 0) return {};
  Column names{ColumnType::kText, {}};
  Column numbers{ColumnType::kInteger, {}};
  for (std::int32_t partition = 0; partition < topic.partitions; ++partition) {
    names.values.emplace_back(topic.topic);
    numbers.values.emplace_back(std::int64_t{partition});
  }
  const std::array columns = {std::move(names), std::move(numbers)};
  return Ignore(transaction.RunSet(kAddPartition, columns, {}));
}

Result<TopicSettings> LogStore::Describe(const std::string& topic) {
  const std::lock_guard lock(mutex_);
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return NoTopic(topic);
  const auto partitions = static_cast<std::int32_t>(found->second.partitions.size());
  return TopicSettings{topic, partitions, 1, found->second.settings};
}

Result<std::int32_t> LogStore::CountPartitions(const std::string& topic) {
  const std::lock_guard lock(mutex_);
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return NoTopic(topic);
  return static_cast<std::int32_t>(found->second.partitions.size());
}

Result<LogPartition> LogStore::Find(const TopicPartition& source) {
  const std::lock_guard lock(mutex_);
  const auto found = topics_.find(source.topic);
  if (found == topics_.end()) return NoTopic(source.topic);
  const auto at = static_cast<std::size_t>(source.partition);
  if (source.partition < 0 || at >= found->second.partitions.size()) {
    return Refused("bus.topic",
                   fmt::format("{} has no partition {}", source.topic, source.partition));
  }
  return found->second.partitions[at];
}

std::vector<std::pair<TopicPartition, LogPartition>> LogStore::All() {
  const std::lock_guard lock(mutex_);
  std::vector<std::pair<TopicPartition, LogPartition>> all;
  for (const auto& [name, topic] : topics_) {
    std::int32_t partition = 0;
    for (const LogPartition& of_topic : topic.partitions) {
      all.push_back({{name, partition++}, of_topic});
    }
  }
  return all;
}

Result<std::vector<Delivered>> LogStore::Fetch(const TopicPartition& source, std::int64_t offset,
                                               std::size_t records_max) {
  const Result<LogPartition> partition = Find(source);
  if (!partition) return tl::unexpected(partition.error());
  const std::array<Value, 3> range = {IdOf(*partition, offset),
                                      IdOf(*partition, partition->bounds.end),
                                      static_cast<std::int64_t>(records_max)};
  std::vector<Delivered> records;
  const Result<void> read = database_->Read([&](Transaction& transaction) -> Result<void> {
    Result<Outcome> outcome = transaction.Run(kFetch, range);
    if (!outcome) return tl::unexpected(outcome.error());
    for (Row& row : outcome->rows) {
      Result<std::vector<Header>> headers = DecodePairs(Bytes(row[3]));
      if (!headers) return tl::unexpected(headers.error());
      records.push_back({source, OffsetOf(Integer(row[0])), UnixMillis{Integer(row[1])},
                         std::move(std::get<Blob>(row[2]).bytes), std::move(*headers),
                         std::move(std::get<Blob>(row[4]).bytes)});
    }
    return {};
  });
  if (!read) return tl::unexpected(read.error());
  return records;
}

void LogStore::Advance(const TopicPartition& source, std::int64_t end) {
  const std::lock_guard lock(mutex_);
  topics_[source.topic].partitions[static_cast<std::size_t>(source.partition)].bounds.end = end;
}

Result<void> LogStore::AddGroup(const std::string& group, std::span<const std::string> topics) {
  return database_->Transact([&](Transaction& transaction) -> Result<void> {
    for (const std::string& topic : topics) {
      const std::array<Value, 2> row = {group, topic};
      if (Result<void> added = Ignore(transaction.Run(kAddGroup, row)); !added) return added;
    }
    return {};
  });
}

Result<void> LogStore::SavePositions(
    const std::map<std::pair<std::string, TopicPartition>, std::int64_t>& positions) {
  std::array columns = {Column{ColumnType::kText, {}}, Column{ColumnType::kInteger, {}},
                        Column{ColumnType::kInteger, {}}};
  for (const auto& [key, next] : positions) {
    const Result<LogPartition> partition = Find(key.second);
    if (!partition) return tl::unexpected(partition.error());
    columns[0].values.emplace_back(key.first);
    columns[1].values.emplace_back(partition->number);
    columns[2].values.emplace_back(next);
  }
  return database_->Transact([&](Transaction& transaction) {
    return Ignore(transaction.RunSet(kSavePosition, columns, {}));
  });
}

Result<bool> LogStore::Retain(const TopicPartition& source, UnixMillis older_than) {
  const Result<LogPartition> partition = Find(source);
  if (!partition) return tl::unexpected(partition.error());
  std::int64_t start = partition->bounds.start;
  const Result<void> done = database_->Transact([&](Transaction& transaction) -> Result<void> {
    const Result<std::int64_t> keep = FirstToKeep(transaction, *partition, older_than);
    if (!keep) return tl::unexpected(keep.error());
    start = *keep;
    if (start == partition->bounds.start) return {};
    const std::array<Value, 2> range = {IdOf(*partition, partition->bounds.start),
                                        IdOf(*partition, start)};
    return Ignore(transaction.Run(kDelete, range));
  });
  if (!done) return tl::unexpected(done.error());
  const std::lock_guard lock(mutex_);
  LogTopic& topic = topics_[source.topic];
  topic.partitions[static_cast<std::size_t>(source.partition)].bounds.start = start;
  return start - partition->bounds.start >= kRetentionRowsMax;
}

Result<std::int64_t> LogStore::FirstToKeep(Transaction& transaction, const LogPartition& partition,
                                           UnixMillis older_than) {
  const LogBounds bounds = partition.bounds;
  const std::array<Value, 1> number = {partition.number};
  const Result<Outcome> lowest = transaction.Run(kLowestPosition, number);
  if (!lowest) return tl::unexpected(lowest.error());
  const Value& passed = lowest->rows.at(0).at(0);
  // The last record stays: after a restart the end is read from it.
  std::int64_t limit = bounds.end - 1;
  if (!IsNull(passed)) limit = std::min(limit, Integer(passed));
  if (limit <= bounds.start) return bounds.start;
  const std::array<Value, 3> range = {IdOf(partition, bounds.start), IdOf(partition, limit),
                                      kRetentionRowsMax};
  const Result<Outcome> ages = transaction.Run(kAges, range);
  if (!ages) return tl::unexpected(ages.error());
  std::int64_t keep = bounds.start;
  for (const Row& row : ages->rows) {
    if (Integer(row[1]) >= older_than.value) break;
    keep = OffsetOf(Integer(row[0])) + 1;
  }
  return keep;
}

}  // namespace guarantee::sql
