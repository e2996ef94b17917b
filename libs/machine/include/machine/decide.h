// From a table to a decision: what one command does to one value.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "machine/rules.h"

namespace guarantee::machine {

enum class Verdict : std::uint8_t {
  kApplied,
  kSameAgain,  // nothing changes; `refusal` is the first outcome of a repeated decision
  kRefused,    // `refusal` says why; events and effects may still have to be written
};

// `events` are to be applied in order and published, `effects` to be written, both in the
// transaction that stores the value, whatever the verdict.
template <typename Refusal, typename Event, typename Effect>
struct Decision {
  Verdict verdict = Verdict::kApplied;
  Refusal refusal = Refusal::kNone;
  std::vector<Event> events;
  std::vector<Effect> effects;

  bool operator==(const Decision&) const = default;
};

// Who decided, and on what. `based_on_revision`: the revision the decider saw; 0: not said, not
// checked.
struct DecisionHead {
  std::string decision_id;
  std::string decided_by;
  std::string reason;
  std::int64_t based_on_revision = 0;
};

// A decision is remembered with its outcome, so that the same id again is the same decision.
template <typename Refusal>
struct DecisionRecord {
  std::string decision_id;
  Refusal refusal = Refusal::kNone;
  bool operator==(const DecisionRecord&) const = default;
};
inline constexpr std::size_t kRememberedDecisionsMax = 64;

template <typename Refusal>
[[nodiscard]] const DecisionRecord<Refusal>* FindDecision(
    const std::vector<DecisionRecord<Refusal>>& decisions, const std::string& decision_id) {
  for (const DecisionRecord<Refusal>& record : decisions) {
    if (record.decision_id == decision_id) return &record;
  }
  return nullptr;
}
// Whether nothing more can be remembered: refused ones make room, applied ones do not.
template <typename Refusal>
[[nodiscard]] bool DecisionLogFull(const std::vector<DecisionRecord<Refusal>>& decisions) {
  if (decisions.size() < kRememberedDecisionsMax) return false;
  for (const DecisionRecord<Refusal>& record : decisions) {
    if (record.refusal != Refusal::kNone) return false;
  }
  return true;
}
template <typename Refusal>
void RecordDecision(std::vector<DecisionRecord<Refusal>>& decisions, const std::string& decision_id,
                    Refusal refusal) {
  if (decision_id.empty() || DecisionLogFull(decisions)) return;
  if (decisions.size() >= kRememberedDecisionsMax) {
    // The oldest refused one: its id would be judged anew, and be refused anew.
    for (auto record = decisions.begin(); record != decisions.end(); ++record) {
      if (record->refusal == Refusal::kNone) continue;
      decisions.erase(record);
      break;
    }
  }
  decisions.push_back({decision_id, refusal});
}

// More own steps than a machine has states would be a loop in its table.
inline constexpr std::size_t kOwnStepsMax = 12;

// `Model` is the machine: types Kinds, Value (with `state`, and default: State::kNone), Command,
// Event, Effect, Policy, Situation {const Value&, const Command&, UnixMillis now, const Policy&},
// and
//   static std::span<const Rule<Kinds>> Rules();
//   static Value Apply(Value, const Event&);
//   static void CollectTimers(const Value& before, const Value& after, std::vector<Effect>&);
//   static Kinds::Refusal FirstOutcome(const Value& before, const Command&);
// Found by argument, beside the machine's types:
//   Kinds::Command KindOf(const Command&);
//   bool Holds(Kinds::Guard, const Situation&);
//   Event BuildEvent(Kinds::Event, const Rule<Kinds>&, const Situation&);
//   void CollectEffects(const Event&, const Situation& after, std::vector<Effect>&);
//   void CollectNotice(const Rule<Kinds>&, const Situation& after, std::vector<Effect>&);
// The situation's value is the value so far; its command is what was sent, also in own steps.
template <typename Model>
class Deciding {
 public:
  using Kinds = typename Model::Kinds;
  using Value = typename Model::Value;
  using Outcome = Decision<typename Kinds::Refusal, typename Model::Event, typename Model::Effect>;

  // Total: every command has an answer in every state, an absent value included.
  [[nodiscard]] static Outcome Decide(const std::optional<Value>& value,
                                      const typename Model::Command& command, UnixMillis now,
                                      const typename Model::Policy& policy) {
    const Value before = value.value_or(Value{});
    Value working = before;
    const typename Model::Situation situation{working, command, now, policy};
    const Rule<Kinds>& rule = First(KindOf(command), working, situation);
    Outcome out;
    Take(rule, working, situation, out);
    switch (rule.answer) {
      case Answer::kRefuse:
        out.verdict = Verdict::kRefused;
        out.refusal = rule.reason;
        break;
      case Answer::kApply:
        TakeOwnSteps(working, situation, out);
        break;
      case Answer::kSameAgain:
      case Answer::kRest:
        out.verdict = Verdict::kSameAgain;
        out.refusal = Model::FirstOutcome(before, command);
        break;
    }
    Model::CollectTimers(before, working, out.effects);
    return out;
  }

 private:
  using Situation = typename Model::Situation;

  static const Rule<Kinds>& First(typename Kinds::Command command, const Value& value,
                                  const Situation& situation) {
    return FirstRule<Kinds>(Model::Rules(), value.state, command,
                            [&](auto guard) { return Holds(guard, situation); });
  }

  // Emits the rule's events one by one, each applied before the next is made.
  static void Take(const Rule<Kinds>& rule, Value& value, const Situation& situation,
                   Outcome& out) {
    for (std::size_t at = 0; at < rule.emits.count; ++at) {
      typename Model::Event event = BuildEvent(rule.emits.kinds[at], rule, situation);
      value = Model::Apply(std::move(value), event);
      CollectEffects(event, situation, out.effects);
      out.events.push_back(std::move(event));
    }
    CollectNotice(rule, situation, out.effects);
  }

  static void TakeOwnSteps(Value& value, const Situation& situation, Outcome& out) {
    if constexpr (requires { Kinds::Command::kProceed; }) {
      for (std::size_t step = 0; step < kOwnStepsMax; ++step) {
        const Rule<Kinds>& rule = First(Kinds::Command::kProceed, value, situation);
        if (rule.answer != Answer::kApply) return;
        Take(rule, value, situation, out);
      }
    }
  }
};

}  // namespace guarantee::machine
