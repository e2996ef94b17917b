// Health and metrics of a processor, the same for every service.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "base/clock.h"
#include "messaging/lag.h"
#include "messaging/processor.h"
#include "node/progress.h"
#include "runtime/admin.h"

namespace prometheus {
class Counter;
template <typename Metric>
class Family;
class Gauge;
class Registry;
}  // namespace prometheus

namespace guarantee::node {

// A loop that has not come round for this long is stuck.
inline constexpr std::int64_t kHeartbeatMs = 30'000;

[[nodiscard]] runtime::Reasons Liveness(const messaging::Processor::State& state,
                                        const Clock& clock);
[[nodiscard]] runtime::Reasons Readiness(const messaging::Processor::State& state);

[[nodiscard]] prometheus::Family<prometheus::Gauge>& MakeGauges(prometheus::Registry& registry,
                                                                const char* name, const char* help);

// Brings a counter to a total that something else counts; one caller at a time for each counter.
void CountUpTo(prometheus::Counter& counter, std::int64_t total);

// Consumer, lag and outbox of one group; Refresh before each scrape. Thread-safe.
class ProcessorMetrics {
 public:
  ProcessorMetrics(prometheus::Registry& registry, std::string group);
  ~ProcessorMetrics();
  // Waits at most a second for the bus. Without it the lag of the last scrape stays, and
  // guarantee_consumer_lag_known says so.
  void Refresh(const messaging::Processor::State& state, messaging::LagMeter& lag,
               const Clock& clock);

 private:
  struct Families;
  void RefreshConsumer(const messaging::ConsumerState& state, const Clock& clock);
  void RefreshOutbox(const messaging::RelayState& state, const Clock& clock);
  void RefreshLag(const messaging::PartitionLag& lag, const messaging::ConsumerState& consumer,
                  const Clock& clock);
  void Forget(const std::vector<messaging::PartitionLag>& held);

  std::unique_ptr<Families> families_;
  const std::string group_;
  std::mutex mutex_;
  std::map<messaging::TopicPartition, Progress> progress_;  // of what was held at the last scrape
};

// A registry with the build's version.
[[nodiscard]] std::shared_ptr<prometheus::Registry> MakeRegistry(const std::string& process_name);

}  // namespace guarantee::node
