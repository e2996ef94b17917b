// A table as Markdown: a Mermaid diagram, every cell, and the refusals with their texts.
//
// The words come from the machine: NameOf(State), NameOf(Command), NameOf(Guard), NameOf(Event) and
// NameOf(Notice), and FactsOf(Refusal) with `word` and `text`, all found by argument.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "machine/rules.h"

namespace guarantee::machine {

template <typename Kinds>
class Picture {
 public:
  using Line = Rule<Kinds>;
  using State = typename Kinds::State;

  Picture(std::span<const Line> rules, StateSet ends) : rules_(rules), ends_(ends) {}

  [[nodiscard]] std::string Diagram() const {
    std::string text = "```mermaid\nstateDiagram-v2\n";
    for (const State state : States()) {
      for (const Line& rule : rules_) {
        if (Contains(rule.from, state) && rule.to) text += Arrow(rule, state);
      }
    }
    for (const State state : States()) {
      if (Contains(ends_, state)) text += "  " + Word(state) + " --> [*]\n";
    }
    return text + "```\n";
  }

  [[nodiscard]] std::string Cells() const {
    std::string text =
        "| State | Command | When | Result | Events | Notice |\n|---|---|---|---|---|---|\n";
    for (const State state : States()) {
      for (const Line& rule : rules_) {
        if (!Contains(rule.from, state)) continue;
        text += "| " + Word(state) + " | " + Word(rule.command) + " | " + Condition(rule) + " | " +
                Outcome(rule, state) + " | " + Events(rule) + " | " + Told(rule) + " |\n";
      }
    }
    return text;
  }

  template <typename Facts>
  [[nodiscard]] static std::string Refusals(const Facts& all) {
    std::string text = "| Refusal | Text |\n|---|---|\n";
    for (const auto& facts : all) {
      if (facts.code == Kinds::Refusal::kNone) continue;
      text += "| `" + std::string(facts.word) + "` | " + std::string(facts.text) + " |\n";
    }
    return text;
  }

 private:
  template <typename Kind>
  static std::string Word(Kind kind) {
    return std::string(NameOf(kind));
  }

  static std::array<State, Kinds::kStateCount> States() {
    std::array<State, Kinds::kStateCount> states{};
    for (std::size_t at = 0; at < states.size(); ++at) states[at] = static_cast<State>(at);
    return states;
  }

  static std::string Arrow(const Line& rule, State state) {
    const std::string from = state == State::kNone ? "[*]" : Word(state);
    const std::string when = Condition(rule);
    return "  " + from + " --> " + Word(*rule.to) + ": " + Word(rule.command) +
           (when.empty() ? "\n" : " [" + when + "]\n");
  }

  static std::string Condition(const Line& rule) {
    return rule.guard == Kinds::Guard::kAlways ? "" : Word(rule.guard);
  }

  static std::string Outcome(const Line& rule, State from) {
    std::string text;
    if (rule.answer == Answer::kSameAgain) text = "same again";
    if (rule.answer == Answer::kRest) text = "rests";
    if (rule.answer == Answer::kRefuse) {
      text = "refused `" + std::string(FactsOf(rule.reason).word) + "`";
    }
    if (rule.answer == Answer::kApply || rule.to) {
      text += (text.empty() ? "→ " : ", → ") + Word(rule.to.value_or(from));
    }
    return text;
  }

  static std::string Events(const Line& rule) {
    std::string text;
    for (std::size_t at = 0; at < rule.emits.count; ++at) {
      text += (at == 0 ? "" : ", ") + Word(rule.emits.kinds[at]);
    }
    return text;
  }

  static std::string Told(const Line& rule) {
    return rule.notice == Kinds::Notice::kNone ? "" : Word(rule.notice);
  }

  std::span<const Line> rules_;
  StateSet ends_;
};

}  // namespace guarantee::machine
