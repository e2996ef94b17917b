// State machines as tables of values: the program decides by the table, the tests compare it with a
// text, and people read the picture printed from it. Values only: nothing here does I/O.
//
// A machine names its kinds by a struct:
//   struct Kinds {
//     using State, Command, Guard, Event, Refusal, Notice;   // enums; the first three from 0,
//     dense static constexpr std::size_t kStateCount, kCommandCount;
//   };
// with Guard::kAlways, Refusal::kNone and Notice::kNone. Command may have a kProceed: the machine's
// own next step, taken after every applied command; nobody can send it.
//
// For a state and a command the rules are tried from top to bottom; the first whose guard holds is
// taken. EveryCellDecided belongs into a static_assert: no cell is silent.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace guarantee::machine {

enum class Answer : std::uint8_t { kApply, kSameAgain, kRefuse, kRest };

inline constexpr std::size_t kEmitsMax = 3;

// A set of states, one bit each.
using StateSet = std::uint32_t;

template <typename State>
[[nodiscard]] constexpr StateSet Of(State state) {
  return StateSet{1} << static_cast<unsigned>(state);
}
template <typename... State>
[[nodiscard]] constexpr StateSet In(State... states) {
  return (Of(states) | ...);
}
template <typename State>
[[nodiscard]] constexpr bool Contains(StateSet set, State state) {
  return (set & Of(state)) != 0;
}

template <typename Event>
struct Emits {
  std::array<Event, kEmitsMax> kinds{};
  std::size_t count = 0;
};

template <typename Kinds>
struct Rule {
  using State = typename Kinds::State;
  using Command = typename Kinds::Command;
  using Guard = typename Kinds::Guard;
  using Refusal = typename Kinds::Refusal;
  using Notice = typename Kinds::Notice;

  StateSet from = 0;
  Command command{};
  Guard guard = Guard::kAlways;
  Answer answer = Answer::kApply;
  std::optional<State> to{};  // empty: unchanged
  // kRefuse: the refusal; kApply into an end: the end's reason.
  Refusal reason = Refusal::kNone;
  Emits<typename Kinds::Event> emits{};
  // The notice that the rule itself calls for.
  Notice notice = Notice::kNone;
};

// How a table's lines are written.
template <typename Kinds>
struct Write {
  using R = Rule<Kinds>;
  using State = typename Kinds::State;
  using Command = typename Kinds::Command;
  using Guard = typename Kinds::Guard;
  using Event = typename Kinds::Event;
  using Refusal = typename Kinds::Refusal;
  using Notice = typename Kinds::Notice;

  template <typename... Events>
  static constexpr Emits<Event> Emit(Events... kinds) {
    static_assert(sizeof...(kinds) <= kEmitsMax);
    return {{kinds...}, sizeof...(kinds)};
  }
  static constexpr R Go(StateSet from, Command command, Guard guard, State to, Emits<Event> emits,
                        Notice notice = Notice::kNone, Refusal reason = Refusal::kNone) {
    return {from, command, guard, Answer::kApply, to, reason, emits, notice};
  }
  static constexpr R Stay(StateSet from, Command command, Guard guard, Emits<Event> emits,
                          Notice notice = Notice::kNone) {
    return {from, command, guard, Answer::kApply, {}, Refusal::kNone, emits, notice};
  }
  static constexpr R Same(StateSet from, Command command, Guard guard,
                          Notice notice = Notice::kNone) {
    return {from, command, guard, Answer::kSameAgain, {}, Refusal::kNone, {}, notice};
  }
  static constexpr R Refuse(StateSet from, Command command, Guard guard, Refusal reason,
                            Emits<Event> emits = {}, Notice notice = Notice::kNone) {
    return {from, command, guard, Answer::kRefuse, {}, reason, emits, notice};
  }
  static constexpr R Rest(StateSet from, Guard guard = Guard::kAlways) {
    return {from, Command::kProceed, guard, Answer::kRest, {}, Refusal::kNone, {}, Notice::kNone};
  }
};

// One cell: at least one rule, exactly one without a guard, and that one last.
template <typename Kinds, std::size_t Count>
[[nodiscard]] constexpr bool CellDecided(const std::array<Rule<Kinds>, Count>& rules,
                                         typename Kinds::State state,
                                         typename Kinds::Command command) {
  bool decided = false;
  for (const Rule<Kinds>& rule : rules) {
    if (rule.command != command || !Contains(rule.from, state)) continue;
    if (decided) return false;
    decided = rule.guard == Kinds::Guard::kAlways;
  }
  return decided;
}

template <typename Kinds, std::size_t Count>
[[nodiscard]] constexpr bool EveryCellDecided(const std::array<Rule<Kinds>, Count>& rules) {
  for (std::size_t state = 0; state < Kinds::kStateCount; ++state) {
    for (std::size_t command = 0; command < Kinds::kCommandCount; ++command) {
      if (!CellDecided(rules, static_cast<typename Kinds::State>(state),
                       static_cast<typename Kinds::Command>(command))) {
        return false;
      }
    }
  }
  return true;
}

// No rule leads out of these states.
template <typename Kinds, std::size_t Count>
[[nodiscard]] constexpr bool EndsAreFinal(const std::array<Rule<Kinds>, Count>& rules,
                                          StateSet ends) {
  for (const Rule<Kinds>& rule : rules) {
    if (rule.to && (rule.from & ends) != 0) return false;
  }
  return true;
}

// The rule that is taken; `rules` must have passed EveryCellDecided. `holds(guard)` is asked in
// the table's order.
template <typename Kinds, typename Holds>
[[nodiscard]] const Rule<Kinds>& FirstRule(std::span<const Rule<Kinds>> rules,
                                           typename Kinds::State state,
                                           typename Kinds::Command command, const Holds& holds) {
  const Rule<Kinds>* last = nullptr;
  for (const Rule<Kinds>& rule : rules) {
    if (rule.command != command || !Contains(rule.from, state)) continue;
    last = &rule;
    if (holds(rule.guard)) break;
  }
  return *last;
}

// How a machine says no. `word` is stable and for programs; `text` goes to the platform where a
// field for it exists.
template <typename Refusal>
struct RefusalFacts {
  Refusal code;
  std::string_view word;
  std::string_view text;
};

// For tables that are read by index.
template <typename Refusal, std::size_t Count>
[[nodiscard]] constexpr bool InOrder(const std::array<RefusalFacts<Refusal>, Count>& all) {
  for (std::size_t at = 0; at < Count; ++at) {
    if (static_cast<std::size_t>(all[at].code) != at) return false;
  }
  return true;
}

}  // namespace guarantee::machine
