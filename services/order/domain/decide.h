// The one entrance to the order's rules.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "order/domain/commands.h"
#include "order/domain/effects.h"
#include "order/domain/events.h"
#include "order/domain/order.h"
#include "order/domain/policy.h"

namespace guarantee::order {

enum class Verdict : std::uint8_t {
  kApplied,
  kSameAgain,  // nothing changes; `refusal` is the first outcome of a repeated decision
  kRefused,    // `refusal` says why; events and effects may still have to be written
};

// `events` are to be applied in order and published, `effects` to be written, both in the
// transaction that stores the order, whatever the verdict.
struct Decision {
  Verdict verdict = Verdict::kApplied;
  RefusalCode refusal = RefusalCode::kNone;
  std::vector<Event> events;
  std::vector<Effect> effects;

  bool operator==(const Decision&) const = default;
};

// `now` is the time of processing; what is judged by arrival carries its own time. Total: every
// command has an answer in every state, an absent order included. Pure and thread-safe.
[[nodiscard]] Decision Decide(const std::optional<Order>& order, const Command& command,
                              UnixMillis now, const Policy& policy);

}  // namespace guarantee::order
