// The one entrance to the order's rules.
#pragma once

#include <optional>

#include "machine/decide.h"
#include "order/domain/commands.h"
#include "order/domain/effects.h"
#include "order/domain/events.h"
#include "order/domain/order.h"
#include "order/domain/policy.h"

namespace guarantee::order {

using machine::Verdict;
using Decision = machine::Decision<RefusalCode, Event, Effect>;

// `now` is the time of processing; what is judged by arrival carries its own time. Total: every
// command has an answer in every state, an absent order included. Pure and thread-safe.
[[nodiscard]] Decision Decide(const std::optional<Order>& order, const Command& command,
                              UnixMillis now, const Policy& policy);

}  // namespace guarantee::order
