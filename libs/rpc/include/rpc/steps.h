// Parts that every service's replies share: steps of a flow and lag.
#pragma once

#include <chrono>
#include <optional>

#include "base/result.h"
#include "guarantee/rpc/v1/common.pb.h"
#include "messaging/lag.h"
#include "messaging/write_store.h"

namespace guarantee::rpc {

void AddStep(const messaging::JournalLine& line, v1::FlowReply& reply);
// A record on its way out; `published_at` empty: it has not left yet.
void AddStep(const messaging::OutboxEntry& entry, const std::optional<UnixMillis>& published_at,
             const messaging::Position& position, v1::FlowReply& reply);
// By time; what happened at once stays in the order it was added.
void SortSteps(v1::FlowReply& reply);

// `trouble`: what keeps the consumer from handling anything; its partitions are then "stalled".
[[nodiscard]] Result<void> FillLag(messaging::LagMeter& meter, const std::string& trouble,
                                   std::chrono::milliseconds timeout, v1::LagReply& reply);

}  // namespace guarantee::rpc
