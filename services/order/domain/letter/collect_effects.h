// From what happened to what it asks for. Private to the domain.
#pragma once

#include <vector>

#include "order/domain/letter/effects.h"
#include "order/domain/letter/events.h"
#include "order/domain/letter/guards.h"
#include "order/domain/letter/transitions.h"

namespace guarantee::order::letter {

// `after` holds the guarantee with the event applied.
void CollectEffects(const Event& event, const Situation& after, std::vector<Effect>& out);
// What the rule itself tells.
void CollectNotice(const Rule& rule, const Situation& after, std::vector<Effect>& out);
// The difference between the timers of the two values.
void CollectTimers(const Guarantee& before, const Guarantee& after, std::vector<Effect>& out);

}  // namespace guarantee::order::letter
