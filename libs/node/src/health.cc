#include "node/health.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <chrono>

#ifndef GUARANTEE_VERSION
#define GUARANTEE_VERSION "unversioned"
#endif

namespace guarantee::node {
namespace {

constexpr std::chrono::milliseconds kLagTimeout{1000};

}  // namespace

struct ProcessorMetrics::Families {
  explicit Families(prometheus::Registry& registry)
      : lag_messages(prometheus::BuildGauge()
                         .Name("guarantee_consumer_lag_messages")
                         .Help("end of the partition less the committed position")
                         .Register(registry)),
        lag_seconds(prometheus::BuildGauge()
                        .Name("guarantee_consumer_lag_seconds")
                        .Help("age of the oldest record that is not handled")
                        .Register(registry)),
        partitions(prometheus::BuildGauge()
                       .Name("guarantee_consumer_partitions")
                       .Help("partitions held")
                       .Register(registry)),
        relayed(prometheus::BuildGauge()
                    .Name("guarantee_outbox_relayed_records")
                    .Help("records published from the outbox since start")
                    .Register(registry)),
        waiting(prometheus::BuildGauge()
                    .Name("guarantee_outbox_waiting_records")
                    .Help("records loaded and not yet reported")
                    .Register(registry)) {}

  prometheus::Family<prometheus::Gauge>& lag_messages;
  prometheus::Family<prometheus::Gauge>& lag_seconds;
  prometheus::Family<prometheus::Gauge>& partitions;
  prometheus::Family<prometheus::Gauge>& relayed;
  prometheus::Family<prometheus::Gauge>& waiting;
};

ProcessorMetrics::ProcessorMetrics(prometheus::Registry& registry, std::string group)
    : families_(std::make_unique<Families>(registry)), group_(std::move(group)) {}

ProcessorMetrics::~ProcessorMetrics() = default;

void ProcessorMetrics::Refresh(const messaging::Processor::State& state, messaging::LagMeter& lag) {
  families_->partitions.Add({{"group", group_}})
      .Set(static_cast<double>(state.consumer.partitions));
  families_->relayed.Add({{"group", group_}}).Set(static_cast<double>(state.relay.published));
  families_->waiting.Add({{"group", group_}}).Set(static_cast<double>(state.relay.in_round));
  const auto lags = lag.Measure(kLagTimeout);
  if (!lags) return;  // the broker is away: readiness says so, old values stay
  for (const messaging::PartitionLag& one : *lags) {
    const std::map<std::string, std::string> labels{
        {"group", group_},
        {"topic", one.source.topic},
        {"partition", std::to_string(one.source.partition)}};
    families_->lag_messages.Add(labels).Set(static_cast<double>(one.messages));
    families_->lag_seconds.Add(labels).Set(one.seconds);
  }
}

runtime::Reasons Liveness(const messaging::Processor::State& state, const Clock& clock) {
  runtime::Reasons reasons;
  const std::int64_t now_ms = clock.MonotonicMs();
  if (state.consumer.last_poll_ms > 0 && now_ms - state.consumer.last_poll_ms > kHeartbeatMs) {
    reasons.emplace_back("the consumer's loop does not come round");
  }
  if (state.relay.last_round_ms > 0 && now_ms - state.relay.last_round_ms > kHeartbeatMs) {
    reasons.emplace_back("the relay's loop does not come round");
  }
  return reasons;
}

runtime::Reasons Readiness(const messaging::Processor::State& state) {
  runtime::Reasons reasons;
  if (!state.consumer.assigned) reasons.emplace_back("no partitions assigned yet");
  for (const std::string& trouble :
       {state.consumer.trouble, state.relay.trouble, state.timer_trouble}) {
    if (!trouble.empty()) reasons.push_back(trouble);
  }
  return reasons;
}

std::shared_ptr<prometheus::Registry> MakeRegistry(const std::string& process_name) {
  auto registry = std::make_shared<prometheus::Registry>();
  prometheus::BuildGauge()
      .Name("guarantee_build_info")
      .Help("always 1; what runs here")
      .Register(*registry)
      .Add({{"version", GUARANTEE_VERSION}, {"process", process_name}})
      .Set(1);
  return registry;
}

}  // namespace guarantee::node
