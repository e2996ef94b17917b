// A bus in memory with levers for everything a broker does to us. Passes bus_suite.h.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "messaging/bus.h"
#include "sql/local_groups.h"

namespace guarantee::testing {

// Records that may be published and not yet reported.
inline constexpr std::size_t kFakeQueueMax = 100'000;

// Thread-safe. Reports are called on the bus's own thread, in the order of Publish. Groups behave
// as the embedded log's do. Topics come from CreateTopics only.
class FakeBus final : public messaging::Bus, private messaging::Producer, private sql::LocalLog {
 public:
  // `clock` stamps records; outlives the bus.
  explicit FakeBus(const Clock& clock = SystemClock(), sql::LocalGroupOptions groups = {});
  ~FakeBus() override;

  // Levers.

  // The next `count` publishes are not taken and are reported with `error`.
  void FailNextPublishes(int count, Error error);
  // As when the answer is lost: the next `count` are taken and nevertheless reported with `error`.
  void LoseNextAnswers(int count, Error error);
  // The next `count` records are taken twice, as after a retry that the broker did not recognise.
  void DuplicateNextPublishes(int count);
  // Reports wait until ReleaseReports; the records are there already.
  void HoldReports();
  void ReleaseReports();
  // Publishes and questions are answered "bus.unavailable", polls find nothing.
  void DropBroker();
  void RestoreBroker();
  // Everyone of the group gives back and joins again.
  void ForceRebalance(const std::string& group);
  // Everyone of the group is told that its partitions are already another's.
  void ForceLoss(const std::string& group);
  // Offsets below `start` are gone.
  void Trim(const messaging::TopicPartition& source, std::int64_t start);

  // Looking.

  [[nodiscard]] std::vector<messaging::Delivered> Records(const std::string& topic);
  // What CommitForLagTools said last; -1 when nothing.
  [[nodiscard]] std::int64_t LagPosition(const std::string& group,
                                         const messaging::TopicPartition& source);
  [[nodiscard]] std::size_t HeldReports();

  // messaging::Bus
  messaging::Producer& producer() override { return *this; }
  Result<std::unique_ptr<messaging::Consumer>> Subscribe(
      const messaging::SubscribeOptions& options) override;
  Result<std::int64_t> EndOffset(const messaging::TopicPartition& source,
                                 std::chrono::milliseconds timeout) override;
  Result<std::vector<std::int64_t>> EndOffsets(const std::string& topic,
                                               std::chrono::milliseconds timeout) override;
  Result<std::int32_t> PartitionCount(const std::string& topic,
                                      std::chrono::milliseconds timeout) override;
  Result<messaging::TopicSettings> Describe(const std::string& topic,
                                            std::chrono::milliseconds timeout) override;
  Result<void> CreateTopics(std::span<const messaging::TopicSettings> topics,
                            std::chrono::milliseconds timeout) override;

 private:
  struct Partition {
    std::int64_t start = 0;
    std::vector<messaging::Delivered> records;  // from offset 0 on, trimmed ones included
  };
  struct Topic {
    messaging::TopicSettings settings;
    std::vector<Partition> partitions;
  };
  struct Fault {
    int left = 0;
    Error error;
  };
  struct Due {
    messaging::PublishReport report;
    Result<messaging::Position> result;
  };

  // messaging::Producer
  void Publish(messaging::Record record, messaging::PublishReport report) override;
  Result<void> WarmUp(std::span<const std::string> topics,
                      std::chrono::milliseconds timeout) override;
  bool Drain(std::chrono::milliseconds timeout) override;

  // sql::LocalLog
  Result<std::int32_t> CountPartitions(const std::string& topic) override;
  Result<sql::LogBounds> Bounds(const messaging::TopicPartition& source) override;
  Result<std::vector<messaging::Delivered>> Fetch(const messaging::TopicPartition& source,
                                                  std::int64_t offset,
                                                  std::size_t records_max) override;
  void KeepPositions(const std::string& group,
                     std::span<const messaging::StartOffset> next) override;

  // Under the lock.
  Result<messaging::Position> Append(const messaging::Record& record);
  Result<Partition*> Find(const messaging::TopicPartition& source);
  Result<void> Reachable() const;
  static bool Use(Fault& fault);

  void ServeReports();

  const Clock& clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Topic> topics_;
  std::map<std::pair<std::string, messaging::TopicPartition>, std::int64_t> positions_;
  std::deque<Due> due_;
  std::size_t open_ = 0;
  Fault refuse_;
  Fault lose_;
  int duplicate_ = 0;
  bool holding_ = false;
  bool down_ = false;
  bool stopping_ = false;
  sql::LocalGroups groups_;
  std::thread thread_;
};

}  // namespace guarantee::testing
