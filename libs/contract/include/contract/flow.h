// Flow keys: `partner/kind/number`. A flow is what must stay in order; its key is the Kafka key,
// the dispatcher's lane and the scope of a sequence.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "contract/contract.h"

namespace guarantee::contract {

struct FlowKey {
  std::string partner;
  FlowKind kind = FlowKind::kOrder;
  std::string number;

  bool operator==(const FlowKey&) const = default;
};

// "order", "guarantee", "claim", "invoice" or "credit".
[[nodiscard]] std::string_view Name(FlowKind kind);

// A slash, a percent sign, blanks and control characters become %XX; everything else stays, so
// Chinese numbers stay readable.
[[nodiscard]] std::string EscapeFlowPart(std::string_view part);

[[nodiscard]] std::string JoinFlow(std::string_view partner, FlowKind kind,
                                   std::string_view number);
// The inverse; anything that JoinFlow would not write is refused ("flow.format").
[[nodiscard]] Result<FlowKey> SplitFlow(std::string_view key);

// That the flow is one of this partner's: permanent "event.subject" for another's, and for what is
// no flow key. Whoever may write to a topic names both (design.md invariant 9).
[[nodiscard]] Result<void> CheckOwner(std::string_view flow, std::string_view partner);

}  // namespace guarantee::contract
