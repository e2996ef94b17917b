#include "claim/domain/decide.h"

#include "claim/domain/build_event.h"
#include "claim/domain/collect_effects.h"
#include "claim/domain/guards.h"
#include "claim/domain/transitions.h"

namespace guarantee::claim {
namespace {

struct Model {
  using Kinds = ClaimKinds;
  using Value = View;
  using Command = claim::Command;
  using Event = claim::Event;
  using Effect = claim::Effect;
  using Policy = claim::Policy;
  using Situation = claim::Situation;

  static std::span<const Rule> Rules() { return claim::Rules(); }
  static View Apply(View view, const Event& event) {
    return ViewOf(claim::Apply(std::move(view.row), event), std::move(view.business_no));
  }
  static void CollectTimers(const View& before, const View& after, std::vector<Effect>& out) {
    claim::CollectTimers(before.row, after.row, out);
  }
  static RefusalCode FirstOutcome(const View& before, const Command& command) {
    const DecisionHead* head = HeadOf(command);
    const DecisionRecord* known =
        head == nullptr ? nullptr : FindDecision(before.row, head->decision_id);
    return known == nullptr ? RefusalCode::kNone : known->refusal;
  }
};

}  // namespace

Decision Decide(const std::optional<Claims>& row, const Command& command, UnixMillis now,
                const Policy& policy) {
  Claims before = row.value_or(Claims{});
  std::string focus = BusinessNoOf(command);
  // A number of ours that nobody minted is not the open claim's.
  if (!std::holds_alternative<Register>(command)) focus = FocusOf(before, focus);
  return machine::Deciding<Model>::Decide(ViewOf(std::move(before), std::move(focus)), command, now,
                                          policy);
}

const DecisionHead* HeadOf(const Command& command) {
  return std::visit(
      [](const auto& one) -> const DecisionHead* {
        if constexpr (requires { one.decision; }) return &one.decision;
        return nullptr;
      },
      command);
}

std::string BusinessNoOf(const Command& command) {
  return std::visit(
      [](const auto& one) -> std::string {
        if constexpr (requires { one.business_no; }) return one.business_no;
        return {};
      },
      command);
}

}  // namespace guarantee::claim
