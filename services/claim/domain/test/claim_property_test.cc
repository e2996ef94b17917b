// Random command sequences: what must hold whatever the world does.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <vector>

#include "scene.h"

namespace guarantee::claim::testing {
namespace {

constexpr int kSequences = 1'500;
constexpr int kCommandsEach = 40;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int Below(int bound) { return static_cast<int>(engine_() % static_cast<unsigned>(bound)); }
  bool OneIn(int n) { return Below(n) == 0; }
  std::string AnyOf(const std::vector<std::string>& words) {
    return words[static_cast<std::size_t>(Below(static_cast<int>(words.size())))];
  }

 private:
  std::mt19937 engine_;
};

// What the outside sees of one guarantee's claims; `available` is the order service's.
struct World {
  std::optional<Claims> row;
  std::vector<Event> history;
  std::map<std::pair<std::string, TimerKind>, UnixMillis> timers;
  std::map<std::string, int> notices;  // 3.12
  std::map<std::string, int> told;     // 3.11 of ours
  std::set<std::string> held;          // what the order service holds or was asked to
  std::map<std::string, Money> paid;
  Money available = kAvailable;
  UnixMillis now = kNow;
};

DecisionHead AnyHead(Dice& dice) {
  return {"D-" + std::to_string(dice.Below(60)), dice.AnyOf({"a", "b", "c", ""}), "why",
          dice.OneIn(8) ? 3 : 0};
}

TimePassed AnyTimer(Dice& dice, const World& world, const std::string& number) {
  const auto kind = static_cast<TimerKind>(dice.Below(4));
  const auto timer = world.timers.find({number, kind});
  if (timer == world.timers.end() || dice.OneIn(4)) return {number, kind, world.now};
  return {number, kind, timer->second};
}

void Vary(Dice& dice, const World& world, GuaranteeHeld& held) {
  held.available = world.available;
  if (dice.OneIn(2)) held.tenderee.reset();
}
void Vary(Dice& dice, const World& world, PlatformResult& result) {
  result.paid = dice.OneIn(2);
  result.amount = dice.OneIn(2) ? world.available : Money{1'000};
}
void Vary(Dice& dice, const World&, SetDemand& demand) {
  demand.amount = Money{1'000'000LL * dice.Below(60)};
  if (dice.OneIn(6)) demand.document.clear();
}
void Vary(Dice& dice, const World&, Refuse& refuse) {
  if (dice.OneIn(3)) refuse.discrepancies.clear();
}
void Vary(Dice& dice, const World& world, ConfirmPayment& confirm) {
  confirm.reference = dice.AnyOf({"PAY-1", "PAY-2", "PAY-3", "PAY-4", ""});
  confirm.paid_at = world.now;
}
void Vary(Dice& dice, const World&, GuaranteeRestored& restored) {
  if (dice.OneIn(3)) restored.tenderee.code = "OTHER";
}
template <typename T>
void Vary(Dice&, const World&, T&) {}

Command AnyCommand(Dice& dice, const World& world) {
  const std::string number = dice.AnyOf({"CLAIM-1", "CLAIM-2", "CLAIM-3", "CLAIM-4", ""});
  auto kind = static_cast<CommandKind>(dice.Below(static_cast<int>(kCommandCount) - 1));
  // Endings would otherwise crowd out everything else.
  if (kind == CommandKind::kHoldRefused && !dice.OneIn(4)) kind = CommandKind::kGuaranteeHeld;
  if (kind == CommandKind::kRefuse && !dice.OneIn(4)) kind = CommandKind::kApprovePayment;
  if (kind == CommandKind::kTimePassed) return AnyTimer(dice, world, number);
  Command command = GoodCommand(kind);
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.business_no; }) one.business_no = number;
        if constexpr (requires { one.decision; }) one.decision = AnyHead(dice);
        Vary(dice, world, one);
      },
      command);
  return command;
}

void Record(World& world, const Effect& effect) {
  if (const auto* one = std::get_if<NotifyPaid>(&effect)) ++world.notices[one->business_no];
  if (const auto* one = std::get_if<NotifyRefused>(&effect)) ++world.notices[one->business_no];
  if (const auto* one = std::get_if<NotifyRegistered>(&effect)) ++world.told[one->business_no];
  if (const auto* one = std::get_if<AskHold>(&effect)) world.held.insert(one->business_no);
  if (const auto* one = std::get_if<CloseHold>(&effect)) world.held.erase(one->business_no);
  if (const auto* one = std::get_if<TellPaid>(&effect)) {
    EXPECT_TRUE(world.held.contains(one->business_no)) << "paid without a hold";
    EXPECT_TRUE(world.paid.emplace(one->business_no, one->amount).second) << "paid twice";
    world.available.fen -= one->amount.fen;
  }
  if (const auto* set = std::get_if<SetTimer>(&effect)) {
    world.timers[{set->business_no, set->kind}] = set->due;
  }
  if (const auto* clear = std::get_if<ClearTimer>(&effect)) {
    EXPECT_EQ(world.timers.erase({clear->business_no, clear->kind}), 1U)
        << "a timer cleared that was never set";
  }
}

