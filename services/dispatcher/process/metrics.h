// What the dispatcher says of itself in numbers.
#pragma once

#include <prometheus/registry.h>

#include <memory>
#include <mutex>

#include "dispatcher/wiring.h"
#include "messaging/lag.h"

namespace guarantee::dispatcher {

// Thread-safe.
class DispatcherMetrics {
 public:
  explicit DispatcherMetrics(prometheus::Registry& registry);
  ~DispatcherMetrics();
  // Before each scrape. The store is asked for the heads at most every kHeadsEveryMs: it reads all
  // that are not delivered.
  void Refresh(const Dispatcher& dispatcher, messaging::LagMeter& lag, const Clock& clock);

  static constexpr std::int64_t kHeadsEveryMs = 10'000;

 private:
  struct Families;
  void RefreshHeads(const Dispatcher& dispatcher, const Clock& clock);
  void RefreshBreakers(const Dispatcher& dispatcher);

  std::unique_ptr<Families> families_;
  std::mutex mutex_;
  std::optional<std::int64_t> heads_ms_;  // monotonic, of the last answer
  std::vector<HeadTotal> heads_;
};

}  // namespace guarantee::dispatcher
