// What the outside has to do after an event, a rule or a change of the value. Private to the
// domain.
#pragma once

#include <vector>

#include "credit/domain/effects.h"
#include "credit/domain/events.h"
#include "credit/domain/guards.h"

namespace guarantee::credit {

void CollectEffects(const Event& event, const Situation& after, std::vector<Effect>& out);
void CollectNotice(const Rule& rule, const Situation& after, std::vector<Effect>& out);
void CollectTimers(const Credit& before, const Credit& after, std::vector<Effect>& out);

}  // namespace guarantee::credit
