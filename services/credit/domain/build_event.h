// The events of the table, made from the command and the value. Private to the domain.
#pragma once

#include "credit/domain/events.h"
#include "credit/domain/guards.h"

namespace guarantee::credit {

[[nodiscard]] Event BuildEvent(EventKind kind, const Rule& rule, const Situation& situation);

}  // namespace guarantee::credit
