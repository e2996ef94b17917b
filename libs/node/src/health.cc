#include "node/health.h"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/registry.h>

#include <algorithm>
#include <chrono>

namespace guarantee::node {
namespace {

using Labels = std::map<std::string, std::string>;
using Gauges = prometheus::Family<prometheus::Gauge>;
using Counters = prometheus::Family<prometheus::Counter>;

constexpr std::chrono::milliseconds kLagTimeout{1000};
constexpr double kSecond = 1000.0;  // in milliseconds

Counters& MakeCounters(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildCounter().Name(name).Help(help).Register(registry);
}

Labels LabelsOf(const std::string& group, const messaging::TopicPartition& source) {
  return {
      {"group", group}, {"topic", source.topic}, {"partition", std::to_string(source.partition)}};
}

Labels With(Labels labels, const char* name, std::string_view value) {
  labels.emplace(name, value);
  return labels;
}

}  // namespace

Gauges& MakeGauges(prometheus::Registry& registry, const char* name, const char* help) {
  return prometheus::BuildGauge().Name(name).Help(help).Register(registry);
}

void CountUpTo(prometheus::Counter& counter, std::int64_t total) {
  counter.Increment(static_cast<double>(total) - counter.Value());
}

struct ProcessorMetrics::Families {
  explicit Families(prometheus::Registry& registry)
      : lag_messages(MakeGauges(registry, "guarantee_consumer_lag_messages",
                                "end of the partition less the position committed in SQL")),
        oldest(
            MakeGauges(registry, "guarantee_consumer_oldest_unprocessed_seconds",
                       "since when there is a record that is not handled, 0 when there is none")),
        state(MakeGauges(registry, "guarantee_consumer_state",
                         "1 for the state of ok, warn, stop, stall, rewind that holds")),
        lag_known(MakeGauges(registry, "guarantee_consumer_lag_known",
                             "1 if the lag was measured for this scrape, 0 if it is an old one")),
        partitions(MakeGauges(registry, "guarantee_consumer_assigned_partitions",
                              "partitions held under a lease")),
        last_poll(MakeGauges(registry, "guarantee_consumer_last_poll_timestamp_seconds",
                             "when the consumer's loop last came round, 0 before the first time")),
        last_commit(MakeGauges(registry, "guarantee_consumer_last_commit_timestamp_seconds",
                               "when positions were last committed, 0 if not since the start")),
        unpublished(MakeGauges(registry, "guarantee_outbox_unpublished_records",
                               "committed records of partitions held that wait to be published")),
        unpublished_age(MakeGauges(registry, "guarantee_outbox_oldest_seconds",
                                   "age of the oldest of them, 0 when there is none")),
        published(MakeCounters(registry, "guarantee_outbox_published_records_total",
                               "records published from the outbox")),
        dead_letters(MakeCounters(registry, "guarantee_dead_letters_total",
                                  "records published to a topic of dead letters")) {}

  Gauges& lag_messages;
  Gauges& oldest;
  Gauges& state;
  Gauges& lag_known;
  Gauges& partitions;
  Gauges& last_poll;
  Gauges& last_commit;
  Gauges& unpublished;
  Gauges& unpublished_age;
  Counters& published;
  Counters& dead_letters;
};

ProcessorMetrics::ProcessorMetrics(prometheus::Registry& registry, std::string group)
    : families_(std::make_unique<Families>(registry)), group_(std::move(group)) {}

ProcessorMetrics::~ProcessorMetrics() = default;

void ProcessorMetrics::Refresh(const messaging::Processor::State& state, messaging::LagMeter& lag,
                               const Clock& clock) {
  const std::lock_guard lock(mutex_);
  RefreshConsumer(state.consumer, clock);
  RefreshOutbox(state.relay, clock);
  const auto lags = lag.Measure(kLagTimeout);
  families_->lag_known.Add({{"group", group_}}).Set(lags ? 1 : 0);
  if (!lags) return;  // the broker is away: old values stay
  Forget(*lags);
  for (const messaging::PartitionLag& one : *lags) RefreshLag(one, state.consumer, clock);
}

void ProcessorMetrics::RefreshConsumer(const messaging::ConsumerState& state, const Clock& clock) {
  const Labels labels{{"group", group_}};
  const std::int64_t offset_ms = clock.Now().value - clock.MonotonicMs();
  const auto wall_seconds = [offset_ms](std::int64_t at_ms) {
    return at_ms == 0 ? 0.0 : static_cast<double>(at_ms + offset_ms) / kSecond;
  };
  families_->partitions.Add(labels).Set(static_cast<double>(state.partitions));
  families_->last_poll.Add(labels).Set(wall_seconds(state.last_poll_ms));
  families_->last_commit.Add(labels).Set(wall_seconds(state.last_commit_ms));
}

void ProcessorMetrics::RefreshOutbox(const messaging::RelayState& state, const Clock& clock) {
  const Labels labels{{"group", group_}};
  const std::int64_t age_ms =
      state.oldest ? std::max<std::int64_t>(0, clock.Now() - *state.oldest) : 0;
  families_->unpublished.Add(labels).Set(static_cast<double>(state.unpublished));
  families_->unpublished_age.Add(labels).Set(static_cast<double>(age_ms) / kSecond);
  CountUpTo(families_->published.Add(labels), state.published);
  CountUpTo(families_->dead_letters.Add(labels), state.dead_letters);
}

void ProcessorMetrics::RefreshLag(const messaging::PartitionLag& lag,
                                  const messaging::ConsumerState& consumer, const Clock& clock) {
  const Labels labels = LabelsOf(group_, lag.source);
  families_->lag_messages.Add(labels).Set(static_cast<double>(lag.messages));
  families_->oldest.Add(labels).Set(lag.seconds);
  Progress& progress = progress_[lag.source];
  progress.Note(lag.next, lag.messages, clock.MonotonicMs());
  const ProgressState judged = progress.Judge(consumer.last_poll_ms, clock.MonotonicMs());
  for (const ProgressState state : kProgressStates) {
    families_->state.Add(With(labels, "state", Name(state))).Set(state == judged ? 1 : 0);
  }
}

// Whoever holds a partition now speaks of it; a value that stayed here would count it twice.
void ProcessorMetrics::Forget(const std::vector<messaging::PartitionLag>& held) {
  std::erase_if(progress_, [&](const auto& known) {
    const auto is_same = [&](const auto& lag) { return lag.source == known.first; };
    if (std::any_of(held.begin(), held.end(), is_same)) return false;
    const Labels labels = LabelsOf(group_, known.first);
    families_->lag_messages.Remove(&families_->lag_messages.Add(labels));
    families_->oldest.Remove(&families_->oldest.Add(labels));
    for (const ProgressState state : kProgressStates) {
      const Labels one = With(labels, "state", Name(state));
      families_->state.Remove(&families_->state.Add(one));
    }
    return true;
  });
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
      .Add({{"version", GUARANTEE_VERSION},
            {"revision", GUARANTEE_REVISION},
            {"proto_revision", GUARANTEE_PROTO_REVISION},
            {"process", process_name}})
      .Set(1);
  return registry;
}

}  // namespace guarantee::node
