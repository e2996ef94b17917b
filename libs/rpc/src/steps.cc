#include "rpc/steps.h"

#include <algorithm>

namespace guarantee::rpc {

void AddStep(const messaging::JournalLine& line, v1::FlowReply& reply) {
  v1::Step& step = *reply.add_steps();
  step.set_at(line.at.value);
  step.set_kind(line.kind);
  step.set_section(line.section);
  step.set_partition(-1);
  step.set_offset(-1);
  if (line.source) {
    step.set_topic(line.source->source.topic);
    step.set_partition(line.source->source.partition);
    step.set_offset(line.source->next);
  }
  step.set_detail(line.detail);
}

void AddStep(const messaging::OutboxEntry& entry, const std::optional<UnixMillis>& published_at,
             const messaging::Position& position, v1::FlowReply& reply) {
  v1::Step& step = *reply.add_steps();
  step.set_at(entry.envelope.time.value);
  step.set_kind(entry.envelope.interface_section.empty() ? "event" : "notice");
  step.set_section(entry.envelope.interface_section);
  step.set_topic(entry.topic);
  step.set_partition(published_at ? position.partition : -1);
  step.set_offset(published_at ? position.offset : -1);
  const std::string& type = entry.envelope.type;
  step.set_detail(type.substr(type.rfind('.') + 1) +
                  (entry.detail.empty() ? "" : " (" + entry.detail + ")") +
                  (published_at ? "" : ", not published yet"));
}

void SortSteps(v1::FlowReply& reply) {
  std::stable_sort(
      reply.mutable_steps()->begin(), reply.mutable_steps()->end(),
      [](const v1::Step& left, const v1::Step& right) { return left.at() < right.at(); });
}

Result<void> FillLag(messaging::LagMeter& meter, const std::string& trouble,
                     std::chrono::milliseconds timeout, v1::LagReply& reply) {
  const Result<std::vector<messaging::PartitionLag>> lags = meter.Measure(timeout);
  if (!lags) return tl::unexpected(lags.error());
  for (const messaging::PartitionLag& one : *lags) {
    v1::Lag& lag = *reply.add_lags();
    lag.set_group(meter.group());
    lag.set_topic(one.source.topic);
    lag.set_partition(one.source.partition);
    lag.set_messages(one.messages);
    lag.set_seconds(one.seconds);
    lag.set_partitions(one.partitions);
    lag.set_state(trouble.empty() ? one.state : "stalled");
  }
  return {};
}

}  // namespace guarantee::rpc
