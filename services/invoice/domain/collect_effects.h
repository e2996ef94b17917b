// What the outside has to do after an event, a rule or a change of the value. Private to the
// domain.
#pragma once

#include <vector>

#include "invoice/domain/effects.h"
#include "invoice/domain/events.h"
#include "invoice/domain/guards.h"

namespace guarantee::invoice {

void CollectEffects(const Event& event, const Situation& after, std::vector<Effect>& out);
void CollectNotice(const Rule& rule, const Situation& after, std::vector<Effect>& out);
void CollectTimers(const Invoices& before, const Invoices& after, std::vector<Effect>& out);

}  // namespace guarantee::invoice
