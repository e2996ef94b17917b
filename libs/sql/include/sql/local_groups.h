// Consumer groups inside one process, for logs that have no broker: the embedded log and the
// in-memory fake share them, so that both assign, revoke and stop as Kafka's eager range does.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "messaging/bus.h"

namespace guarantee::sql {

// Offsets held: [start, end).
struct LogBounds {
  std::int64_t start = 0;
  std::int64_t end = 0;
};

// What a log must answer; thread-safe.
class LocalLog {
 public:
  virtual ~LocalLog() = default;
  // Refused "bus.topic" when there is none.
  [[nodiscard]] virtual Result<std::int32_t> CountPartitions(const std::string& topic) = 0;
  // From memory: asked at every poll. Refused "bus.topic".
  [[nodiscard]] virtual Result<LogBounds> Bounds(const messaging::TopicPartition& source) = 0;
  // At most `records_max` from `offset` on, which is within the bounds.
  [[nodiscard]] virtual Result<std::vector<messaging::Delivered>> Fetch(
      const messaging::TopicPartition& source, std::int64_t offset, std::size_t records_max) = 0;
  virtual void KeepPositions(const std::string& group,
                             std::span<const messaging::StartOffset> next) = 0;
};

struct LocalGroupOptions {
  // A member that does not poll for so long loses its partitions.
  std::chrono::milliseconds poll_interval_max{60'000};
  // Between an assignment that the handler refused and the next attempt to join.
  std::chrono::milliseconds rejoin_pause{100};
};

// Thread-safe; outlives its consumers.
class LocalGroups {
 public:
  explicit LocalGroups(LocalLog& log, LocalGroupOptions options = {})
      : log_(log), options_(options) {}

  // Refused "bus.topic" for an unknown topic, "bus.assignment" without group, topic or handler.
  [[nodiscard]] Result<std::unique_ptr<messaging::Consumer>> Subscribe(
      const messaging::SubscribeOptions& options);
  // Something was appended: members that wait look again.
  void Wake();
  // Levers: everyone of the group gives back and joins again, or is told that it has lost.
  void Rebalance(const std::string& group);
  void Lose(const std::string& group);

 private:
  friend class LocalConsumer;

  struct Member {
    std::vector<std::string> topics;
    std::int64_t acknowledged = 0;  // generation for which it holds nothing any more
    bool lost = false;              // out of the group until its next poll
    std::chrono::steady_clock::time_point seen;
    std::vector<messaging::TopicPartition> assigned;
  };
  struct Group {
    std::int64_t generation = 0;  // grows with every join, leave and rejoin
    std::int64_t assigned = 0;    // generation whose partitions are dealt out
    std::map<std::int64_t, Member> members;
  };

  void Changed();
  void Disturb(Group& group);
  void DealIfAllGaveBack(Group& group);
  void Deal(Group& group, const std::string& topic, std::int32_t partitions);

  LocalLog& log_;
  const LocalGroupOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::map<std::string, Group> groups_;
  std::int64_t last_member_ = 0;
  std::uint64_t changes_ = 0;
};

}  // namespace guarantee::sql
