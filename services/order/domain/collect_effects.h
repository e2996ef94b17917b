// From what happened to what it asks for. Private to the domain.
#pragma once

#include <vector>

#include "order/domain/effects.h"
#include "order/domain/events.h"
#include "order/domain/guards.h"
#include "order/domain/transitions.h"

namespace guarantee::order {

// `after` holds the order with the event applied.
void CollectEffects(const Event& event, const Situation& after, std::vector<Effect>& out);
// The notice that the rule itself calls for, and the answer that a waiting 3.3 gets by an end.
void CollectNotice(const Rule& rule, const Situation& after, std::vector<Effect>& out);
// The difference between the timers of the two values.
void CollectTimers(const Order& before, const Order& after, std::vector<Effect>& out);

}  // namespace guarantee::order
