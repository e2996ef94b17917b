// Which lane heads may start, and when: per partner and interface a queue by due time, a breaker
// each for the platform and the interface, bounds for what is in flight. In memory, single-threaded
// and without I/O; the tail of every lane stays in the store.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "dispatcher/app/notice.h"
#include "dispatcher/domain/breaker.h"
#include "dispatcher/domain/judgement.h"

namespace guarantee::dispatcher {

struct FlightLimits {
  std::size_t total = 1'024;  // requests in flight, all partners
  std::size_t per_partner = 256;
  std::size_t heads_per_scope = 2'000;  // kept in memory of one partner and interface
};

// A head taken out to be sent; given back by Settle or Return, exactly once.
struct Picked {
  Head head;
  bool platform_probe = false;
  bool interface_probe = false;
};

struct BreakerView {
  std::string partner;
  std::string section;  // empty: the platform as a whole
  Breaker breaker;
};

struct BreakerPair {
  Breaker platform;
  Breaker interface;
};

class ReadyHeads {
 public:
  using MayAct = std::function<bool(std::int32_t partition)>;

  explicit ReadyHeads(FlightLimits limits) : limits_(limits) {}

  // A head that became sendable, or the same again. False: no room, LacksRoom will say so.
  bool Offer(const Head& head);
  // Forgets what waits in partitions that are no longer ours; what is in flight stays.
  void KeepPartitions(const std::set<std::int32_t>& partitions);

  // At most `limit` heads, fairly over scopes; their lanes are busy from now on.
  [[nodiscard]] std::vector<Picked> Pick(UnixMillis now, std::int64_t now_ms, std::size_t limit,
                                         const MayAct& may_act);
  // The attempt ended: what it says of the platform and the interface.
  void Judged(const Picked& picked, const Judgement& judgement, std::int64_t now_ms);
  [[nodiscard]] BreakerPair BreakersOf(const Head& head) const;
  // The lane is free again.
  void Settle(const Picked& picked);
  // Not sent after all: back into the queue, due at `due`.
  void Return(const Picked& picked, UnixMillis due, std::int64_t now_ms);
  // Not sent after all, and no longer sendable.
  void Abandon(const Picked& picked, std::int64_t now_ms);

  [[nodiscard]] bool IsBusy(const std::string& flow) const { return busy_.contains(flow); }
  // Whether the queue of the scope has room for a load.
  [[nodiscard]] bool HasRoom(const std::string& partner, const std::string& section) const;
  // There are more of them in the store than were loaded.
  void ExpectMore(const std::string& partner, const std::string& section);
  // Whether a scope that turned heads away, or expects more, has room now; told once.
  [[nodiscard]] bool TakeRefill();
  // Milliseconds until a head or a probe is due; `most_ms` when there is none.
  [[nodiscard]] std::int64_t NextDueMs(UnixMillis now, std::int64_t now_ms,
                                       std::int64_t most_ms) const;
  [[nodiscard]] std::size_t in_flight() const { return in_flight_; }
  [[nodiscard]] std::size_t waiting() const { return known_.size(); }
  [[nodiscard]] std::vector<BreakerView> Breakers() const;

 private:
  using ScopeKey = std::pair<std::string, std::string>;
  struct Scope {
    Breaker breaker;
    std::set<std::pair<std::int64_t, std::string>> queue;  // due, id
    bool turned_away = false;
  };
  struct Platform {
    Breaker breaker;
    std::size_t in_flight = 0;
  };

  [[nodiscard]] Permit ScopePermit(const ScopeKey& key, const Scope& scope,
                                   std::int64_t now_ms) const;
  [[nodiscard]] std::optional<Head> FindStartable(Scope& scope, UnixMillis now,
                                                  const MayAct& may_act);
  std::optional<Picked> PickFrom(const ScopeKey& key, Scope& scope, UnixMillis now,
                                 std::int64_t now_ms, const MayAct& may_act);
  void Enqueue(const Head& head);
  void Dequeue(const Head& head);
  void Release(const Picked& picked);

  const FlightLimits limits_;
  std::map<ScopeKey, Scope> scopes_;
  std::map<std::string, Platform> platforms_;
  std::unordered_map<std::string, Head> known_;                        // queued, by id
  std::unordered_map<std::string, std::string> busy_;                  // flow -> id in flight
  std::unordered_map<std::string, std::map<std::string, Head>> held_;  // of busy flows, by id
  std::optional<ScopeKey> last_picked_;
  std::size_t in_flight_ = 0;
};

}  // namespace guarantee::dispatcher
