#include "dispatcher/process/metrics.h"

#include <prometheus/gauge.h>

#include <chrono>

namespace guarantee::dispatcher {
namespace {

constexpr std::chrono::milliseconds kLagTimeout{1000};

prometheus::Family<prometheus::Gauge>& Gauge(prometheus::Registry& registry, const char* name,
                                             const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

}  // namespace

struct DispatcherMetrics::Families {
  explicit Families(prometheus::Registry& registry)
      : in_flight(Gauge(registry, "guarantee_dispatcher_requests_in_flight", "requests under way")),
        ready(
            Gauge(registry, "guarantee_dispatcher_ready_heads", "lane heads that wait to go out")),
        accepted(Gauge(registry, "guarantee_dispatcher_accepted_notices", "since start")),
        attempts(Gauge(registry, "guarantee_dispatcher_attempts", "since start")),
        lag_messages(Gauge(registry, "guarantee_dispatcher_lag_messages",
                           "end of the partition less the committed position")),
        lag_seconds(Gauge(registry, "guarantee_dispatcher_lag_seconds",
                          "age of the oldest record that is not taken in")) {}

  prometheus::Family<prometheus::Gauge>& in_flight;
  prometheus::Family<prometheus::Gauge>& ready;
  prometheus::Family<prometheus::Gauge>& accepted;
  prometheus::Family<prometheus::Gauge>& attempts;
  prometheus::Family<prometheus::Gauge>& lag_messages;
  prometheus::Family<prometheus::Gauge>& lag_seconds;
};

DispatcherMetrics::DispatcherMetrics(prometheus::Registry& registry)
    : families_(std::make_unique<Families>(registry)) {}

DispatcherMetrics::~DispatcherMetrics() = default;

void DispatcherMetrics::Refresh(const Dispatcher& dispatcher, messaging::LagMeter& lag) {
  const DispatchState state = dispatcher.State();
  families_->in_flight.Add({}).Set(static_cast<double>(state.in_flight));
  families_->ready.Add({}).Set(static_cast<double>(state.ready));
  families_->accepted.Add({}).Set(static_cast<double>(state.accepted));
  families_->attempts.Add({}).Set(static_cast<double>(state.attempts));
  const auto lags = lag.Measure(kLagTimeout);
  if (!lags) return;  // the broker is away: readiness says so, old values stay
  for (const messaging::PartitionLag& one : *lags) {
    const std::map<std::string, std::string> labels{
        {"topic", one.source.topic}, {"partition", std::to_string(one.source.partition)}};
    families_->lag_messages.Add(labels).Set(static_cast<double>(one.messages));
    families_->lag_seconds.Add(labels).Set(one.seconds);
  }
}

}  // namespace guarantee::dispatcher
