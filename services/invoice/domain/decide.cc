#include "invoice/domain/decide.h"

#include "invoice/domain/build_event.h"
#include "invoice/domain/collect_effects.h"
#include "invoice/domain/guards.h"
#include "invoice/domain/transitions.h"

namespace guarantee::invoice {
namespace {

struct Model {
  using Kinds = InvoiceKinds;
  using Value = View;
  using Command = invoice::Command;
  using Event = invoice::Event;
  using Effect = invoice::Effect;
  using Policy = invoice::Policy;
  using Situation = invoice::Situation;

  static std::span<const Rule> Rules() { return invoice::Rules(); }
  static View Apply(View view, const Event& event) {
    return ViewOf(invoice::Apply(std::move(view.row), event), std::move(view.business_no));
  }
  static void CollectTimers(const View& before, const View& after, std::vector<Effect>& out) {
    invoice::CollectTimers(before.row, after.row, out);
  }
  static RefusalCode FirstOutcome(const View& before, const Command& command) {
    const DecisionHead* head = HeadOf(command);
    const DecisionRecord* known =
        head == nullptr ? nullptr : FindDecision(before.row, head->decision_id);
    return known == nullptr ? RefusalCode::kNone : known->refusal;
  }
};

}  // namespace

Decision Decide(const std::optional<Invoices>& row, const Command& command, UnixMillis now,
                const Policy& policy) {
  Invoices before = row.value_or(Invoices{});
  std::string focus = FocusOf(before, command);
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

}  // namespace guarantee::invoice
