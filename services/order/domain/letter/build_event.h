// Makes the events that the table's rules name. Private to the domain.
#pragma once

#include "order/domain/letter/events.h"
#include "order/domain/letter/guards.h"
#include "order/domain/letter/transitions.h"

namespace guarantee::order::letter {

// `rule` must be one that holds in `situation`: the command's type is taken from it.
[[nodiscard]] Event BuildEvent(EventKind kind, const Rule& rule, const Situation& situation);

}  // namespace guarantee::order::letter
