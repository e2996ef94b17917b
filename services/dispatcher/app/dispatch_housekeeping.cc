// Ownership, expiry, what has to be loaded again, and what is shown of the loop.
#include <algorithm>
#include <map>
#include <set>
#include <tuple>

#include "dispatcher/app/dispatch_loop.h"
#include "dispatcher/domain/schedule.h"

namespace guarantee::dispatcher {
namespace {

constexpr std::int64_t kHousekeepEveryMs = 500;
constexpr std::int64_t kRenewEveryMs = 3'000;   // a POST needs most of the lease's length ahead
constexpr std::int64_t kRefillEveryMs = 2'000;  // finds what other processes made ready
constexpr std::int64_t kLoadAheadMs = 10'000;
constexpr std::int64_t kStorePauseMs = 250;
constexpr std::int64_t kClockStepMs = 60'000;  // wall clock set back by more: dues are corrected
constexpr std::size_t kLoadLeast = 10;         // heads of a scope and partition in one load
constexpr std::size_t kExpireMost = 200;       // in one transaction

}  // namespace

void DispatchLoop::Housekeep() {
  const std::int64_t now_ms = parts_.clock.MonotonicMs();
  if (StorePaused()) return;
  if (assignment_changed_) SyncAssignment();
  if (now_ms >= renew_ms_) RenewLeases();
  if (now_ms >= housekeep_ms_) {
    housekeep_ms_ = now_ms + kHousekeepEveryMs;
    SyncAssignment();
    WatchWallClock();
    ExpireNotices();
  }
  if (now_ms >= refill_ms_ || heads_.TakeRefill()) {
    refill_ms_ = now_ms + kRefillEveryMs;
    Refill();
  }
}

void DispatchLoop::SyncAssignment() {
  std::set<std::int32_t> ours;
  std::vector<messaging::HeldEpoch> fresh;
  for (const messaging::HeldEpoch& held : parts_.leases.Held()) {
    ours.insert(held.partition);
    const auto known = taken_over_.find(held.partition);
    if (known == taken_over_.end() || known->second != held.epoch) fresh.push_back(held);
  }
  std::erase_if(taken_over_, [&](const auto& one) { return !ours.contains(one.first); });
  heads_.KeepPartitions(ours);
  assignment_changed_ = false;
  if (fresh.empty()) return;
  const Result<void> taken = parts_.store.TakeOver(fresh, parts_.clock.Now());
  if (!taken) {
    assignment_changed_ = true;
    StoreFailed(taken.error());
    return;
  }
  StoreWell();
  for (const messaging::HeldEpoch& held : fresh) taken_over_[held.partition] = held.epoch;
  refill_ms_ = 0;
}

void DispatchLoop::RenewLeases() {
  renew_ms_ = parts_.clock.MonotonicMs() + kRenewEveryMs;
  if (const Result<void> renewed = parts_.leases.Renew(); !renewed) StoreFailed(renewed.error());
}

void DispatchLoop::WatchWallClock() {
  const std::int64_t offset_ms = parts_.clock.Now().value - parts_.clock.MonotonicMs();
  const bool set_back = offset_ms < wall_offset_ms_ - kClockStepMs;
  if (set_back) {
    const Result<void> done = parts_.store.PullBackDues(parts_.clock.Now());
    if (!done) return StoreFailed(done.error());
    refill_ms_ = 0;
  }
  wall_offset_ms_ = offset_ms;
}

void DispatchLoop::ExpireNotices() {
  const std::vector<messaging::HeldEpoch> held = TakenOver();
  if (held.empty()) return;
  const Result<LaneChanges> changes = parts_.store.Expire(held, parts_.clock.Now(), kExpireMost);
  if (!changes) {
    if (changes.error().code != messaging::kFencedCode) StoreFailed(changes.error());
    return;
  }
  TakeChanges(*changes);
  if (!changes->alarms.empty()) parts_.events_written();
}

// Heads of partitions that may not act yet would only stand in the way of others.
void DispatchLoop::Refill() {
  std::vector<std::int32_t> partitions;
  for (const messaging::HeldEpoch& held : TakenOver()) {
    if (MayAct(held.partition)) partitions.push_back(held.partition);
  }
  if (partitions.empty()) return;
  Result<std::vector<LoadScope>> scopes = parts_.store.LoadScopes(partitions);
  if (!scopes) return StoreFailed(scopes.error());
  std::erase_if(*scopes, [this](const LoadScope& scope) {
    return !heads_.HasRoom(scope.partner, scope.section);
  });
  if (scopes->empty()) return;
  const std::size_t limit =
      std::max(kLoadLeast, limits_.flights.heads_per_scope / partitions.size());
  const Result<std::vector<Head>> heads =
      parts_.store.LoadHeads(*scopes, parts_.clock.Now() + kLoadAheadMs, limit);
  if (!heads) return StoreFailed(heads.error());
  std::map<std::tuple<std::string, std::string, std::int32_t>, std::size_t> loaded;
  for (const Head& head : *heads) {
    static_cast<void>(heads_.Offer(head));
    const std::size_t count = ++loaded[{head.partner, head.section, head.partition}];
    if (count == limit) heads_.ExpectMore(head.partner, head.section);
  }
}

void DispatchLoop::StoreFailed(const Error& error) {
  store_pause_until_ms_ = parts_.clock.MonotonicMs() + kStorePauseMs;
  const bool news = counters_.trouble.empty();
  counters_.trouble = Describe(error);
  if (news) parts_.alarm({AlarmKind::kStore, {}, {}, {}, {}, counters_.trouble});
}

void DispatchLoop::StoreWell() { counters_.trouble.clear(); }

bool DispatchLoop::StorePaused() const {
  return parts_.clock.MonotonicMs() < store_pause_until_ms_;
}

bool DispatchLoop::MayAct(std::int32_t partition) const {
  const auto taken = taken_over_.find(partition);
  return taken != taken_over_.end() && parts_.leases.Epoch(partition) == taken->second &&
         parts_.leases.MayAct(partition, limits_.request_deadline_ms);
}

std::vector<messaging::HeldEpoch> DispatchLoop::TakenOver() const {
  std::vector<messaging::HeldEpoch> held;
  for (const auto& [partition, epoch] : taken_over_) held.push_back({partition, epoch});
  return held;
}

void DispatchLoop::Publish() {
  counters_.in_flight = flights_.size();
  counters_.ready = heads_.waiting();
  counters_.unsaved = ended_.size();
  counters_.last_cycle_ms = parts_.clock.MonotonicMs();
  std::vector<BreakerView> breakers = heads_.Breakers();
  const std::lock_guard lock(mutex_);
  state_ = counters_;
  breakers_ = std::move(breakers);
}

}  // namespace guarantee::dispatcher
