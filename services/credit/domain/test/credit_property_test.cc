// Random command sequences: what must hold whatever the world does.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <vector>

#include "scene.h"

namespace guarantee::credit::testing {
namespace {

constexpr int kSequences = 600;
constexpr int kCommandsEach = 50;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int Below(int bound) { return static_cast<int>(engine_() % static_cast<unsigned>(bound)); }
  bool OneIn(int n) { return Below(n) == 0; }

 private:
  std::mt19937 engine_;
};

// What the outside sees. `held`: by the order service's books.
struct World {
  std::optional<Credit> row;
  std::vector<Event> history;
  std::map<std::string, UnixMillis> timers;
  std::map<std::string, int> notices;
  std::map<std::string, Money> held;
  std::set<std::string> released;
  UnixMillis now = kNow;
};

DecisionHead AnyHead(Dice& dice) {
  return {"D-" + std::to_string(dice.Below(80)), dice.OneIn(9) ? "" : "officer", "",
          dice.OneIn(8) ? 3 : 0};
}

Command AnyCommand(Dice& dice, const World& world) {
  const std::string number = "CREDIT-" + std::to_string(dice.Below(6));
  const std::string order = std::to_string(dice.Below(20));
  switch (dice.Below(9)) {
    case 0:
      return ApplyForCredit{"demo", number, world.now, kApplicant, ""};
    case 1:
      if (dice.OneIn(3)) return Withdraw{number, "", world.now + -dice.Below(5) * kDayMs};
      return Decline{AnyHead(dice), number};
    case 2:
    case 3:
      return Grant{AnyHead(dice), dice.OneIn(2) ? number : "", Money{10'000LL * dice.Below(12)},
                   world.now, world.now + (dice.Below(90) + 20) * kDayMs};
    case 4:
    case 5:
    case 6:
      return Reserve{order, order, Money{1'000LL * (dice.Below(40) - 1)}, world.now};
    case 7:
      return Release{order};
    default:
      break;
  }
  if (world.timers.empty() || dice.OneIn(3)) return TimePassed{number, world.now};
  const auto& [timer, due] = *world.timers.begin();
  return TimePassed{timer, due};
}

void Record(World& world, const Effect& effect) {
  if (const auto* notify = std::get_if<Notify>(&effect)) ++world.notices[notify->business_no];
  if (const auto* told = std::get_if<TellReserved>(&effect)) {
    EXPECT_FALSE(world.released.contains(told->order_flow)) << "reserved after its release";
    const auto [known, fresh] = world.held.emplace(told->order_flow, told->amount);
    EXPECT_TRUE(fresh || known->second == told->amount) << "another answer to a repeat";
  }
  if (const auto* told = std::get_if<TellRefused>(&effect)) {
    EXPECT_FALSE(world.held.contains(told->order_flow)) << "refused what is reserved";
  }
  if (const auto* set = std::get_if<SetTimer>(&effect)) world.timers[set->business_no] = set->due;
  if (const auto* clear = std::get_if<ClearTimer>(&effect)) {
    EXPECT_EQ(world.timers.erase(clear->business_no), 1U);
  }
}

void Record(World& world, const Event& event) {
  const auto* released = std::get_if<CreditReleased>(&event);
  if (released == nullptr) return;
  const std::string& order = released->sensitive.order_flow;
  EXPECT_TRUE(world.released.insert(order).second) << "released twice";
  const auto held = world.held.find(order);
  EXPECT_EQ(released->amount, held != world.held.end() ? held->second : Money{});
  world.held.erase(order);
}

void CheckMoney(const World& world) {
  const Credit row = world.row.value_or(Credit{});
  std::int64_t held = 0;
  for (const auto& [order, amount] : world.held) held += amount.fen;
  EXPECT_EQ(ReservedOf(row).fen, held) << "our books are not the order service's";
  if (!row.line) return;
  EXPECT_EQ(ReservedOf(row).fen + HeadroomOf(row).fen, row.line->limit.fen);
  EXPECT_GE(HeadroomOf(row).fen, 0);
}

void CheckRow(const World& world) {
  const Credit row = world.row.value_or(Credit{});
  int open = 0;
  int granted = 0;
  for (const Application& application : row.applications) {
    open += application.state == State::kApplied ? 1 : 0;
    granted += application.state == State::kGranted ? 1 : 0;
    const bool told = application.granted_at || application.state == State::kDeclined;
    const auto notices = world.notices.find(application.business_no);
    EXPECT_EQ(notices == world.notices.end() ? 0 : notices->second, told ? 1 : 0)
        << "one 3.6 for each decision";
  }
  EXPECT_LE(open, 1);
  EXPECT_EQ(granted, row.line ? 1 : 0);
  EXPECT_EQ(world.timers.size(), row.line ? 1U : 0U);
  if (row.line) {
    EXPECT_EQ(world.timers.at(row.line->business_no), row.line->valid_end + 1);
  }
}

void CheckEnds(const Credit& before, const Credit& after) {
  for (const Application& application : before.applications) {
    if (application.state == State::kApplied || application.state == State::kGranted) continue;
    EXPECT_EQ(FindApplication(after, application.business_no)->state, application.state);
  }
}

// A repeat changes nothing, whatever the command is.
void Repeat(const World& world, const Command& command) {
  const Decision again = Decide(world.row, command, world.now);
  for (const Event& event : again.events) {
    const auto* refused = std::get_if<DecisionRefused>(&event);
    ASSERT_NE(refused, nullptr) << "a repeat had a second effect";
    EXPECT_TRUE(refused->by.decision_id.empty() || refused->by.decided_by.empty());
  }
  for (const Effect& effect : again.effects) {
    EXPECT_FALSE(std::holds_alternative<SetTimer>(effect));
  }
}

void Step(World& world, const Command& command) {
  const Credit before = world.row.value_or(Credit{});
  const Decision decision = Decide(world.row, command, world.now);
  EXPECT_EQ(decision, Decide(world.row, command, world.now)) << "not a function";
  world.row = After(world.row, decision);
  for (const Event& event : decision.events) Record(world, event);
  world.history.insert(world.history.end(), decision.events.begin(), decision.events.end());
  for (const Effect& effect : decision.effects) Record(world, effect);
  CheckEnds(before, world.row.value_or(Credit{}));
  CheckMoney(world);
  CheckRow(world);
}

TEST(CreditProperty, RandomSequences_KeepTheInvariants) {
  std::map<State, int> reached;
  std::map<std::string, int> money;
  for (int sequence = 0; sequence < kSequences && !::testing::Test::HasFailure(); ++sequence) {
    SCOPED_TRACE("seed " + std::to_string(sequence));
    Dice dice(static_cast<unsigned>(sequence));
    World world;
    for (int at = 0; at < kCommandsEach && !::testing::Test::HasFailure(); ++at) {
      world.now = world.now + dice.Below(static_cast<int>(4 * kDayMs / 1000)) * 1000LL;
      const Command command = AnyCommand(dice, world);
      SCOPED_TRACE(NameOf(KindOf(command)));
      Step(world, command);
      Repeat(world, command);
    }
    std::optional<Credit> replayed;
    for (const Event& event : world.history) replayed = Apply(replayed.value_or(Credit{}), event);
    EXPECT_EQ(replayed, world.row) << "the events are the value";
    for (const auto& one : world.row.value_or(Credit{}).applications) ++reached[one.state];
    money["held"] += static_cast<int>(world.held.size());
    money["released"] += static_cast<int>(world.released.size());
  }
  for (const State state : {State::kGranted, State::kDeclined, State::kWithdrawn, State::kLapsed}) {
    EXPECT_GT(reached[state], 50) << NameOf(state) << " was hardly ever reached";
  }
  EXPECT_GT(money["held"], 500);
  EXPECT_GT(money["released"], 500);
}

}  // namespace
}  // namespace guarantee::credit::testing
