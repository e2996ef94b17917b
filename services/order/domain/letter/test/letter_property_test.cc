// Random command sequences: what must hold whatever the world does.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <vector>

#include "scene.h"

namespace guarantee::order::letter::testing {
namespace {

constexpr int kSequences = 3'000;
constexpr int kCommandsEach = 30;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int Below(int bound) { return static_cast<int>(engine_() % static_cast<unsigned>(bound)); }
  bool OneIn(int n) { return Below(n) == 0; }
  std::string Number(const char* family, int bound) {
    return family + std::to_string(Below(bound));
  }

 private:
  std::mt19937 engine_;
};

// What became of the platform's requests of one kind.
struct Ledger {
  std::set<std::string> asked;
  std::map<std::string, int> answers;
  std::set<std::string> withdrawn;
  std::set<std::string> succeeded;
};

struct World {
  std::optional<Guarantee> guarantee;
  std::vector<Event> history;
  std::map<TimerKind, UnixMillis> timers;
  Ledger refunds;
  Ledger cancellations;
  std::set<std::string> restores;
  std::set<std::string> plain_letters;
  std::int64_t paid_fen = 0;
  std::set<std::string> payments;
  int premium_refunds = 0;
  bool reserved = true;
  int credit_releases = 0;
  int cancelled_events = 0;
  UnixMillis now = kIssuedAt;
};

DecisionHead AnyHead(Dice& dice) {
  return {dice.Number("D-", 60), "someone", dice.OneIn(2) ? "why" : "", dice.OneIn(8) ? 2 : 0};
}

template <typename T>
T* As(Command& command) {
  return std::get_if<T>(&command);
}

void Renumber(Dice& dice, Command& command) {
  switch (KindOf(command)) {
    case CommandKind::kRequestRefund:
      As<RequestRefund>(command)->business_no = dice.Number("REFUND-", 6);
      return;
    case CommandKind::kWithdrawRefund:
      As<WithdrawRefund>(command)->business_no = dice.Number("REFUND-", 6);
      return;
    case CommandKind::kRequestCancellation:
      As<RequestCancellation>(command)->business_no = dice.Number("CANCEL-", 6);
      return;
    case CommandKind::kWithdrawCancellation:
      As<WithdrawCancellation>(command)->business_no = dice.Number("CANCEL-", 6);
      return;
    case CommandKind::kProposeCancellation:
      As<ProposeCancellation>(command)->business_no = dice.Number("PROPOSAL-", 4);
      return;
    case CommandKind::kRequestRestore:
      As<RequestRestore>(command)->business_no = dice.Number("RESTORE-", 4);
      return;
    default:
      return;
  }
}

void Revalue(Dice& dice, Command& command, const World& world) {
  const UnixMillis now = world.now;
  std::visit(
      [&](auto& one) {
        if constexpr (requires { one.decision; }) one.decision = AnyHead(dice);
        if constexpr (requires { one.received_at; }) one.received_at = now;
      },
      command);
  if (auto* open = As<OpenTimeChanged>(command)) open->open_time = now + (dice.Below(9) - 4) * 100;
  if (auto* restore = As<RequestRestore>(command)) {
    if (dice.OneIn(4)) restore->key_fingerprint = "key-2";
    if (dice.OneIn(4)) restore->names.reset();
  }
  if (auto* issue = As<Issue>(command)) issue->credit.reserved = world.reserved;
  if (auto* ready = As<PlainLetterReady>(command)) ready->letter = File(dice.OneIn(2) ? 'a' : 'b');
  if (auto* claim = As<ClaimReceived>(command)) claim->business_no = dice.Number("CLAIM-", 4);
  if (auto* closed = As<ClaimClosed>(command)) closed->business_no = dice.Number("CLAIM-", 4);
  if (auto* paid = As<ClaimPaid>(command)) {
    paid->business_no = dice.Number("CLAIM-", 4);
    paid->reference = dice.Number("PAYMENT-", 8);
    paid->amount = Money{kAmount.fen / (1 + dice.Below(3))};
  }
  if (auto* notice = As<CancelNoticeReceived>(command)) {
    notice->business_no = dice.Number("PROPOSAL-", 4);
    notice->cancelled = dice.OneIn(2);
  }
  if (auto* accepted = As<ProposalAccepted>(command)) {
    accepted->business_no = dice.Number("PROPOSAL-", 4);
  }
  if (auto* refused = As<ProposalRefused>(command)) {
    refused->business_no = dice.Number("PROPOSAL-", 4);
  }
}

Command AnyTimer(Dice& dice, const World& world) {
  const auto kind = static_cast<TimerKind>(dice.Below(3));
  const auto timer = world.timers.find(kind);
  if (timer == world.timers.end() || dice.OneIn(4)) return TimePassed{kind, world.now};
  return TimePassed{kind, timer->second};
}

Command AnyCommand(Dice& dice, const World& world) {
  const auto kind = static_cast<CommandKind>(dice.Below(static_cast<int>(kCommandCount) - 1));
  if (kind == CommandKind::kTimePassed) return AnyTimer(dice, world);
  Command command = GoodCommand(kind);
  Renumber(dice, command);
  Revalue(dice, command, world);
  return command;
}

struct Recorder {
  World& world;

