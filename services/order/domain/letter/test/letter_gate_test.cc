// The gate table of rulings 4, row by row, over random clocks and sequences of 3.22 and 3.23. The
// oracle below is written from the table and knows nothing of the program.
#include <gtest/gtest.h>

#include <map>
#include <random>
#include <string>

#include "scene.h"

namespace guarantee::order::letter::testing {
namespace {

constexpr int kRuns = 10'000;
constexpr int kStepsEach = 7;

class Dice {
 public:
  explicit Dice(unsigned seed) : engine_(seed) {}
  int Below(int bound) { return static_cast<int>(engine_() % static_cast<unsigned>(bound)); }
  bool OneIn(int n) { return Below(n) == 0; }
  UnixMillis Around(UnixMillis at) { return at + (Below(5) - 2); }

 private:
  std::mt19937 engine_;
};

// The table's columns. An opening that has passed counts before a deadline that has not.
enum class Column : std::uint8_t { kPurchase, kWaiting, kOpened, kRestored, kOver };

// What the platform knows of the letter.
struct Clock {
  UnixMillis deadline;
  UnixMillis opening;
  UnixMillis valid_end;
  bool restored = false;

  [[nodiscard]] Column At(UnixMillis at) const {
    if (at > valid_end) return Column::kOver;
    if (restored) return Column::kRestored;
    if (at >= opening) return Column::kOpened;
    return at > deadline ? Column::kWaiting : Column::kPurchase;
  }
};

struct World {
  std::optional<Guarantee> guarantee;
  Clock clock;
  UnixMillis now;
  Policy policy;
  std::map<Column, int> seen;

