// The thread that polls one group, under leases. It hands over batches; the handler commits them
// together with the offsets. What the handler refuses is read again from the SQL offset.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "messaging/bus.h"
#include "messaging/lease.h"

namespace guarantee::messaging {

inline constexpr std::size_t kBatchRecordsMax = 100;
inline constexpr std::chrono::milliseconds kPollWait{100};
inline constexpr std::chrono::milliseconds kRetryPause{250};  // between tries of a refused batch

// Records of one poll, of any partitions held, with the offsets to move in the same transaction.
struct Batch {
  std::vector<Delivered> records;
  std::vector<OffsetMove> moves;
};

// Runs on the loop's thread.
class BatchHandler {
 public:
  virtual ~BatchHandler() = default;
  // Success: everything, offsets included, is committed. kFencedCode: the group is rejoined. Any
  // other retryable error: the same records again, after a pause in which the group is still
  // polled. Permanent: the partitions stop and readiness says so; the handler is expected to park
  // what it cannot take, so this is a fault of ours.
  [[nodiscard]] virtual Result<void> HandleBatch(const Batch& batch) = 0;
  // After leases were taken or dropped.
  virtual void AssignmentChanged() {}
};

struct ConsumerState {
  bool assigned = false;            // has had an assignment since it last joined
  std::size_t partitions = 0;       // held now
  std::string trouble;              // empty: none
  std::int64_t last_poll_ms = 0;    // monotonic; the heartbeat for liveness
  std::int64_t last_commit_ms = 0;  // monotonic; 0: none since start
};

class ConsumerLoop final : private AssignmentHandler {
 public:
  struct Options {
    std::vector<std::string> topics;  // equal partition counts, checked by Start
  };
  // Everything given outlives the loop.
  ConsumerLoop(Bus& bus, Leases& leases, BatchHandler& handler, const Clock& clock,
               Options options);
  ~ConsumerLoop() override;

  [[nodiscard]] Result<void> Start();
  // Ends the running batch, releases the leases, leaves the group.
  void Stop(std::chrono::milliseconds timeout);
  [[nodiscard]] ConsumerState State() const;
  // Next offset to be handled, of every source held (committed in SQL).
  [[nodiscard]] std::vector<StartOffset> Positions() const;

 private:
  Result<std::vector<StartOffset>> OnAssigned(std::span<const TopicPartition> partitions) override;
  void OnRevoked(std::span<const TopicPartition> partitions, bool lost) override;

  void Run();
  void PollOnce();
  void RenewLoop();
  [[nodiscard]] Batch MakeBatch(std::vector<Delivered> records) const;
  void Commit(const Batch& batch);
  void KeepPolling();
  // What is retryable goes with the next success of its kind; what is permanent stays until the
  // next assignment.
  enum class Part : std::uint8_t { kPoll, kCommit, kRenew };
  void Fail(Part part, const Error& error);
  void Succeed(Part part);

  Bus& bus_;
  Leases& leases_;
  BatchHandler& handler_;
  const Clock& clock_;
  const Options options_;
  std::unique_ptr<Consumer> consumer_;
  std::uint64_t generation_ = 0;  // counts assignments; loop thread only
  // A batch was refused for good under this assignment: what comes behind it must not be taken
  // before the group has been joined again, or the refused records would be passed over.
  bool discarding_ = false;  // loop thread only

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::map<TopicPartition, std::int64_t> positions_;
  ConsumerState state_;
  std::map<Part, Error> troubles_;
  std::atomic<bool> stopping_{false};
  std::thread thread_;
  std::thread renewal_;
};

}  // namespace guarantee::messaging
