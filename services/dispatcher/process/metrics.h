// The dispatcher's state as gauges.
#pragma once

#include <prometheus/registry.h>

#include <memory>

#include "dispatcher/wiring.h"
#include "messaging/lag.h"

namespace guarantee::dispatcher {

class DispatcherMetrics {
 public:
  explicit DispatcherMetrics(prometheus::Registry& registry);
  ~DispatcherMetrics();
  // Before each scrape.
  void Refresh(const Dispatcher& dispatcher, messaging::LagMeter& lag);

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace guarantee::dispatcher
