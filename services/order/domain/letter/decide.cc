#include "order/domain/letter/decide.h"

#include <utility>

#include "order/domain/letter/build_event.h"
#include "order/domain/letter/collect_effects.h"
#include "order/domain/letter/guards.h"
#include "order/domain/letter/transitions.h"

namespace guarantee::order::letter {
namespace {

struct Model {
  using Kinds = LetterKinds;
  using Value = Guarantee;
  using Command = letter::Command;
  using Event = letter::Event;
  using Effect = letter::Effect;
  using Policy = letter::Policy;
  using Situation = letter::Situation;

  static std::span<const Rule> Rules() { return letter::Rules(); }
  static Guarantee Apply(Guarantee value, const Event& event) {
    return letter::Apply(std::move(value), event);
  }
  static void CollectTimers(const Guarantee& before, const Guarantee& after,
                            std::vector<Effect>& out) {
    letter::CollectTimers(before, after, out);
  }
  static RefusalCode FirstOutcome(const Guarantee& value, const Command& command) {
    const DecisionHead* head = HeadOf(command);
    const DecisionRecord* known =
        head == nullptr ? nullptr : machine::FindDecision(value.decisions, head->decision_id);
    return known == nullptr ? RefusalCode::kNone : known->refusal;
  }
};

}  // namespace

Decision Decide(const std::optional<Guarantee>& guarantee, const Command& command, UnixMillis now,
                const Policy& policy) {
  return machine::Deciding<Model>::Decide(guarantee, command, now, policy);
}

}  // namespace guarantee::order::letter
