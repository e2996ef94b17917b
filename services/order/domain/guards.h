// The conditions of the table, evaluated. Private to the domain.
#pragma once

#include <optional>
#include <string_view>

#include "order/domain/commands.h"
#include "order/domain/order.h"
#include "order/domain/policy.h"
#include "order/domain/transitions.h"

namespace guarantee::order {

// What a rule may look at. `order` is the value so far within one Decide; an absent order is
// State::kNone. `command` is what was sent, also while the order takes its own next steps.
struct Situation {
  const Order& order;
  const Command& command;
  UnixMillis now;
  const Policy& policy;
};

[[nodiscard]] bool Holds(Guard guard, const Situation& situation);

// Rule B12: begin ≤ generated ≤ deadline, opening < end, and a file that can be found.
[[nodiscard]] bool LetterFits(const Letter& letter, const Situation& situation);

}  // namespace guarantee::order
