#include "order/domain/decide.h"

#include "order/domain/build_event.h"
#include "order/domain/collect_effects.h"
#include "order/domain/guards.h"
#include "order/domain/transitions.h"

namespace guarantee::order {
namespace {

struct Model {
  using Kinds = OrderKinds;
  using Value = Order;
  using Command = order::Command;
  using Event = order::Event;
  using Effect = order::Effect;
  using Policy = order::Policy;
  using Situation = order::Situation;

  static std::span<const Rule> Rules() { return order::Rules(); }
  static Order Apply(Order order, const Event& event) {
    return order::Apply(std::move(order), event);
  }
  static void CollectTimers(const Order& before, const Order& after, std::vector<Effect>& out) {
    order::CollectTimers(before, after, out);
  }
  static RefusalCode FirstOutcome(const Order& order, const Command& command) {
    const DecisionHead* head = HeadOf(command);
    const DecisionRecord* known =
        head == nullptr ? nullptr : machine::FindDecision(order.decisions, head->decision_id);
    return known == nullptr ? RefusalCode::kNone : known->refusal;
  }
};

}  // namespace

Decision Decide(const std::optional<Order>& order, const Command& command, UnixMillis now,
                const Policy& policy) {
  return machine::Deciding<Model>::Decide(order, command, now, policy);
}

}  // namespace guarantee::order