  void operator()(const NotifyPlainLetter& effect) const {
    EXPECT_TRUE(world.plain_letters.insert(effect.business_no).second) << "a first 3.8 twice";
  }
  void operator()(const ResendPlainLetter& effect) const {
    EXPECT_TRUE(world.plain_letters.contains(effect.business_no)) << "resent, never sent";
  }
  void operator()(const NotifyRefund& effect) const {
    ++world.refunds.answers[effect.business_no];
    if (effect.refunded) world.refunds.succeeded.insert(effect.business_no);
    EXPECT_EQ(effect.not_after.has_value(), effect.refunded);
  }
  void operator()(const NotifyCancel& effect) const {
    ++world.cancellations.answers[effect.business_no];
    if (effect.cancelled) world.cancellations.succeeded.insert(effect.business_no);
  }
  void operator()(const RefundPremium&) const { ++world.premium_refunds; }
  void operator()(const ReleaseCredit&) const { ++world.credit_releases; }
  void operator()(const SetTimer& effect) const { world.timers[effect.kind] = effect.due; }
  void operator()(const ClearTimer& effect) const {
    EXPECT_EQ(world.timers.erase(effect.kind), 1U) << "a timer cleared that was never set";
  }
  template <typename Other>
  void operator()(const Other&) const {}
};

void Ask(World& world, const Command& command, const Decision& decision) {
  if (decision.verdict == Verdict::kSameAgain) return;
  if (KindOf(command) == CommandKind::kRequestRefund) {
    world.refunds.asked.insert(BusinessNoOf(command));
  }
  if (KindOf(command) == CommandKind::kRequestCancellation) {
    world.cancellations.asked.insert(BusinessNoOf(command));
  }
  if (decision.verdict != Verdict::kApplied) return;
  if (KindOf(command) == CommandKind::kWithdrawRefund) {
    world.refunds.withdrawn.insert(BusinessNoOf(command));
  }
  if (KindOf(command) == CommandKind::kWithdrawCancellation) {
    world.cancellations.withdrawn.insert(BusinessNoOf(command));
  }
  if (KindOf(command) == CommandKind::kRequestRestore) {
    world.restores.insert(BusinessNoOf(command));
  }
}

void Note(World& world, const std::optional<Guarantee>& before, const Event& event) {
  if (const auto* paid = std::get_if<ClaimPaymentRecorded>(&event)) {
    EXPECT_TRUE(world.payments.insert(paid->reference).second) << "one payment twice";
    EXPECT_TRUE(before && before->hold && before->hold->business_no == paid->business_no)
        << "paid without hold";
    world.paid_fen += paid->amount.fen;
  }
  if (std::holds_alternative<GuaranteeCancelled>(event)) {
    ++world.cancelled_events;
    EXPECT_FALSE(before && before->hold) << "cancelled under a claim";
  }
  if (std::holds_alternative<GuaranteeRefunded>(event) ||
      std::holds_alternative<GuaranteeExpired>(event)) {
    EXPECT_FALSE(before && before->hold) << "ended under a claim";
  }
}

void CheckStep(const std::optional<Guarantee>& before, const World& after,
               const Decision& decision) {
  if (before && IsEnded(before->state)) {
    EXPECT_EQ(after.guarantee->state, before->state) << "an end came back";
  }
  if (decision.verdict == Verdict::kSameAgain) {
    EXPECT_TRUE(decision.events.empty());
  }
  if (!after.guarantee) return;
  const Guarantee& guarantee = *after.guarantee;
  EXPECT_EQ(guarantee.available.fen, guarantee.amount.fen - after.paid_fen);
  EXPECT_GE(guarantee.available.fen, 0);
  EXPECT_LE(RefundPending(guarantee) + CancellationPending(guarantee) + ProposalOpen(guarantee) +
                guarantee.hold.has_value(),
            1)
      << "two open processes";
  EXPECT_FALSE(after.cancelled_events > 0 && after.paid_fen > 0 && guarantee.state == State::kPaid);
  std::map<TimerKind, UnixMillis> expected;
  for (const Timer& timer : TimersOf(guarantee)) expected[timer.kind] = timer.due;
  EXPECT_EQ(after.timers, expected) << "timers and guarantee differ";
  EXPECT_LE(guarantee.decisions.size(), kRememberedDecisionsMax);
  EXPECT_LE(guarantee.operations.size(), kRememberedOperationsMax);
  EXPECT_LE(guarantee.restore_requests.size(), kRememberedRestoresMax);
}

void Step(World& world, const Command& command, const Policy& policy) {
  const auto before = world.guarantee;
  const Decision decision = Decide(before, command, world.now, policy);
  if (world.history.size() % 4 == 0) {
    EXPECT_EQ(decision, Decide(before, command, world.now, policy)) << "not a function";
  }
  Ask(world, command, decision);
  std::optional<Guarantee> working = before;
  for (const Event& event : decision.events) {
    Note(world, working, event);
    working = Apply(working.value_or(Guarantee{}), event);
  }
  world.guarantee = After(before, decision);
  if (world.guarantee) {
    world.history.insert(world.history.end(), decision.events.begin(), decision.events.end());
  }
  for (const Effect& effect : decision.effects) std::visit(Recorder{world}, effect);
  CheckStep(before, world, decision);
}

// The claim is closed and the validity ends; whatever is still live ends with it.
void Finish(World& world, const Policy& policy) {
  if (!world.guarantee) return;
  if (world.guarantee->hold) {
    Step(world, ClaimClosed{world.guarantee->hold->business_no}, policy);
  }
  if (!IsLive(world.guarantee->state)) return;
  world.now = kValidEnd + 1;
  Step(world, TimePassed{TimerKind::kExpiry, kValidEnd + 1}, policy);
}

// Answered once, or withdrawn and never answered. A success is told again to whoever asks again.
void CheckLedger(const Ledger& ledger, const char* name) {
  for (const std::string& number : ledger.asked) {
    const auto answers = ledger.answers.find(number);
    const int count = answers == ledger.answers.end() ? 0 : answers->second;
    if (ledger.withdrawn.contains(number)) {
      EXPECT_EQ(count, 0) << name << number << " was withdrawn and answered";
    } else if (!ledger.succeeded.contains(number)) {
      EXPECT_GE(count, 1) << name << number << " was never answered";
    }
  }
}

void CheckEnd(const World& world) {
  if (!world.guarantee) return;
  const Guarantee& guarantee = *world.guarantee;
  EXPECT_TRUE(IsEnded(guarantee.state));
  EXPECT_TRUE(world.timers.empty()) << "an ended letter still has timers";
  EXPECT_EQ(world.credit_releases, world.reserved ? 1 : 0) << "given back once";
  EXPECT_FALSE(guarantee.credit.reserved) << "given back, yet held";
  EXPECT_EQ(world.premium_refunds, guarantee.state == State::kRefunded ? 1 : 0);
  EXPECT_EQ(world.cancelled_events, guarantee.state == State::kCancelled ? 1 : 0);
  EXPECT_FALSE(guarantee.state == State::kCancelled && guarantee.hold);
  CheckLedger(world.refunds, "3.15 ");
  CheckLedger(world.cancellations, "3.9 ");
  if (guarantee.plain_letter) {
    EXPECT_EQ(world.plain_letters, world.restores) << "each 3.7 has its 3.8";
  } else {
    EXPECT_TRUE(world.plain_letters.empty());
  }
}

Guarantee Replayed(const std::vector<Event>& history) {
  Guarantee guarantee;
  for (const Event& event : history) guarantee = Apply(std::move(guarantee), event);
  return guarantee;
}

TEST(LetterProperty, RandomCommands_KeepEveryPromise) {
  std::map<State, int> ends;
  int restored = 0;
  for (unsigned seed = 1; seed <= kSequences; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    Policy policy;
    policy.proposal_answer_ms = 1'000;
    World world;
    Issue issue = GoodIssue();
    world.reserved = !dice.OneIn(4);
    if (!world.reserved) issue.credit = {};
    if (!dice.OneIn(10)) Step(world, issue, policy);
    world.now = dice.OneIn(3) ? kBefore : kOpening + -2'000;
    for (int at = 0; at < kCommandsEach; ++at) {
      world.now = world.now + dice.Below(400);
      Step(world, AnyCommand(dice, world), policy);
    }
    Finish(world, policy);
    CheckEnd(world);
    if (!world.guarantee) continue;
    EXPECT_EQ(Replayed(world.history), *world.guarantee) << "replay differs";
    ++ends[world.guarantee->state];
    if (world.guarantee->restore) ++restored;
    if (::testing::Test::HasFailure()) break;
  }
  // The dice must reach every end, or the test above proves little.
  for (const State state : {State::kRefunded, State::kCancelled, State::kPaid, State::kExpired}) {
    EXPECT_GT(ends[state], kSequences / 100) << NameOf(state);
  }
  EXPECT_GT(restored, kSequences / 10);
}

}  // namespace
}  // namespace guarantee::order::letter::testing
