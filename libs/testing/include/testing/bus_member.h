// Helpers of tests that speak to a Bus: a member of a group with its own polling thread, the
// offsets that SQL would hold, and a box for reports.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <thread>
#include <vector>

#include "messaging/bus.h"

namespace guarantee::testing {

// For anything a bus does in a test; a real broker's group join is the slowest of them.
inline constexpr std::chrono::milliseconds kBusDeadline{30'000};

// Collects reports in the order of their Publish calls. Thread-safe; outlives its reports.
class ReportBox {
 public:
  // The report for the next Publish.
  messaging::PublishReport Next();
  // Waits until `count` publishes are reported; fails the test (and answers errors for those
  // missing) at the deadline.
  std::vector<Result<messaging::Position>> Await(std::size_t count);
  // Reports so far, repeated ones included.
  std::size_t called();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::optional<Result<messaging::Position>>> reports_;
  std::size_t called_ = 0;
};

// Where each partition continues; shared by the members of a group as a SQL table would be.
class OffsetTable {
 public:
  void Set(const messaging::TopicPartition& source, std::int64_t next);
  // The next `count` questions are answered with an error, as with the database away.
  void FailNext(int count) { failures_ = count; }
  [[nodiscard]] int refusals() const { return refusals_; }
  Result<std::vector<messaging::StartOffset>> Starts(
      std::span<const messaging::TopicPartition> partitions);

 private:
  std::mutex mutex_;
  std::map<messaging::TopicPartition, std::int64_t> next_;
  std::atomic<int> failures_ = 0;
  std::atomic<int> refusals_ = 0;
};

// A group member whose own thread polls until it goes. What it receives moves the offsets.
class BusMember final : private messaging::AssignmentHandler {
 public:
  static constexpr std::size_t kBatchMax = 7;

  BusMember(messaging::Bus& bus, const std::string& group, const std::string& topic,
            OffsetTable& offsets);
  ~BusMember() override;
  BusMember(const BusMember&) = delete;
  BusMember& operator=(const BusMember&) = delete;

  // Runs `action` between two polls, on the polling thread, and returns when it has run. Not
  // within a condition of Await.
  void Do(const std::function<void(messaging::Consumer&)>& action);
  // False at the deadline. `condition` may ask this member.
  bool Await(const std::function<bool()>& condition);
  // What has come when `count` have, or at the deadline.
  std::vector<messaging::Delivered> AwaitDelivered(std::size_t count);

  std::vector<messaging::Delivered> delivered();
  std::vector<Error> errors();
  std::set<messaging::TopicPartition> owned();
  int assignments();
  int revocations();
  bool any_lost();
  std::size_t largest_batch();

 private:
  Result<std::vector<messaging::StartOffset>> OnAssigned(
      std::span<const messaging::TopicPartition> partitions) override;
  void OnRevoked(std::span<const messaging::TopicPartition> partitions, bool lost) override;
  void Serve();
  void Keep(std::vector<messaging::Delivered> records);

  OffsetTable& offsets_;
  std::unique_ptr<messaging::Consumer> consumer_;
  std::recursive_mutex mutex_;  // conditions of Await ask again under it
  std::condition_variable_any changed_;
  std::function<void(messaging::Consumer&)> action_;
  std::vector<messaging::Delivered> delivered_;
  std::vector<Error> errors_;
  std::set<messaging::TopicPartition> owned_;
  int assignments_ = 0;
  int revocations_ = 0;
  bool any_lost_ = false;
  bool stopping_ = false;
  std::size_t largest_batch_ = 0;
  std::thread thread_;
};

}  // namespace guarantee::testing
