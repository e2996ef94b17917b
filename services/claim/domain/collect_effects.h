// From what happened to what it asks for. Private to the domain.
#pragma once

#include <vector>

#include "claim/domain/effects.h"
#include "claim/domain/events.h"
#include "claim/domain/guards.h"
#include "claim/domain/transitions.h"

namespace guarantee::claim {

// `after` holds the row with the event applied.
void CollectEffects(const Event& event, const Situation& after, std::vector<Effect>& out);
// What the rule itself tells others.
void CollectNotice(const Rule& rule, const Situation& after, std::vector<Effect>& out);
// The difference between the timers of the two values.
void CollectTimers(const Claims& before, const Claims& after, std::vector<Effect>& out);

}  // namespace guarantee::claim
