#include "dispatcher/app/ready_heads.h"

#include <algorithm>

namespace guarantee::dispatcher {
namespace {

constexpr std::size_t kHeadsLookedAt = 256;  // of a scope in one pick, where leases do not allow

}  // namespace

void ReadyHeads::Enqueue(const Head& head) {
  known_[head.id] = head;
  scopes_[{head.partner, head.section}].queue.insert({head.due.value, head.id});
}

void ReadyHeads::Dequeue(const Head& head) {
  scopes_[{head.partner, head.section}].queue.erase({head.due.value, head.id});
  known_.erase(head.id);
}

bool ReadyHeads::Offer(const Head& head) {
  if (const auto busy = busy_.find(head.flow); busy != busy_.end()) {
    // Its own attempt is not over, or another of its lane goes first; then it comes again.
    if (busy->second != head.id) held_[head.flow][head.id] = head;
    return true;
  }
  if (const auto known = known_.find(head.id); known != known_.end()) {
    if (head.due >= known->second.due) return true;
    Dequeue(Head(known->second));
    Enqueue(head);
    return true;
  }
  Scope& scope = scopes_[{head.partner, head.section}];
  if (scope.queue.size() >= limits_.heads_per_scope) {
    scope.turned_away = true;
    return false;
  }
  Enqueue(head);
  return true;
}

void ReadyHeads::KeepPartitions(const std::set<std::int32_t>& partitions) {
  std::vector<Head> gone;
  for (const auto& [id, head] : known_) {
    if (!partitions.contains(head.partition)) gone.push_back(head);
  }
  for (const Head& head : gone) Dequeue(head);
  for (auto& [flow, heads] : held_) {
    std::erase_if(heads,
                  [&](const auto& held) { return !partitions.contains(held.second.partition); });
  }
}

Permit ReadyHeads::ScopePermit(const ScopeKey& key, const Scope& scope, std::int64_t now_ms) const {
  const auto platform = platforms_.find(key.first);
  const Breaker whole = platform == platforms_.end() ? Breaker{} : platform->second.breaker;
  if (platform != platforms_.end() && platform->second.in_flight >= limits_.per_partner) {
    return Permit::kNo;
  }
  const Permit of_platform = MayBegin(whole, now_ms);
  const Permit of_interface = MayBegin(scope.breaker, now_ms);
  if (of_platform == Permit::kNo || of_interface == Permit::kNo) return Permit::kNo;
  const bool probe = of_platform == Permit::kProbe || of_interface == Permit::kProbe;
  return probe ? Permit::kProbe : Permit::kYes;
}

std::optional<Head> ReadyHeads::FindStartable(Scope& scope, UnixMillis now, const MayAct& may_act) {
  std::optional<Head> found;
  std::vector<Head> behind;
  std::size_t looked_at = 0;
  for (const auto& [due, id] : scope.queue) {
    if (due > now.value || ++looked_at > kHeadsLookedAt) break;
    const Head& head = known_.at(id);
    if (busy_.contains(head.flow)) {
      // The other one of its lane, sent again by an operator, was faster.
      behind.push_back(head);
    } else if (may_act(head.partition)) {
      found = head;
      break;
    }
  }
  for (const Head& head : behind) {
    Dequeue(head);
    held_[head.flow][head.id] = head;
  }
  return found;
}

std::optional<Picked> ReadyHeads::PickFrom(const ScopeKey& key, Scope& scope, UnixMillis now,
                                           std::int64_t now_ms, const MayAct& may_act) {
  if (scope.queue.empty() || ScopePermit(key, scope, now_ms) == Permit::kNo) return std::nullopt;
  const std::optional<Head> head = FindStartable(scope, now, may_act);
  if (!head) return std::nullopt;
  Platform& platform = platforms_[key.first];
  Picked picked{*head, MayBegin(platform.breaker, now_ms) == Permit::kProbe,
                MayBegin(scope.breaker, now_ms) == Permit::kProbe};
  if (picked.platform_probe) platform.breaker = ProbeBegan(platform.breaker);
  if (picked.interface_probe) scope.breaker = ProbeBegan(scope.breaker);
  Dequeue(*head);
  busy_[head->flow] = head->id;
  ++platform.in_flight;
  ++in_flight_;
  return picked;
}

std::vector<Picked> ReadyHeads::Pick(UnixMillis now, std::int64_t now_ms, std::size_t limit,
                                     const MayAct& may_act) {
  std::vector<Picked> picks;
  std::size_t in_vain = 0;
  auto at = last_picked_ ? scopes_.upper_bound(*last_picked_) : scopes_.begin();
  while (picks.size() < limit && in_flight_ < limits_.total && in_vain < scopes_.size()) {
    if (at == scopes_.end()) at = scopes_.begin();
    std::optional<Picked> picked = PickFrom(at->first, at->second, now, now_ms, may_act);
    in_vain = picked ? 0 : in_vain + 1;
    if (picked) {
      last_picked_ = at->first;
      picks.push_back(std::move(*picked));
    }
    ++at;
  }
  return picks;
}

BreakerPair ReadyHeads::BreakersOf(const Head& head) const {
  const auto platform = platforms_.find(head.partner);
  const auto scope = scopes_.find({head.partner, head.section});
  return {platform == platforms_.end() ? Breaker{} : platform->second.breaker,
          scope == scopes_.end() ? Breaker{} : scope->second.breaker};
}

void ReadyHeads::Judged(const Picked& picked, const Judgement& judgement, std::int64_t now_ms) {
  Breaker& whole = platforms_[picked.head.partner].breaker;
  Breaker& one = scopes_[{picked.head.partner, picked.head.section}].breaker;
  whole = Record(whole, judgement.platform, picked.platform_probe, now_ms);
  one = Record(one, judgement.interface, picked.interface_probe, now_ms);
}

void ReadyHeads::Release(const Picked& picked) {
  const auto busy = busy_.find(picked.head.flow);
  if (busy == busy_.end() || busy->second != picked.head.id) return;
  busy_.erase(busy);
  --platforms_[picked.head.partner].in_flight;
  --in_flight_;
  const auto held = held_.extract(picked.head.flow);
  if (held.empty()) return;
  for (const auto& [id, head] : held.mapped()) Offer(head);
}

void ReadyHeads::Settle(const Picked& picked) { Release(picked); }

void ReadyHeads::Abandon(const Picked& picked, std::int64_t now_ms) {
  Breaker& whole = platforms_[picked.head.partner].breaker;
  Breaker& one = scopes_[{picked.head.partner, picked.head.section}].breaker;
  if (picked.platform_probe) whole = ProbeDropped(whole, now_ms);
  if (picked.interface_probe) one = ProbeDropped(one, now_ms);
  Release(picked);
}

void ReadyHeads::Return(const Picked& picked, UnixMillis due, std::int64_t now_ms) {
  Abandon(picked, now_ms);
  Head head = picked.head;
  head.due = due;
  Offer(head);
}

bool ReadyHeads::HasRoom(const std::string& partner, const std::string& section) const {
  const auto scope = scopes_.find({partner, section});
  return scope == scopes_.end() || 2 * scope->second.queue.size() <= limits_.heads_per_scope;
}

void ReadyHeads::ExpectMore(const std::string& partner, const std::string& section) {
  scopes_[{partner, section}].turned_away = true;
}

bool ReadyHeads::TakeRefill() {
  bool refill = false;
  for (auto& [key, scope] : scopes_) {
    if (!scope.turned_away || !HasRoom(key.first, key.second)) continue;
    scope.turned_away = false;
    refill = true;
  }
  return refill;
}

std::int64_t ReadyHeads::NextDueMs(UnixMillis now, std::int64_t now_ms,
                                   std::int64_t most_ms) const {
  std::int64_t next_ms = most_ms;
  if (in_flight_ >= limits_.total) return next_ms;
  for (const auto& [key, scope] : scopes_) {
    if (scope.queue.empty()) continue;
    std::int64_t wait_ms = std::max<std::int64_t>(0, scope.queue.begin()->first - now.value);
    const auto platform = platforms_.find(key.first);
    if (platform != platforms_.end()) {
      const Breaker& whole = platform->second.breaker;
      if (platform->second.in_flight >= limits_.per_partner) continue;
      if (whole.phase == BreakerPhase::kProbing) continue;
      if (whole.phase == BreakerPhase::kOpen) wait_ms = std::max(wait_ms, whole.probe_ms - now_ms);
    }
    if (scope.breaker.phase == BreakerPhase::kProbing) continue;
    if (scope.breaker.phase == BreakerPhase::kOpen) {
      wait_ms = std::max(wait_ms, scope.breaker.probe_ms - now_ms);
    }
    next_ms = std::min(next_ms, wait_ms);
  }
  return next_ms;
}

std::vector<BreakerView> ReadyHeads::Breakers() const {
  std::vector<BreakerView> views;
  for (const auto& [partner, platform] : platforms_) {
    views.push_back({partner, {}, platform.breaker});
  }
  for (const auto& [key, scope] : scopes_) {
    views.push_back({key.first, key.second, scope.breaker});
  }
  return views;
}

}  // namespace guarantee::dispatcher
