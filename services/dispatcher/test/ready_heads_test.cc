#include "dispatcher/app/ready_heads.h"

#include <gtest/gtest.h>

#include <algorithm>

namespace guarantee::dispatcher {
namespace {

constexpr UnixMillis kNow{1'000'000};
constexpr std::int64_t kNowMs = 5'000;
constexpr Judgement kFine{Ending::kAccepted, Health::kWell, Health::kWell};
constexpr Judgement kUnreachable{Ending::kNotSent, Health::kFault, Health::kUnproven};
constexpr Judgement kBroken{Ending::kUnknown, Health::kWell, Health::kFault};

bool Always(std::int32_t) { return true; }

Head MakeHead(const std::string& id, const std::string& partner = "a",
              const std::string& section = "3.2", std::int64_t due_in_ms = 0,
              const std::string& flow = {}) {
  return {id, flow.empty() ? "flow-" + id : flow, partner, section, 0, 1, kNow + due_in_ms};
}

std::vector<std::string> Ids(const std::vector<Picked>& picks) {
  std::vector<std::string> ids;
  for (const Picked& picked : picks) ids.push_back(picked.head.id);
  return ids;
}

using Names = std::vector<std::string>;

TEST(ReadyHeads, GivesOutWhatIsDueEarliestFirst) {
  ReadyHeads heads({});
  heads.Offer(MakeHead("late", "a", "3.2", 1));
  heads.Offer(MakeHead("second", "a", "3.2", -1));
  heads.Offer(MakeHead("first", "a", "3.2", -2));
  EXPECT_EQ(Ids(heads.Pick(kNow, kNowMs, 10, Always)), (Names{"first", "second"}));
  EXPECT_EQ(heads.NextDueMs(kNow, kNowMs, 500), 1);
  EXPECT_EQ(Ids(heads.Pick(kNow + 1, kNowMs, 10, Always)), (Names{"late"}));
  EXPECT_EQ(heads.NextDueMs(kNow, kNowMs, 500), 500);
}

TEST(ReadyHeads, TheSameHeadTwiceIsOne) {
  ReadyHeads heads({});
  heads.Offer(MakeHead("one", "a", "3.2", 50));
  heads.Offer(MakeHead("one", "a", "3.2", 0));
  heads.Offer(MakeHead("one", "a", "3.2", 70));
  EXPECT_EQ(heads.waiting(), 1U);
  const std::vector<Picked> picks = heads.Pick(kNow, kNowMs, 10, Always);
  EXPECT_EQ(Ids(picks), (Names{"one"})) << "the earlier due counts";
  heads.Offer(MakeHead("one"));
  EXPECT_TRUE(heads.Pick(kNow, kNowMs, 10, Always).empty()) << "its attempt is not over";
}

TEST(ReadyHeads, OneOfALaneAtATime) {
  ReadyHeads heads({});
  heads.Offer(MakeHead("one", "a", "3.2", -2, "lane"));
  heads.Offer(MakeHead("two", "a", "3.4", -1, "lane"));
  const std::vector<Picked> first = heads.Pick(kNow, kNowMs, 10, Always);
  ASSERT_EQ(first.size(), 1U);
  heads.Offer(MakeHead("three", "a", "3.4", -3, "lane"));
  EXPECT_TRUE(heads.Pick(kNow, kNowMs, 10, Always).empty());
  heads.Settle(first[0]);
  const std::vector<Picked> next = heads.Pick(kNow, kNowMs, 10, Always);
  ASSERT_EQ(next.size(), 1U);
  EXPECT_EQ(next[0].head.id, "three");
}

TEST(ReadyHeads, ScopesTakeTurns) {
  ReadyHeads heads({});
  for (int i = 0; i < 100; ++i) heads.Offer(MakeHead("a" + std::to_string(i), "a", "3.2", -100));
  heads.Offer(MakeHead("b", "b"));
  heads.Offer(MakeHead("c", "a", "3.4"));
  const Names ids = Ids(heads.Pick(kNow, kNowMs, 6, Always));
  EXPECT_NE(std::find(ids.begin(), ids.end(), "b"), ids.end());
  EXPECT_NE(std::find(ids.begin(), ids.end(), "c"), ids.end());
}

TEST(ReadyHeads, BoundsWhatIsInFlight) {
  ReadyHeads heads({.total = 5, .per_partner = 3, .heads_per_scope = 100});
  for (int i = 0; i < 10; ++i) {
    heads.Offer(MakeHead("a" + std::to_string(i), "a"));
    heads.Offer(MakeHead("b" + std::to_string(i), "b"));
  }
  const std::vector<Picked> picks = heads.Pick(kNow, kNowMs, 100, Always);
  EXPECT_EQ(picks.size(), 5U);
  for (const char* partner : {"a", "b"}) {
    EXPECT_LE(std::count_if(picks.begin(), picks.end(),
                            [&](const Picked& one) { return one.head.partner == partner; }),
              3);
  }
  heads.Settle(picks[0]);
  EXPECT_EQ(heads.in_flight(), 4U);
  EXPECT_EQ(heads.Pick(kNow, kNowMs, 100, Always).size(), 1U);
}

TEST(ReadyHeads, TurnsHeadsAwayWhenFullAndAsksForThemLater) {
  ReadyHeads heads({.total = 10, .per_partner = 10, .heads_per_scope = 2});
  EXPECT_TRUE(heads.Offer(MakeHead("one")));
  EXPECT_TRUE(heads.Offer(MakeHead("two")));
  EXPECT_FALSE(heads.Offer(MakeHead("three")));
  EXPECT_TRUE(heads.Offer(MakeHead("other", "b"))) << "another scope has room of its own";
  EXPECT_FALSE(heads.TakeRefill());
  static_cast<void>(heads.Pick(kNow, kNowMs, 10, Always));
  EXPECT_TRUE(heads.TakeRefill());
  EXPECT_FALSE(heads.TakeRefill());
}

TEST(ReadyHeads, PassesOverPartitionsWithoutALease) {
  ReadyHeads heads({});
  Head elsewhere = MakeHead("elsewhere", "a", "3.2", -5);
  elsewhere.partition = 7;
  heads.Offer(elsewhere);
  heads.Offer(MakeHead("here"));
  const auto only_zero = [](std::int32_t partition) { return partition == 0; };
  EXPECT_EQ(Ids(heads.Pick(kNow, kNowMs, 10, only_zero)), (Names{"here"}));
  heads.KeepPartitions({0});
  EXPECT_TRUE(heads.Pick(kNow, kNowMs, 10, Always).empty());
}

TEST(ReadyHeads, AnOpenPlatformBreakerStopsEveryInterfaceButForOneProbe) {
  ReadyHeads heads({});
  for (int i = 0; i < 6; ++i) {
    heads.Offer(MakeHead(std::to_string(i), "a", i % 2 == 0 ? "3.2" : "3.4"));
  }
  heads.Offer(MakeHead("b", "b"));
  const std::vector<Picked> picks = heads.Pick(kNow, kNowMs, 4, Always);
  for (const Picked& picked : picks) {
    if (picked.head.partner != "a") continue;
    heads.Judged(picked, kUnreachable, kNowMs);
    heads.Settle(picked);
  }
  EXPECT_EQ(heads.BreakersOf(MakeHead("x")).platform.phase, BreakerPhase::kOpen);
  EXPECT_TRUE(heads.Pick(kNow, kNowMs, 10, Always).empty());
  EXPECT_EQ(heads.NextDueMs(kNow, kNowMs, 60'000), kProbeFirstMs);
  const std::vector<Picked> probe = heads.Pick(kNow, kNowMs + kProbeFirstMs, 10, Always);
  ASSERT_EQ(probe.size(), 1U);
  EXPECT_TRUE(probe[0].platform_probe);
  heads.Judged(probe[0], kFine, kNowMs + kProbeFirstMs);
  heads.Settle(probe[0]);
  EXPECT_EQ(heads.Pick(kNow, kNowMs + kProbeFirstMs, 10, Always).size(), 2U);
}

TEST(ReadyHeads, AnOpenInterfaceBreakerLeavesTheOthersAlone) {
  ReadyHeads heads({});
  for (int i = 0; i < 4; ++i) heads.Offer(MakeHead(std::to_string(i)));
  for (const Picked& picked : heads.Pick(kNow, kNowMs, 3, Always)) {
    heads.Judged(picked, kBroken, kNowMs);
    heads.Settle(picked);
  }
  heads.Offer(MakeHead("other", "a", "3.4"));
  EXPECT_EQ(Ids(heads.Pick(kNow, kNowMs, 10, Always)), (Names{"other"}));
}

TEST(ReadyHeads, AProbeThatIsGivenBackDoesNotBlockTheNext) {
  ReadyHeads heads({});
  for (int i = 0; i < 5; ++i) heads.Offer(MakeHead(std::to_string(i)));
  for (const Picked& picked : heads.Pick(kNow, kNowMs, 3, Always)) {
    heads.Judged(picked, kUnreachable, kNowMs);
    heads.Settle(picked);
  }
  const std::int64_t later_ms = kNowMs + kProbeFirstMs;
  const std::vector<Picked> probe = heads.Pick(kNow, later_ms, 10, Always);
  ASSERT_EQ(probe.size(), 1U);
  heads.Return(probe[0], kNow, later_ms);
  EXPECT_EQ(heads.Pick(kNow, later_ms, 10, Always).size(), 1U);
}

}  // namespace
}  // namespace guarantee::dispatcher
