#include "messaging/lease.h"

#include <algorithm>
#include <set>

namespace guarantee::messaging {

Leases::Leases(LeaseStore& store, const Clock& clock, LeaseRequest request)
    : store_(store), clock_(clock), request_(std::move(request)) {}

Result<std::vector<StartOffset>> Leases::Acquire(std::span<const TopicPartition> partitions) {
  std::map<std::int32_t, std::vector<std::string>> topics_by_partition;
  for (const TopicPartition& source : partitions) {
    topics_by_partition[source.partition].push_back(source.topic);
  }
  std::vector<StartOffset> starts;
  for (const auto& [partition, topics] : topics_by_partition) {
    const std::int64_t asked_at_ms = clock_.MonotonicMs();
    Result<AcquiredLease> lease = store_.Acquire(request_, partition, topics);
    if (!lease) return tl::unexpected(lease.error());
    const std::int64_t answered_at_ms = clock_.MonotonicMs();
    const std::lock_guard lock(mutex_);
    entries_[partition] = {lease->epoch, asked_at_ms + request_.length_ms,
                           answered_at_ms + std::max<std::int64_t>(0, lease->effects_in_ms)};
    starts.insert(starts.end(), lease->offsets.begin(), lease->offsets.end());
  }
  return starts;
}

void Leases::Drop(std::span<const std::int32_t> partitions, bool lost) {
  std::vector<HeldEpoch> held;
  {
    const std::lock_guard lock(mutex_);
    for (const std::int32_t partition : partitions) {
      const auto found = entries_.find(partition);
      if (found == entries_.end()) continue;
      held.push_back({partition, found->second.epoch});
      entries_.erase(found);
    }
  }
  if (lost || held.empty()) return;
  // Best effort by intent: an unreleased lease only makes the next owner wait for its end.
  static_cast<void>(store_.Release(request_, held));
}

Result<void> Leases::Renew() {
  const std::vector<HeldEpoch> held = Held();
  if (held.empty()) return {};
  const std::int64_t asked_at_ms = clock_.MonotonicMs();
  const Result<std::vector<std::int32_t>> kept = store_.Renew(request_, held);
  if (!kept) return tl::unexpected(kept.error());
  const std::set<std::int32_t> still_ours(kept->begin(), kept->end());
  const std::lock_guard lock(mutex_);
  for (const HeldEpoch& one : held) {
    const auto found = entries_.find(one.partition);
    if (found == entries_.end() || found->second.epoch != one.epoch) continue;
    if (still_ours.contains(one.partition)) {
      found->second.valid_until_ms = asked_at_ms + request_.length_ms;
    } else {
      entries_.erase(found);
    }
  }
  return {};
}

bool Leases::MayActLocked(const Entry& entry, std::int64_t effect_ms, std::int64_t now_ms) const {
  return now_ms >= entry.effects_from_ms && now_ms + effect_ms < entry.valid_until_ms;
}

std::optional<std::int64_t> Leases::Epoch(std::int32_t partition) const {
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(partition);
  if (found == entries_.end()) return std::nullopt;
  return found->second.epoch;
}

bool Leases::MayAct(std::int32_t partition, std::int64_t effect_ms) const {
  const std::int64_t now_ms = clock_.MonotonicMs();
  const std::lock_guard lock(mutex_);
  const auto found = entries_.find(partition);
  return found != entries_.end() && MayActLocked(found->second, effect_ms, now_ms);
}

std::vector<std::int32_t> Leases::Acting(std::int64_t effect_ms) const {
  const std::int64_t now_ms = clock_.MonotonicMs();
  const std::lock_guard lock(mutex_);
  std::vector<std::int32_t> partitions;
  for (const auto& [partition, entry] : entries_) {
    if (MayActLocked(entry, effect_ms, now_ms)) partitions.push_back(partition);
  }
  return partitions;
}

std::vector<HeldEpoch> Leases::Held() const {
  const std::lock_guard lock(mutex_);
  std::vector<HeldEpoch> held;
  held.reserve(entries_.size());
  for (const auto& [partition, entry] : entries_) held.push_back({partition, entry.epoch});
  return held;
}

}  // namespace guarantee::messaging
