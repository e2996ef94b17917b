// The tables of the embedded log and what is kept of them in memory.
#pragma once

#include <map>
#include <mutex>
#include <string>
#include <vector>

#include "sql/database.h"
#include "sql/local_groups.h"

namespace guarantee::sql {

// A record's key in the table is (partition's number << kOffsetBits) + offset: one B-tree, and a
// partition's records lie together in order.
inline constexpr int kOffsetBits = 40;
inline constexpr std::int64_t kOffsetMax = (std::int64_t{1} << kOffsetBits) - 1;
// Rows that one step of retention looks at and deletes.
inline constexpr std::int64_t kRetentionRowsMax = 500;
inline constexpr std::int32_t kPartitionsMax = 1024;

struct LogPartition {
  std::int64_t number = 0;
  LogBounds bounds;
};

struct LogTopic {
  std::vector<messaging::Header> settings;
  std::vector<LogPartition> partitions;
};

// Length-prefixed name and value pairs.
[[nodiscard]] std::string EncodePairs(const std::vector<messaging::Header>& pairs);
[[nodiscard]] Result<std::vector<messaging::Header>> DecodePairs(std::string_view bytes);

// Thread-safe. Bounds are those of committed records.
class LogStore {
 public:
  explicit LogStore(std::unique_ptr<Database> database) : database_(std::move(database)) {}

  // Creates the tables and reads what is there.
  [[nodiscard]] Result<void> Open();
  [[nodiscard]] Result<void> CreateTopics(std::span<const messaging::TopicSettings> topics);
  [[nodiscard]] Result<messaging::TopicSettings> Describe(const std::string& topic);
  [[nodiscard]] Result<std::int32_t> CountPartitions(const std::string& topic);
  [[nodiscard]] Result<LogPartition> Find(const messaging::TopicPartition& source);
  [[nodiscard]] std::vector<std::pair<messaging::TopicPartition, LogPartition>> All();
  [[nodiscard]] Result<std::vector<messaging::Delivered>> Fetch(
      const messaging::TopicPartition& source, std::int64_t offset, std::size_t records_max);
  // After the COMMIT of records up to `end`.
  void Advance(const messaging::TopicPartition& source, std::int64_t end);

  // A group that is known keeps what it has not passed.
  [[nodiscard]] Result<void> AddGroup(const std::string& group,
                                      std::span<const std::string> topics);
  [[nodiscard]] Result<void> SavePositions(
      const std::map<std::pair<std::string, messaging::TopicPartition>, std::int64_t>& positions);
  // Deletes a bounded number of records of one partition; true: there may be more.
  [[nodiscard]] Result<bool> Retain(const messaging::TopicPartition& source, UnixMillis older_than);

 private:
  Result<void> Load(Transaction& transaction);
  static Result<void> AddTopic(Transaction& transaction, const messaging::TopicSettings& topic);
  // First offset that must stay; equal to the start when nothing may go.
  Result<std::int64_t> FirstToKeep(Transaction& transaction, const LogPartition& partition,
                                   UnixMillis older_than);

  std::unique_ptr<Database> database_;
  std::mutex mutex_;
  std::map<std::string, LogTopic> topics_;
};

// Inserts (id, appended_at, key, headers, value).
extern const Statement kAppendRecords;

}  // namespace guarantee::sql
