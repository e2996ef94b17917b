// The events of the table, made from the command and the value. Private to the domain.
#pragma once

#include "invoice/domain/events.h"
#include "invoice/domain/guards.h"

namespace guarantee::invoice {

[[nodiscard]] Event BuildEvent(EventKind kind, const Rule& rule, const Situation& situation);

}  // namespace guarantee::invoice
