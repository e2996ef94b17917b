// PartitionLease: the one notion of ownership, for the consumer, the relay, the timers and the
// dispatcher's lanes (design.md "The write path"). Two rows a partition: the lease with its epoch
// and the offsets under that epoch. Lease time is the database's clock; the holder counts from
// before it asked, on a clock that runs on in suspend.
#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "messaging/bus.h"
#include "messaging/write_store.h"

namespace guarantee::messaging {

inline constexpr std::int64_t kPublishingLeaseMs = 6'000;
inline constexpr std::int64_t kDispatcherLeaseMs = 20'000;

struct LeaseRequest {
  std::string group;
  std::string holder;  // process name and a random part
  std::int64_t length_ms = kPublishingLeaseMs;
  bool alone = false;  // the process holds the store's file lock: older leases are void
};

struct AcquiredLease {
  std::int32_t partition = 0;
  std::int64_t epoch = 0;
  std::int64_t effects_in_ms = 0;  // from the database's now: no external effect before that
  std::vector<StartOffset> offsets;
};

// Thread-safe.
class LeaseStore {
 public:
  virtual ~LeaseStore() = default;
  // Epoch + 1 in the lease and its offset rows (created at kLogBeginning), in one transaction.
  [[nodiscard]] virtual Result<AcquiredLease> Acquire(const LeaseRequest& request,
                                                      std::int32_t partition,
                                                      std::span<const std::string> topics) = 0;
  // Partitions of `held` that are still ours, their lease prolonged.
  [[nodiscard]] virtual Result<std::vector<std::int32_t>> Renew(
      const LeaseRequest& request, std::span<const HeldEpoch> held) = 0;
  // The next owner need not wait for the end of a released lease.
  [[nodiscard]] virtual Result<void> Release(const LeaseRequest& request,
                                             std::span<const HeldEpoch> held) = 0;
};

// The leases of one member of one group. Thread-safe; the store is called without the lock held.
class Leases {
 public:
  Leases(LeaseStore& store, const Clock& clock, LeaseRequest request);

  // All or nothing: for the partitions' numbers, with the offsets to start from.
  [[nodiscard]] Result<std::vector<StartOffset>> Acquire(
      std::span<const TopicPartition> partitions);
  // `lost`: already another's, so nothing is written.
  void Drop(std::span<const std::int32_t> partitions, bool lost);
  // To be called every third of the length. What the store no longer grants is dropped.
  [[nodiscard]] Result<void> Renew();

  [[nodiscard]] std::optional<std::int64_t> Epoch(std::int32_t partition) const;
  // Partitions for which an external effect of at most `effect_ms` may begin now.
  [[nodiscard]] std::vector<std::int32_t> Acting(std::int64_t effect_ms) const;
  [[nodiscard]] bool MayAct(std::int32_t partition, std::int64_t effect_ms) const;
  [[nodiscard]] std::vector<HeldEpoch> Held() const;
  [[nodiscard]] const LeaseRequest& request() const { return request_; }

 private:
  struct Entry {
    std::int64_t epoch = 0;
    std::int64_t valid_until_ms = 0;   // monotonic
    std::int64_t effects_from_ms = 0;  // monotonic
  };
  [[nodiscard]] bool MayActLocked(const Entry& entry, std::int64_t effect_ms,
                                  std::int64_t now_ms) const;

  LeaseStore& store_;
  const Clock& clock_;
  const LeaseRequest request_;
  mutable std::mutex mutex_;
  std::map<std::int32_t, Entry> entries_;
};

}  // namespace guarantee::messaging