void CheckTransition(const Claim& before, const Claim& after, UnixMillis now) {
  if (!IsOpen(before.state)) {
    EXPECT_EQ(after.state, before.state) << "an end is final";
    EXPECT_EQ(after.paid, before.paid);
    EXPECT_EQ(after.payment_reference, before.payment_reference);
    EXPECT_EQ(after.discrepancies, before.discrepancies);
    return;
  }
  if (after.state == State::kPaying && before.state != State::kPaying) {
    EXPECT_EQ(after.hold, Hold::kHeld);
    EXPECT_NE(after.match, Match::kOpen);
    ASSERT_EQ(after.approvals.size(), 2U);
    EXPECT_NE(after.approvals[0].decided_by, after.approvals[1].decided_by);
    EXPECT_EQ(after.approvals[0].amount, after.approvals[1].amount);
  }
  if (after.state == State::kRefused) {
    EXPECT_NE(before.state, State::kPaying) << "a payment is not taken back";
    EXPECT_FALSE(after.end_reason == RefusalCode::kDiscrepant && now >= after.examine_end);
    EXPECT_FALSE(after.discrepancies.empty());
  }
  if (after.state == State::kPaid && !after.own) {
    EXPECT_EQ(before.state, State::kPaying);
  }
}

void CheckClaim(const World& world, const Claim& claim) {
  const auto notices = world.notices.find(claim.business_no);
  const int count = notices == world.notices.end() ? 0 : notices->second;
  const auto told = world.told.find(claim.business_no);
  const bool answered = claim.state == State::kPaid || claim.state == State::kRefused;
  if (claim.own) {
    EXPECT_EQ(count, 0) << "a registered claim gets no 3.12 of ours";
    EXPECT_LE(told == world.told.end() ? 0 : told->second, 1);
  } else {
    EXPECT_EQ(count, answered ? 1 : 0) << "one 3.12 for each end but a withdrawal";
    EXPECT_EQ(told, world.told.end());
  }
  const bool owed = claim.hold == Hold::kAsked || claim.hold == Hold::kHeld;
  if (IsOpen(claim.state)) {
    EXPECT_TRUE(owed && world.held.contains(claim.business_no));
  }
  if (!IsOpen(claim.state) && claim.hold != Hold::kRefused) {
    EXPECT_FALSE(world.held.contains(claim.business_no)) << "a hold was not given back";
  }
}

void CheckRow(const World& world) {
  const Claims row = world.row.value_or(Claims{});
  int open = 0;
  std::int64_t paid = 0;
  for (const Claim& claim : row.claims) {
    open += IsOpen(claim.state) ? 1 : 0;
    paid += claim.paid.value_or(Money{}).fen;
    CheckClaim(world, claim);
  }
  EXPECT_LE(open, 1);
  EXPECT_EQ(paid + world.available.fen, kAvailable.fen) << "money adds up";
  EXPECT_GE(world.available.fen, 0);
  const auto timers = TimersOf(row);
  EXPECT_EQ(timers.size(), world.timers.size());
  for (const Timer& timer : timers) {
    EXPECT_EQ(world.timers.at({timer.business_no, timer.kind}), timer.due);
  }
  EXPECT_EQ(row.revision, static_cast<std::int64_t>(world.history.size()));
}

// A notice that refuses a number of ours, or a claim too many, answers a request and no claim.
bool AnswersARequestAlone(const Decision& decision, const Command& command) {
  return decision.verdict == Verdict::kRefused && std::holds_alternative<Present>(command);
}

void Step(World& world, const Command& command) {
  const auto before = world.row;
  const Decision decision = Decide(before, command, world.now, GoodPolicy());
  EXPECT_EQ(decision, Decide(before, command, world.now, GoodPolicy())) << "not a function";
  world.row = After(before, decision);
  world.history.insert(world.history.end(), decision.events.begin(), decision.events.end());
  for (const Effect& effect : decision.effects) {
    if (std::holds_alternative<NotifyRefused>(effect) && AnswersARequestAlone(decision, command)) {
      continue;
    }
    Record(world, effect);
  }
  if (decision.verdict == Verdict::kSameAgain) {
    EXPECT_TRUE(decision.events.empty());
  }
  for (const Claim& claim : before.value_or(Claims{}).claims) {
    CheckTransition(claim, *FindClaim(*world.row, claim.business_no), world.now);
  }
  CheckRow(world);
}

void Repeat(World& world, const Command& command) {
  const DecisionHead* head = HeadOf(command);
  const bool same =
      std::holds_alternative<Present>(command) || (head != nullptr && !head->decision_id.empty());
  if (!same) return;
  const Decision again = Decide(world.row, command, world.now, GoodPolicy());
  EXPECT_TRUE(again.events.empty()) << "a repeat had a second effect";
  if (again.verdict == Verdict::kRefused) return;  // answered anew, changes nothing
  EXPECT_TRUE(again.effects.empty());
}

TEST(ClaimProperty, RandomSequences_KeepTheInvariants) {
  std::map<State, int> ends;
  for (int sequence = 0; sequence < kSequences && !::testing::Test::HasFailure(); ++sequence) {
    SCOPED_TRACE("seed " + std::to_string(sequence));
    Dice dice(static_cast<unsigned>(sequence));
    World world;
    for (int at = 0; at < kCommandsEach && !::testing::Test::HasFailure(); ++at) {
      world.now = world.now + dice.Below(static_cast<int>(kDayMs / 2));
      const Command command = AnyCommand(dice, world);
      SCOPED_TRACE(NameOf(KindOf(command)));
      Step(world, command);
      Repeat(world, command);
    }
    std::optional<Claims> replayed;
    for (const Event& event : world.history) replayed = Apply(replayed.value_or(Claims{}), event);
    EXPECT_EQ(replayed, world.row) << "the events are the value";
    for (const Claim& claim : world.row.value_or(Claims{}).claims) ++ends[claim.state];
  }
  for (const State state : {State::kPaid, State::kRefused, State::kWithdrawn, State::kPaying}) {
    EXPECT_GT(ends[state], 20) << NameOf(state) << " was hardly ever reached";
  }
}

}  // namespace
}  // namespace guarantee::claim::testing
