// Random command sequences: what must hold whatever the world does.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <vector>

#include "scene.h"

namespace guarantee::order::testing {
namespace {

constexpr int kSequences = 12'000;
constexpr int kCommandsEach = 24;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int Below(int bound) { return static_cast<int>(engine_() % static_cast<unsigned>(bound)); }
  bool OneIn(int n) { return Below(n) == 0; }
  UnixMillis Around(UnixMillis at) { return at + (Below(5) - 2); }

 private:
  std::mt19937 engine_;
};

// What the outside sees of one order.
struct World {
  std::optional<Order> order;
  std::vector<Event> history;
  std::map<TimerKind, UnixMillis> timers;
  int issued_notices = 0;
  int failed_notices = 0;  // of the order's own request
  std::multiset<std::string> refunds;
  int credit_balance = 0;  // reserved by the credit service and not yet released
  bool cancel_owed = false;
  UnixMillis now = kReceived;
};

DecisionHead AnyHead(Dice& dice) {
  return {"D-" + std::to_string(dice.Below(40)), "someone", "why", dice.OneIn(8) ? 2 : 0};
}

Payment AnyPayment(Dice& dice, UnixMillis now) {
  Payment payment = GoodPayment();
  payment.reference = "PAY-" + std::to_string(dice.Below(12));
  payment.arrived_at = dice.OneIn(3) ? dice.Around(kDeadline) : now;
  if (dice.OneIn(5)) payment.amount = Money{1};
  if (dice.OneIn(5)) payment.payer_account = "other";
  if (dice.OneIn(5)) payment.payer_name = "other";
  return payment;
}

Letter AnyLetter(Dice& dice, UnixMillis now) {
  Letter letter = GoodLetter();
  letter.generated_at = now;
  letter.valid_begin = dice.OneIn(6) ? now + 1 : now;
  letter.sha256 = std::string(64, static_cast<char>('a' + dice.Below(3)));
  if (dice.OneIn(6)) letter.valid_end = kOpening;
  return letter;
}

Approve AnyApprove(Dice& dice, UnixMillis now) {
  Approve approve = GoodApprove();
  approve.decision = AnyHead(dice);
  approve.materials_complete = dice.OneIn(2);
  if (dice.OneIn(8)) approve.guarantee_no.clear();
  if (dice.OneIn(3)) approve.payer = AnyPayment(dice, now);
  if (approve.payer) approve.payer->waived = dice.OneIn(3);
  if (dice.OneIn(3)) approve.letter = AnyLetter(dice, now);
  return approve;
}

Command AnyTimer(Dice& dice, const World& world) {
  const auto kind = static_cast<TimerKind>(dice.Below(3));
  const auto timer = world.timers.find(kind);
  if (timer == world.timers.end() || dice.OneIn(4)) return TimePassed{kind, world.now};
  return TimePassed{kind, timer->second};
}

Command AnyCommand(Dice& dice, const World& world) {
  const UnixMillis now = world.now;
  const auto kind = static_cast<CommandKind>(dice.Below(static_cast<int>(kCommandCount) - 1));
  Command command = GoodCommand(kind);
  if (auto* apply = std::get_if<Apply31>(&command)) {
    apply->business_no = dice.OneIn(3) ? "BUSINESS-2" : "BUSINESS-1";
    apply->received_at = dice.OneIn(20) ? kDeadline + 1 : kReceived;
  }
  if (auto* reject = std::get_if<Reject>(&command)) {
    if (!dice.OneIn(3)) return SpendRedirect{{}};
    reject->decision = AnyHead(dice);
  }
  if (std::holds_alternative<Approve>(command)) return AnyApprove(dice, now);
  if (auto* accept = std::get_if<AcceptCancel>(&command)) accept->decision = AnyHead(dice);
  if (auto* decline = std::get_if<DeclineCancel>(&command)) decline->decision = AnyHead(dice);
  if (auto* premium = std::get_if<PremiumReceived>(&command)) {
    premium->payment = AnyPayment(dice, now);
  }
  if (auto* ready = std::get_if<LetterReady>(&command)) ready->letter = AnyLetter(dice, now);
  if (auto* failed = std::get_if<LetterFailed>(&command)) failed->attempt = 1 + dice.Below(3);
  if (auto* open = std::get_if<OpenTimeChanged>(&command)) {
    open->open_time = dice.Around(kOpening);
    open->received_at = now;
  }
  if (auto* deadline = std::get_if<DeadlineChanged>(&command)) {
    deadline->purchase_deadline = dice.OneIn(6) ? dice.Around(now) : dice.Around(kDeadline);
    deadline->received_at = now;
  }
  if (std::holds_alternative<Cancel>(command) && dice.OneIn(2)) return SpendRedirect{{}};
  if (std::holds_alternative<TimePassed>(command)) return AnyTimer(dice, world);
  return command;
}

Policy AnyPolicy(Dice& dice) {
  Policy policy = CreditBacked();
  policy.credit_backed = dice.OneIn(2);
  policy.needs_page = dice.OneIn(2);
  policy.premium_step = !dice.OneIn(4);
  policy.cancel_by_decision = dice.OneIn(2);
  policy.letter_retry_ms = 1 + dice.Below(100'000);
  policy.credit_answer_ms = 1 + dice.Below(100'000);
  return policy;
}

bool IsFinal(const Order& order) { return IsEnded(order.state) || order.state == State::kIssued; }

void Record(World& world, const Effect& effect) {
  if (std::holds_alternative<NotifyIssued>(effect)) ++world.issued_notices;
  if (const auto* failed = std::get_if<NotifyFailed>(&effect)) {
    if (world.order && failed->business_no == world.order->business_no) ++world.failed_notices;
  }
  if (std::holds_alternative<NotifyCancel>(effect)) world.cancel_owed = false;
  if (const auto* set = std::get_if<SetTimer>(&effect)) world.timers[set->kind] = set->due;
  if (const auto* clear = std::get_if<ClearTimer>(&effect)) {
    EXPECT_EQ(world.timers.erase(clear->kind), 1U) << "a timer cleared that was never set";
  }
  if (const auto* refund = std::get_if<RefundPremium>(&effect)) {
    world.refunds.insert(refund->payment.reference);
  }
  if (std::holds_alternative<ReleaseCredit>(effect)) --world.credit_balance;
}

struct Earlier {
  std::optional<Order> order;
  int issued_notices;
  int failed_notices;
};

void CheckStep(const Earlier& before, const World& after, const Decision& decision) {
  if (before.order && IsFinal(*before.order)) {
    EXPECT_EQ(after.order->state, before.order->state) << "an end came back";
    EXPECT_EQ(after.issued_notices, before.issued_notices);
    EXPECT_EQ(after.failed_notices, before.failed_notices);
  }
  if (decision.verdict == Verdict::kSameAgain) {
    EXPECT_TRUE(decision.events.empty());
  }
  EXPECT_LE(after.issued_notices + after.failed_notices, 1) << "two results of one request";
  EXPECT_GE(after.credit_balance, 0) << "credit released twice";
  if (!after.order) return;
  std::map<TimerKind, UnixMillis> expected;
  for (const Timer& timer : TimersOf(*after.order)) expected[timer.kind] = timer.due;
  EXPECT_EQ(after.timers, expected) << "timers and order differ";
  EXPECT_LE(after.order->decisions.size(), kRememberedDecisionsMax);
  EXPECT_LE(after.order->payment_references.size(), kRememberedPaymentsMax);
}

void Step(World& world, const Command& command, const Policy& policy) {
  const Earlier before{world.order, world.issued_notices, world.failed_notices};
  const Decision decision = Decide(world.order, command, world.now, policy);
  if (world.history.size() % 4 == 0) {
    EXPECT_EQ(decision, Decide(world.order, command, world.now, policy)) << "not a function";
  }
  if (std::holds_alternative<CreditReserved>(command) && world.order &&
      decision.verdict == Verdict::kApplied) {
    ++world.credit_balance;
  }
  if (std::holds_alternative<Cancel>(command) && decision.verdict != Verdict::kSameAgain) {
    world.cancel_owed = true;
  }
  world.order = After(world.order, decision);
  if (world.order) {
    world.history.insert(world.history.end(), decision.events.begin(), decision.events.end());
  }
  for (const Effect& effect : decision.effects) Record(world, effect);
  CheckStep(before, world, decision);
}

// Whatever is still live ends at its deadline.
void Finish(World& world, const Policy& policy) {
  if (!world.order || IsFinal(*world.order)) return;
  world.now = world.order->purchase_deadline + 1;
  Step(world, TimePassed{TimerKind::kPurchaseDeadline, world.now}, policy);
}

void CheckEnd(const World& world) {
  if (!world.order) return;
  const Order& order = *world.order;
  EXPECT_TRUE(IsFinal(order));
  EXPECT_TRUE(world.timers.empty()) << "an ended order still has timers";
  EXPECT_FALSE(world.cancel_owed) << "a 3.3 was never answered";
  EXPECT_EQ(world.issued_notices, order.state == State::kIssued ? 1 : 0);
  EXPECT_EQ(world.failed_notices,
            order.state == State::kRejected || order.state == State::kLapsed ? 1 : 0);
  EXPECT_EQ(world.credit_balance,
            order.state == State::kIssued && order.credit == CreditState::kReserved ? 1 : 0);
  if (IsEnded(order.state)) {
    EXPECT_NE(order.credit, CreditState::kReserved) << "released, yet held";
    const bool owes = order.premium && !order.premium->waived;
    EXPECT_EQ(order.premium_refunded, owes);
  }
  const bool keeps = order.premium && (order.state == State::kIssued || order.premium->waived);
  if (order.premium && !order.premium->reference.empty()) {
    EXPECT_EQ(world.refunds.count(order.premium->reference), keeps ? 0U : 1U);
  }
  for (const std::string& reference : world.refunds) {
    EXPECT_EQ(world.refunds.count(reference), 1U) << reference << " went back twice";
  }
  if (order.state == State::kIssued) {
    EXPECT_LE(order.letter->generated_at, *order.issued_at);
    EXPECT_FALSE(order.letter->guarantee_no.empty());
    EXPECT_FALSE(order.premium->payer_account.empty());
  }
}

Order Replayed(const std::vector<Event>& history) {
  Order order;
  for (const Event& event : history) order = Apply(std::move(order), event);
  return order;
}

TEST(OrderProperty, RandomCommands_KeepEveryPromise) {
  std::map<State, int> ends;
  for (unsigned seed = 1; seed <= kSequences; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    const Policy policy = AnyPolicy(dice);
    World world;
    if (!dice.OneIn(4)) Step(world, GoodApply(), policy);
    for (int i = 0; i < kCommandsEach; ++i) {
      world.now = world.now + dice.Below(dice.OneIn(10) ? 400'000 : 20'000);
      Step(world, AnyCommand(dice, world), policy);
    }
    Finish(world, policy);
    CheckEnd(world);
    if (!world.order) continue;
    EXPECT_EQ(Replayed(world.history), *world.order) << "replay differs";
    ++ends[world.order->state];
    if (::testing::Test::HasFailure()) break;
  }
  // The dice must reach every end, or the test above proves little.
  for (const State state : {State::kIssued, State::kRejected, State::kCancelled, State::kLapsed}) {
    EXPECT_GT(ends[state], kSequences / 100) << NameOf(state);
  }
}

}  // namespace
}  // namespace guarantee::order::testing