  [[nodiscard]] Decision Try(const Command& command) const {
    return Decide(guarantee, command, now, policy);
  }
  [[nodiscard]] Column Where() const { return clock.At(now); }
};

bool Ok(const Decision& decision) { return decision.verdict != Verdict::kRefused; }

template <typename T>
const T* Find(const Decision& decision) {
  for (const Effect& effect : decision.effects) {
    if (const auto* found = std::get_if<T>(&effect)) return found;
  }
  return nullptr;
}

void ExpectRestore(const World& world) {
  RequestRestore request = GoodRestore();
  request.received_at = world.now;
  const bool gate = world.now + world.policy.restore_early_ms >= world.clock.opening;
  const bool allowed = world.clock.restored || gate;
  const Decision decision = world.Try(request);
  EXPECT_EQ(Ok(decision), allowed) << "3.7";
  EXPECT_EQ(Find<TellRestored>(decision) != nullptr, allowed && !world.clock.restored)
      << "3.7 opens once";
}

void ExpectCancellation(const World& world) {
  const Decision decision = world.Try(RequestCancellation{"CANCEL-1", "G-1", "", world.now});
  const auto* notice = Find<NotifyCancel>(decision);
  switch (world.Where()) {
    case Column::kPurchase:
    case Column::kWaiting:
      EXPECT_FALSE(Ok(decision)) << "3.9";
      ASSERT_NE(notice, nullptr);
      EXPECT_FALSE(notice->cancelled);
      return;
    case Column::kOpened:
    case Column::kRestored:
      EXPECT_EQ(decision.verdict, Verdict::kApplied) << "3.9";
      EXPECT_EQ(notice, nullptr) << "a decision is waited for";
      return;
    case Column::kOver:
      EXPECT_TRUE(Ok(decision)) << "3.9: 200, nothing to do";
      ASSERT_NE(notice, nullptr);
      EXPECT_TRUE(notice->cancelled);
  }
}

void ExpectClaim(const World& world) {
  const Decision decision = world.Try(ClaimReceived{"CLAIM-1", world.now});
  const Column column = world.Where();
  const bool allowed = column == Column::kOpened || column == Column::kRestored;
  EXPECT_EQ(Ok(decision), allowed) << "3.11";
  EXPECT_EQ(Find<TellHeld>(decision) != nullptr, allowed);
  EXPECT_EQ(Find<TellHoldRefused>(decision) != nullptr, !allowed);
}

void ExpectRefund(const World& world) {
  const Decision decision = world.Try(RequestRefund{"REFUND-1", "G-1", "", world.now});
  const Column column = world.Where();
  const bool allowed = column == Column::kPurchase || column == Column::kWaiting;
  EXPECT_EQ(Ok(decision), allowed) << "3.15";
  EXPECT_EQ(Find<NotifyRefund>(decision) != nullptr, !allowed);
}

bool MayMove(const World& world) {
  const Column column = world.Where();
  return column != Column::kRestored && column != Column::kOver;
}

// 3.22 and 3.23 are tried and, where allowed, done.
void MoveOpening(World& world, UnixMillis to) {
  const Decision decision = world.Try(OpenTimeChanged{to, world.now});
  const bool allowed = MayMove(world) || to == world.clock.opening;
  EXPECT_EQ(Ok(decision), allowed) << "3.22";
  world.guarantee = After(world.guarantee, decision);
  if (allowed) world.clock.opening = to;
  EXPECT_EQ(world.guarantee->open_time, world.clock.opening);
}
void MoveDeadline(World& world, UnixMillis to) {
  const Decision decision = world.Try(DeadlineChanged{to, world.now});
  const bool allowed = MayMove(world) || to == world.clock.deadline;
  EXPECT_EQ(Ok(decision), allowed) << "3.23";
  world.guarantee = After(world.guarantee, decision);
  if (allowed) world.clock.deadline = to;
  EXPECT_EQ(world.guarantee->purchase_deadline, world.clock.deadline);
}

void RestoreNow(World& world) {
  RequestRestore request = GoodRestore();
  request.received_at = world.now;
  const Decision decision = world.Try(request);
  world.guarantee = After(world.guarantee, decision);
  world.clock.restored = world.clock.restored || Ok(decision);
}

// Sometimes the timer has fired by now and sometimes we are behind: nobody may see which.
void ExpireNow(World& world) {
  const UnixMillis due = world.clock.valid_end + 1;
  if (world.now < due) return;
  world.guarantee =
      Taken(world.guarantee, TimePassed{TimerKind::kExpiry, due}, world.now, world.policy);
}

UnixMillis AnyTime(Dice& dice, const World& world) {
  switch (dice.Below(4)) {
    case 0:
      return dice.Around(world.clock.deadline);
    case 1:
      return dice.Around(world.clock.opening);
    case 2:
      return dice.Around(world.clock.valid_end);
    default:
      return {dice.Below(6'000)};
  }
}

World NewWorld(Dice& dice) {
  World world;
  Issue issue = GoodIssue();
  issue.purchase_deadline = {1'000 + dice.Below(500)};
  issue.open_time = {1'500 + dice.Below(1'500)};
  issue.valid_end = {3'500 + dice.Below(1'500)};
  world.policy.restore_early_ms = dice.OneIn(2) ? 0 : 300;
  world.now = {dice.Below(1'000)};
  world.clock = {issue.purchase_deadline, issue.open_time, issue.valid_end, false};
  world.guarantee = Taken(std::nullopt, issue, world.now, world.policy);
  return world;
}

// The clock never goes back; it stops near a boundary more often than not.
UnixMillis Later(Dice& dice, const World& world) {
  const int where = dice.Below(12);
  if (where < 3) return dice.Around(world.clock.deadline);
  if (where < 7) return dice.Around(world.clock.opening);
  return where == 7 ? dice.Around(world.clock.valid_end) : world.now + dice.Below(300);
}

void Step(Dice& dice, World& world) {
  world.now = std::max(world.now + dice.Below(3), Later(dice, world));
  if (dice.OneIn(3)) ExpireNow(world);
  ++world.seen[world.Where()];
  ExpectRestore(world);
  ExpectCancellation(world);
  ExpectClaim(world);
  ExpectRefund(world);
  if (dice.OneIn(2)) MoveOpening(world, AnyTime(dice, world));
  if (dice.OneIn(2)) MoveDeadline(world, AnyTime(dice, world));
  if (dice.OneIn(4)) RestoreNow(world);
}

TEST(LetterGate, RandomClocksAndMovedTimes_KeepTheTable) {
  std::map<Column, int> seen;
  for (unsigned seed = 1; seed <= kRuns; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    Dice dice(seed);
    World world = NewWorld(dice);
    for (int step = 0; step < kStepsEach; ++step) Step(dice, world);
    for (const auto& [column, count] : world.seen) seen[column] += count;
    if (::testing::Test::HasFailure()) break;
  }
  for (int column = 0; column <= static_cast<int>(Column::kOver); ++column) {
    EXPECT_GT(seen[static_cast<Column>(column)], kRuns / 20) << "column " << column;
  }
}

}  // namespace
}  // namespace guarantee::order::letter::testing
