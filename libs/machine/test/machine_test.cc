// The machinery on a door: open, shut, bricked up.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string_view>

#include "machine/decide.h"
#include "machine/picture.h"
#include "machine/table_text.h"

namespace guarantee::machine {
namespace {

enum class State : std::uint8_t { kNone, kOpen, kShut, kBricked };
enum class CommandKind : std::uint8_t { kBuild, kPush, kBrick, kProceed };
enum class Guard : std::uint8_t { kAlways, kHeavy, kWindy };
enum class EventKind : std::uint8_t { kBuilt, kMoved, kBrickedUp };
enum class Refusal : std::uint8_t { kNone, kNoDoor, kTooHeavy };
enum class Notice : std::uint8_t { kNone, kBang };

std::string_view NameOf(State state) {
  return std::array<std::string_view, 4>{"NONE", "OPEN", "SHUT",
                                         "BRICKED"}[static_cast<std::size_t>(state)];
}
std::string_view NameOf(CommandKind command) {
  return std::array<std::string_view, 4>{"Build", "Push", "Brick",
                                         "Proceed"}[static_cast<std::size_t>(command)];
}
std::string_view NameOf(Guard guard) {
  return std::array<std::string_view, 3>{"always", "heavy",
                                         "windy"}[static_cast<std::size_t>(guard)];
}
std::string_view NameOf(EventKind event) {
  return std::array<std::string_view, 3>{"Built", "Moved",
                                         "BrickedUp"}[static_cast<std::size_t>(event)];
}
std::string_view NameOf(Notice) { return "bang"; }
using Facts = RefusalFacts<Refusal>;
constexpr std::array<Facts, 3> kFacts{{{Refusal::kNone, "", ""},
                                       {Refusal::kNoDoor, "door.none", "no door"},
                                       {Refusal::kTooHeavy, "door.heavy", "too heavy"}}};
static_assert(InOrder(kFacts));
static_assert(!InOrder(std::array<Facts, 2>{
    {{Refusal::kNoDoor, "", ""}, {Refusal::kNone, "", ""}}}));
const Facts& FactsOf(Refusal refusal) { return kFacts[static_cast<std::size_t>(refusal)]; }

struct Kinds {
  using State = machine::State;
  using Command = CommandKind;
  using Guard = machine::Guard;
  using Event = EventKind;
  using Refusal = machine::Refusal;
  using Notice = machine::Notice;
  static constexpr std::size_t kStateCount = 4;
  static constexpr std::size_t kCommandCount = 4;
};
using W = Write<Kinds>;
using C = CommandKind;
using G = Guard;

constexpr StateSet kDoor = In(State::kOpen, State::kShut);
constexpr auto kRules = std::to_array<Rule<Kinds>>({
    W::Go(Of(State::kNone), C::kBuild, G::kAlways, State::kOpen, W::Emit(EventKind::kBuilt)),
    W::Same(kDoor | Of(State::kBricked), C::kBuild, G::kAlways),
    W::Refuse(Of(State::kNone), C::kPush, G::kAlways, Refusal::kNoDoor),
    W::Refuse(kDoor, C::kPush, G::kHeavy, Refusal::kTooHeavy),
    W::Go(Of(State::kOpen), C::kPush, G::kAlways, State::kShut, W::Emit(EventKind::kMoved),
          Notice::kBang),
    W::Go(Of(State::kShut), C::kPush, G::kAlways, State::kOpen, W::Emit(EventKind::kMoved)),
    W::Refuse(Of(State::kBricked), C::kPush, G::kAlways, Refusal::kTooHeavy),
    W::Refuse(Of(State::kNone), C::kBrick, G::kAlways, Refusal::kNoDoor),
    W::Go(kDoor, C::kBrick, G::kAlways, State::kBricked, W::Emit(EventKind::kBrickedUp)),
    W::Same(Of(State::kBricked), C::kBrick, G::kAlways),
    W::Go(Of(State::kOpen), C::kProceed, G::kWindy, State::kShut, W::Emit(EventKind::kMoved)),
    W::Rest(In(State::kNone, State::kOpen, State::kShut, State::kBricked)),
});
static_assert(EveryCellDecided(kRules));
static_assert(EndsAreFinal(kRules, Of(State::kBricked)));

constexpr auto kSilent = [] {
  auto rules = kRules;
  rules[6].from = 0;  // pushing a wall
  return rules;
}();
static_assert(!EveryCellDecided(kSilent));
constexpr auto kUnreachable = [] {
  auto rules = kRules;
  rules[4].guard = G::kHeavy;  // an open cell without an answer for the light
  return rules;
}();
static_assert(!EveryCellDecided(kUnreachable));
static_assert(!EndsAreFinal(kRules, Of(State::kShut)));

struct Door {
  State state = State::kNone;
  int moves = 0;
};
struct Push {
  CommandKind kind = C::kPush;
  bool heavy = false;
};
struct Moved {
  EventKind kind;
  State to;
  bool operator==(const Moved&) const = default;
};
struct Weather {
  bool windy = false;
};

struct Situation {
  const Door& door;
  const Push& command;
  UnixMillis now;
  const Weather& policy;
};
CommandKind KindOf(const Push& command) { return command.kind; }
bool Holds(Guard guard, const Situation& s) {
  return guard == G::kAlways || (guard == G::kHeavy && s.command.heavy) ||
         (guard == G::kWindy && s.policy.windy);
}
Moved BuildEvent(EventKind kind, const Rule<Kinds>& rule, const Situation& s) {
  return {kind, rule.to.value_or(s.door.state)};
}
void CollectEffects(const Moved&, const Situation& after, std::vector<int>& out) {
  out.push_back(after.door.moves);
}
void CollectNotice(const Rule<Kinds>& rule, const Situation&, std::vector<int>& out) {
  if (rule.notice == Notice::kBang) out.push_back(-1);
}

struct Model {
  using Kinds = machine::Kinds;
  using Value = Door;
  using Command = Push;
  using Event = Moved;
  using Effect = int;
  using Policy = Weather;
  using Situation = machine::Situation;
  static std::span<const Rule<Kinds>> Rules() { return kRules; }
  static Door Apply(Door door, const Moved& event) {
    return {event.to, door.moves + (event.kind == EventKind::kMoved)};
  }
  static void CollectTimers(const Door& before, const Door& after, std::vector<int>& out) {
    if (before.moves != after.moves) out.push_back(1'000 + after.moves);
  }
  static Refusal FirstOutcome(const Door&, const Push&) { return Refusal::kNone; }
};
using Door1 = Deciding<Model>;

TEST(Deciding, TakesTheFirstRuleThatHolds) {
  const auto heavy = Door1::Decide(Door{State::kOpen}, {C::kPush, true}, {}, {});
  EXPECT_EQ(heavy.verdict, Verdict::kRefused);
  EXPECT_EQ(heavy.refusal, Refusal::kTooHeavy);
  EXPECT_TRUE(heavy.events.empty());
  const auto light = Door1::Decide(Door{State::kOpen}, {C::kPush}, {}, {});
  EXPECT_EQ(light.verdict, Verdict::kApplied);
  EXPECT_THAT(light.events, ::testing::ElementsAre(Moved{EventKind::kMoved, State::kShut}));
  EXPECT_THAT(light.effects, ::testing::ElementsAre(1, -1, 1'001));
}

TEST(Deciding, AnAbsentValueIsInStateNone) {
  EXPECT_EQ(Door1::Decide(std::nullopt, {C::kPush}, {}, {}).refusal, Refusal::kNoDoor);
}

TEST(Deciding, TakesItsOwnStepsAfterAnAppliedCommandOnly) {
  const auto built = Door1::Decide(std::nullopt, {C::kBuild}, {}, {true});
  EXPECT_THAT(built.events, ::testing::ElementsAre(Moved{EventKind::kBuilt, State::kOpen},
                                                   Moved{EventKind::kMoved, State::kShut}));
  EXPECT_TRUE(Door1::Decide(Door{State::kOpen}, {C::kBuild}, {}, {true}).events.empty());
}

TEST(Picture, ShowsEveryCellAndEveryArrow) {
  const Picture<Kinds> picture(kRules, Of(State::kBricked));
  EXPECT_THAT(picture.Diagram(), ::testing::HasSubstr("  [*] --> OPEN: Build\n"));
  EXPECT_THAT(picture.Diagram(), ::testing::HasSubstr("  OPEN --> SHUT: Proceed [windy]\n"));
  EXPECT_THAT(picture.Diagram(), ::testing::HasSubstr("  BRICKED --> [*]\n"));
  EXPECT_THAT(picture.Cells(),
              ::testing::HasSubstr("| OPEN | Push | heavy | refused `door.heavy` |  |  |\n"));
  EXPECT_THAT(picture.Cells(),
              ::testing::HasSubstr("| OPEN | Push |  | → SHUT | Moved | bang |\n"));
  EXPECT_THAT(picture.Refusals(kFacts), ::testing::HasSubstr("| `door.none` | no door |\n"));
}

TEST(TableText, TellsWhatItLeavesOutAndWhatStandsTwice) {
  std::istringstream text(
      "# remark\nNONE | Build | plain | ok\nOPEN | Push | plain, heavy | refused\n"
      "OPEN | Push | plain, heavy | ok\n");
  const auto lines = ReadTable(text);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_EQ(lines[0].number, 2U);
  EXPECT_THAT(Words(lines[1].situation), ::testing::ElementsAre("plain", "heavy"));
  EXPECT_THAT(LinesTwice(lines), ::testing::SizeIs(1));
  const auto missing = CellsWithoutLine<Kinds>(lines);
  EXPECT_EQ(missing.size(), 10U);  // four states, three commands that can be sent, two cells told
  EXPECT_THAT(missing, ::testing::Contains("BRICKED x Push"));
  const auto unreached = RulesNotReached<Kinds>(kRules, {{&kRules[0], State::kNone}});
  EXPECT_THAT(unreached, ::testing::Contains("OPEN x Push [heavy]"));
  EXPECT_THAT(unreached, ::testing::Not(::testing::Contains("NONE x Build [always]")));
  EXPECT_EQ(Named<State>("SHUT", 4), State::kShut);
  EXPECT_EQ(Named<State>("AJAR", 4), std::nullopt);
}

}  // namespace
}  // namespace guarantee::machine
