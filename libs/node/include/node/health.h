// Health and metrics of a processor, the same for every service.
#pragma once

#include <memory>
#include <string>

#include "base/clock.h"
#include "messaging/lag.h"
#include "messaging/processor.h"
#include "runtime/admin.h"

namespace prometheus {
class Registry;
}

namespace guarantee::node {

// A loop that has not come round for this long is stuck.
inline constexpr std::int64_t kHeartbeatMs = 30'000;

[[nodiscard]] runtime::Reasons Liveness(const messaging::Processor::State& state,
                                        const Clock& clock);
[[nodiscard]] runtime::Reasons Readiness(const messaging::Processor::State& state);

// Lag and relay gauges of one group; Refresh before each scrape.
class ProcessorMetrics {
 public:
  ProcessorMetrics(prometheus::Registry& registry, std::string group);
  ~ProcessorMetrics();
  void Refresh(const messaging::Processor::State& state, messaging::LagMeter& lag);

 private:
  struct Families;
  std::unique_ptr<Families> families_;
  const std::string group_;
};

// A registry with the build's version.
[[nodiscard]] std::shared_ptr<prometheus::Registry> MakeRegistry(const std::string& process_name);

}  // namespace guarantee::node
