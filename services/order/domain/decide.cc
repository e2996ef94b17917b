#include "order/domain/decide.h"

#include <utility>

#include "order/domain/build_event.h"
#include "order/domain/collect_effects.h"
#include "order/domain/guards.h"
#include "order/domain/transitions.h"

namespace guarantee::order {
namespace {

// More own steps than there are states would be a loop in the table.
constexpr std::size_t kOwnStepsMax = 12;

const Rule& FirstRule(CommandKind kind, const Situation& s) {
  const Rule* last = nullptr;
  for (const Rule& rule : Rules()) {
    if (rule.command != kind || !Contains(rule.from, s.order.state)) continue;
    last = &rule;
    if (Holds(rule.guard, s)) break;
  }
  return *last;  // every cell has rules: static_assert in transitions.cc
}

// Emits the rule's events one by one, each applied before the next is made.
void Take(const Rule& rule, Order& order, const Situation& s, Decision& out) {
  for (std::size_t i = 0; i < rule.emits.count; ++i) {
    Event event = BuildEvent(rule.emits.kinds[i], rule, s);
    order = Apply(std::move(order), event);
    CollectEffects(event, s, out.effects);
    out.events.push_back(std::move(event));
  }
  CollectNotice(rule, s, out.effects);
}

void TakeOwnSteps(Order& order, const Situation& s, Decision& out) {
  for (std::size_t step = 0; step < kOwnStepsMax; ++step) {
    const Rule& rule = FirstRule(CommandKind::kProceed, s);
    if (rule.answer != Answer::kApply) return;
    Take(rule, order, s, out);
  }
}

RefusalCode FirstOutcome(const Order& order, const Command& command) {
  const DecisionHead* head = HeadOf(command);
  if (head == nullptr) return RefusalCode::kNone;
  for (const DecisionRecord& record : order.decisions) {
    if (record.decision_id == head->decision_id) return record.refusal;
  }
  return RefusalCode::kNone;
}

}  // namespace

Decision Decide(const std::optional<Order>& order, const Command& command, UnixMillis now,
                const Policy& policy) {
  const Order before = order.value_or(Order{});
  Order working = before;
  const Situation situation{working, command, now, policy};
  const Rule& rule = FirstRule(KindOf(command), situation);

  Decision decision;
  Take(rule, working, situation, decision);
  switch (rule.answer) {
    case Answer::kRefuse:
      decision.verdict = Verdict::kRefused;
      decision.refusal = rule.reason;
      break;
    case Answer::kApply:
      TakeOwnSteps(working, situation, decision);
      break;
    case Answer::kSameAgain:
    case Answer::kRest:
      decision.verdict = Verdict::kSameAgain;
      decision.refusal = FirstOutcome(before, command);
      break;
  }
  CollectTimers(before, working, decision.effects);
  return decision;
}

}  // namespace guarantee::order
