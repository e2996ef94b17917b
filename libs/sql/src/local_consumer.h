// A member of an in-process group.
#pragma once

#include <map>
#include <optional>

#include "sql/local_groups.h"

namespace guarantee::sql {

// Not thread-safe.
class LocalConsumer final : public messaging::Consumer {
 public:
  LocalConsumer(LocalGroups& groups, messaging::SubscribeOptions options, std::int64_t member)
      : groups_(groups), options_(std::move(options)), member_(member) {}
  ~LocalConsumer() override { Close(std::chrono::milliseconds(0)); }

  Result<std::vector<messaging::Delivered>> Poll(std::chrono::milliseconds max_wait,
                                                 std::size_t max_records) override;
  void Pause(std::span<const messaging::TopicPartition> partitions) override;
  void Resume(std::span<const messaging::TopicPartition> partitions) override;
  Result<void> Seek(const messaging::StartOffset& start) override;
  void CommitForLagTools(std::span<const messaging::StartOffset> next) override;
  void Rejoin() override;
  void Close(std::chrono::milliseconds timeout) override;

 private:
  struct Owned {
    std::int64_t next = 0;
    bool paused = false;
    bool stopped = false;
  };
  struct Step {
    bool revoke = false;
    bool lost = false;
    bool assign = false;
    std::int64_t generation = 0;
    std::vector<messaging::TopicPartition> partitions;
  };

  // Follows the group's rebalances until this member is up to date with them.
  void KeepUp();
  Step NextStep();
  void GiveBack(const Step& step);
  void Take(const Step& step);
  void JoinAgainIfDue();
  Result<std::vector<messaging::Delivered>> Collect(std::size_t max_records);
  Result<void> CollectFrom(const messaging::TopicPartition& source, Owned& owned,
                           std::size_t max_records, std::vector<messaging::Delivered>& out);
  static tl::unexpected<Error> Stop(const messaging::TopicPartition& source, Owned& owned,
                                    const LogBounds& bounds);
  std::uint64_t Changes();
  void Wait(std::uint64_t changes, std::chrono::steady_clock::time_point deadline);

  LocalGroups& groups_;
  const messaging::SubscribeOptions options_;
  const std::int64_t member_;
  std::map<messaging::TopicPartition, Owned> owned_;
  std::int64_t generation_ = 0;  // of the assignment in owned_
  std::optional<std::chrono::steady_clock::time_point> join_again_at_;
  std::optional<Error> pending_error_;
  std::size_t first_ = 0;  // partition that is asked first, for fairness
  bool closed_ = false;
};

}  // namespace guarantee::sql
