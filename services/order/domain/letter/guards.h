// The conditions of the table, evaluated. Private to the domain.
#pragma once

#include "order/domain/letter/commands.h"
#include "order/domain/letter/guarantee.h"
#include "order/domain/letter/policy.h"
#include "order/domain/letter/transitions.h"

namespace guarantee::order::letter {

// What a rule may look at. `guarantee` is the value so far within one Decide; an absent one is
// State::kNone. `command` is what was sent, also while the guarantee takes its own next steps.
struct Situation {
  const Guarantee& guarantee;
  const Command& command;
  UnixMillis now;
  const Policy& policy;
};

[[nodiscard]] bool Holds(Guard guard, const Situation& situation);

// The answered operation of that kind and number, or null.
[[nodiscard]] const Operation* FindOperation(const Guarantee& guarantee, OperationKind kind,
                                             const std::string& business_no);

}  // namespace guarantee::order::letter
