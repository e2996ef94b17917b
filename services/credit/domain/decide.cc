#include "credit/domain/decide.h"

#include "credit/domain/build_event.h"
#include "credit/domain/collect_effects.h"
#include "credit/domain/guards.h"
#include "credit/domain/transitions.h"

namespace guarantee::credit {
namespace {

struct Model {
  using Kinds = CreditKinds;
  using Value = View;
  using Command = credit::Command;
  using Event = credit::Event;
  using Effect = credit::Effect;
  using Policy = credit::Policy;
  using Situation = credit::Situation;

  static std::span<const Rule> Rules() { return credit::Rules(); }
  static View Apply(View view, const Event& event) {
    return ViewOf(credit::Apply(std::move(view.row), event), std::move(view.business_no));
  }
  static void CollectTimers(const View& before, const View& after, std::vector<Effect>& out) {
    credit::CollectTimers(before.row, after.row, out);
  }
  static RefusalCode FirstOutcome(const View& before, const Command& command) {
    const DecisionHead* head = HeadOf(command);
    const DecisionRecord* known =
        head == nullptr ? nullptr : FindDecision(before.row, head->decision_id);
    return known == nullptr ? RefusalCode::kNone : known->refusal;
  }
};

}  // namespace

Decision Decide(const std::optional<Credit>& row, const Command& command, UnixMillis now) {
  Credit before = row.value_or(Credit{});
  std::string focus = FocusOf(before, command);
  return machine::Deciding<Model>::Decide(ViewOf(std::move(before), std::move(focus)), command, now,
                                          Policy{});
}

const DecisionHead* HeadOf(const Command& command) {
  return std::visit(
      [](const auto& one) -> const DecisionHead* {
        if constexpr (requires { one.decision; }) return &one.decision;
        return nullptr;
      },
      command);
}

}  // namespace guarantee::credit
