#include "dispatcher/process/metrics.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>

#include <algorithm>
#include <string>

#include "dispatcher/app/topics.h"
#include "node/health.h"

namespace guarantee::dispatcher {
namespace {

using Gauges = prometheus::Family<prometheus::Gauge>;
using Counters = prometheus::Family<prometheus::Counter>;
using node::MakeGauges;

constexpr double kSecond = 1000.0;  // in milliseconds

}  // namespace

struct DispatcherMetrics::Families {
  explicit Families(prometheus::Registry& registry)
      : group(registry, kGroup),
        in_flight(
            MakeGauges(registry, "guarantee_dispatcher_requests_in_flight", "requests under way")),
        ready(MakeGauges(registry, "guarantee_dispatcher_ready_heads",
                         "lane heads in memory that wait to go out")),
        unsaved(MakeGauges(registry, "guarantee_dispatcher_unsaved_results",
                           "results of attempts that wait for the store")),
        lanes(MakeGauges(registry, "guarantee_dispatcher_lanes",
                         "lanes by what their head is; of the whole store, all processes alike")),
        oldest(MakeGauges(registry, "guarantee_notice_oldest_pending_seconds",
                          "since the receipt of the oldest lane head that is pending or in flight, "
                          "0 when there is none; of the whole store")),
        heads_known(MakeGauges(registry, "guarantee_dispatcher_lanes_known",
                               "1 if the store answered for the lanes when last asked")),
        breakers(MakeGauges(registry, "guarantee_breaker_open",
                            "1 while a partner, or one interface of it, gets probes only")),
        attempts(prometheus::BuildCounter()
                     .Name("guarantee_notice_attempts_total")
                     .Help("attempts whose result is written, by what they came to")
                     .Register(registry)) {}

  node::ProcessorMetrics group;
  Gauges& in_flight;
  Gauges& ready;
  Gauges& unsaved;
  Gauges& lanes;
  Gauges& oldest;
  Gauges& heads_known;
  Gauges& breakers;
  Counters& attempts;
};

DispatcherMetrics::DispatcherMetrics(prometheus::Registry& registry)
    : families_(std::make_unique<Families>(registry)) {}

DispatcherMetrics::~DispatcherMetrics() = default;

void DispatcherMetrics::Refresh(const Dispatcher& dispatcher, messaging::LagMeter& lag,
                                const Clock& clock) {
  families_->group.Refresh({dispatcher.Consumer(), dispatcher.Relay(), {}}, lag, clock);
  const std::lock_guard lock(mutex_);
  const DispatchState state = dispatcher.State();
  families_->in_flight.Add({}).Set(static_cast<double>(state.in_flight));
  families_->ready.Add({}).Set(static_cast<double>(state.ready));
  families_->unsaved.Add({}).Set(static_cast<double>(state.unsaved));
  for (const Ending ending : kEndings) {
    node::CountUpTo(families_->attempts.Add({{"outcome", std::string(Name(ending))}}),
                    state.ended.at(static_cast<std::size_t>(ending)));
  }
  RefreshHeads(dispatcher, clock);
  RefreshBreakers(dispatcher);
}

void DispatcherMetrics::RefreshHeads(const Dispatcher& dispatcher, const Clock& clock) {
  if (!heads_ms_ || clock.MonotonicMs() - *heads_ms_ >= kHeadsEveryMs) {
    Result<std::vector<HeadTotal>> totals = dispatcher.HeadTotals();
    families_->heads_known.Add({}).Set(totals ? 1 : 0);
    if (totals) {
      heads_ = std::move(*totals);
      heads_ms_ = clock.MonotonicMs();
    }
  }
  const UnixMillis now = clock.Now();
  std::int64_t oldest_ms = 0;
  for (const HeadTotal& total : heads_) {
    families_->lanes.Add({{"state", std::string(Name(total.state))}})
        .Set(static_cast<double>(total.count));
    if (total.state == State::kParked || !total.oldest) continue;
    oldest_ms = std::max(oldest_ms, now - *total.oldest);
  }
  families_->oldest.Add({}).Set(static_cast<double>(oldest_ms) / kSecond);
}

// Bounded: the partners of the file times their interfaces, and each partner as a whole ("").
void DispatcherMetrics::RefreshBreakers(const Dispatcher& dispatcher) {
  for (const BreakerView& view : dispatcher.Breakers()) {
    families_->breakers.Add({{"partner", view.partner}, {"interface", view.section}})
        .Set(view.breaker.phase == BreakerPhase::kClosed ? 0 : 1);
  }
}

}  // namespace guarantee::dispatcher
