#include "order/domain/picture.h"

#include <string_view>

#include "order/domain/transitions.h"

namespace guarantee::order {
namespace {

State StateAt(std::size_t index) { return static_cast<State>(index); }

std::string NoticeText(const Rule& rule) {
  switch (rule.notice) {
    case Notice::kNone:
      return "";
    case Notice::kIssued:
      return "3.2 result 0";
    case Notice::kFailed:
      return "3.2 result 1";
    case Notice::kCancelDone:
      return "3.4 result 0";
    case Notice::kCancelRefused:
      return "3.4 result 1";
  }
  return "";
}

std::string Condition(const Rule& rule) {
  return rule.guard == Guard::kAlways ? "" : std::string(NameOf(rule.guard));
}

std::string Outcome(const Rule& rule, State from) {
  std::string text;
  if (rule.answer == Answer::kSameAgain) text = "same again";
  if (rule.answer == Answer::kRest) text = "rests";
  if (rule.answer == Answer::kRefuse) {
    text = "refused `" + std::string(FactsOf(rule.reason).word) + "`";
  }
  if (rule.answer == Answer::kApply || rule.to) {
    text += (text.empty() ? "→ " : ", → ") + std::string(NameOf(rule.to.value_or(from)));
  }
  return text;
}

std::string EmitsText(const Rule& rule) {
  std::string text;
  for (std::size_t i = 0; i < rule.emits.count; ++i) {
    text += (i == 0 ? "" : ", ") + std::string(NameOf(rule.emits.kinds[i]));
  }
  return text;
}

std::string Diagram() {
  std::string text = "```mermaid\nstateDiagram-v2\n";
  for (std::size_t index = 0; index < kStateCount; ++index) {
    for (const Rule& rule : Rules()) {
      if (!Contains(rule.from, StateAt(index)) || !rule.to) continue;
      const std::string from =
          StateAt(index) == State::kNone ? "[*]" : std::string(NameOf(StateAt(index)));
      text += "  " + from + " --> " + std::string(NameOf(*rule.to)) + ": " +
              std::string(NameOf(rule.command));
      text += rule.guard == Guard::kAlways ? "\n" : " [" + Condition(rule) + "]\n";
    }
  }
  for (std::size_t index = 0; index < kStateCount; ++index) {
    const State state = StateAt(index);
    if (!IsEnded(state) && state != State::kIssued) continue;
    text += "  " + std::string(NameOf(state)) + " --> [*]\n";
  }
  return text + "```\n";
}

std::string Table() {
  std::string text =
      "| State | Command | When | Result | Events | Notice |\n|---|---|---|---|---|---|\n";
  for (std::size_t index = 0; index < kStateCount; ++index) {
    for (const Rule& rule : Rules()) {
      if (!Contains(rule.from, StateAt(index))) continue;
      text += "| " + std::string(NameOf(StateAt(index))) + " | " +
              std::string(NameOf(rule.command)) + " | " + Condition(rule) + " | " +
              Outcome(rule, StateAt(index)) + " | " + EmitsText(rule) + " | " + NoticeText(rule) +
              " |\n";
    }
  }
  return text;
}

std::string Refusals() {
  std::string text = "| Refusal | Text |\n|---|---|\n";
  for (const RefusalFacts& facts : kRefusals) {
    if (facts.code == RefusalCode::kNone) continue;
    text += "| `" + std::string(facts.word) + "` | " + std::string(facts.text) + " |\n";
  }
  return text;
}

}  // namespace

std::string PrintStates() {
  return "# The order's states\n\n"
         "Printed from the table in `domain/transitions.cc`; a test keeps it fresh.\n\n" +
         Diagram() +
         "\n## Every cell\n\nFor a state and a command the lines are tried from top to bottom. "
         "`Proceed` is the step that the\norder takes by itself after every applied command.\n\n" +
         Table() + "\n## Refusals\n\n" + Refusals();
}

}  // namespace guarantee::order
