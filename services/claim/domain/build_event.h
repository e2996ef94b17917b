// Makes the events that the table's rules name. Private to the domain.
#pragma once

#include "claim/domain/events.h"
#include "claim/domain/guards.h"
#include "claim/domain/transitions.h"

namespace guarantee::claim {

// `rule` must be one that holds in `situation`: the command's type is taken from it.
[[nodiscard]] Event BuildEvent(EventKind kind, const Rule& rule, const Situation& situation);

}  // namespace guarantee::claim
