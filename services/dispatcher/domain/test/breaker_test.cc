#include "dispatcher/domain/breaker.h"

#include <gtest/gtest.h>

namespace guarantee::dispatcher {
namespace {

constexpr std::int64_t kNow = 1'000'000;

Breaker Opened() {
  Breaker breaker;
  for (int fault = 0; fault < kFaultsToOpen; ++fault) {
    breaker = Record(breaker, Health::kFault, false, kNow);
  }
  return breaker;
}

TEST(Breaker, OpensAtTheThirdFaultInARow) {
  Breaker breaker;
  for (int fault = 1; fault < kFaultsToOpen; ++fault) {
    breaker = Record(breaker, Health::kFault, false, kNow);
    EXPECT_EQ(MayBegin(breaker, kNow), Permit::kYes) << fault;
  }
  breaker = Record(breaker, Health::kFault, false, kNow);
  EXPECT_EQ(breaker.phase, BreakerPhase::kOpen);
  EXPECT_EQ(breaker.opened_ms, kNow);
  EXPECT_EQ(MayBegin(breaker, kNow), Permit::kNo);
}

TEST(Breaker, ASuccessBetweenFaultsStartsTheCountAnew) {
  Breaker breaker;
  for (int round = 0; round < 10; ++round) {
    breaker = Record(breaker, Health::kFault, false, kNow);
    breaker = Record(breaker, Health::kFault, false, kNow);
    breaker = Record(breaker, Health::kWell, false, kNow);
  }
  EXPECT_EQ(breaker, Breaker{});
}

TEST(Breaker, WhatProvesNothingChangesNothing) {
  Breaker breaker = Record({}, Health::kFault, false, kNow);
  EXPECT_EQ(Record(breaker, Health::kUnproven, false, kNow), breaker);
  EXPECT_EQ(Record(Opened(), Health::kUnproven, false, kNow), Opened());
}

TEST(Breaker, AWordToStopOpensItAtOnce) {
  EXPECT_EQ(Record({}, Health::kStopped, false, kNow).phase, BreakerPhase::kOpen);
}

TEST(Breaker, LetsOneProbeThroughAtATime) {
  const Breaker open = Opened();
  EXPECT_EQ(MayBegin(open, kNow + kProbeFirstMs - 1), Permit::kNo);
  EXPECT_EQ(MayBegin(open, kNow + kProbeFirstMs), Permit::kProbe);
  EXPECT_EQ(MayBegin(ProbeBegan(open), kNow + kProbeFirstMs), Permit::kNo);
  EXPECT_EQ(MayBegin(ProbeBegan(open), kNow + 1'000 * kProbeCapMs), Permit::kNo);
}

TEST(Breaker, ProbesAtLeastEveryTenSecondsForEver) {
  Breaker breaker = Opened();
  std::int64_t now_ms = kNow;
  std::int64_t pause_ms = kProbeFirstMs;
  for (int probe = 0; probe < 1'000; ++probe) {
    EXPECT_EQ(breaker.probe_ms - now_ms, pause_ms) << probe;
    EXPECT_LE(pause_ms, 10'000);
    now_ms = breaker.probe_ms;
    ASSERT_EQ(MayBegin(breaker, now_ms), Permit::kProbe);
    breaker = Record(ProbeBegan(breaker), Health::kFault, true, now_ms);
    EXPECT_EQ(breaker.opened_ms, kNow) << "open since the first fault";
    pause_ms = std::min(pause_ms * 2, kProbeCapMs);
  }
}

TEST(Breaker, OneGoodAnswerClosesItWhoeverBroughtIt) {
  EXPECT_EQ(Record(ProbeBegan(Opened()), Health::kWell, true, kNow), Breaker{});
  EXPECT_EQ(Record(Opened(), Health::kWell, false, kNow), Breaker{});
}

TEST(Breaker, AProbeThatProvesNothingIsFollowedByAnother) {
  const Breaker breaker = Record(ProbeBegan(Opened()), Health::kUnproven, true, kNow);
  EXPECT_EQ(breaker.phase, BreakerPhase::kOpen);
  EXPECT_EQ(MayBegin(breaker, breaker.probe_ms), Permit::kProbe);
}

TEST(Breaker, LateFaultsDoNotPutOffTheProbe) {
  EXPECT_EQ(Record(Opened(), Health::kFault, false, kNow + 900), Opened());
  const Breaker probing = ProbeBegan(Opened());
  EXPECT_EQ(Record(probing, Health::kFault, false, kNow + 900), probing);
}

TEST(Breaker, ADroppedProbeLeavesRoomForTheNextAtOnce) {
  const Breaker breaker = ProbeDropped(ProbeBegan(Opened()), kNow + 5'000);
  EXPECT_EQ(MayBegin(breaker, kNow + 5'000), Permit::kProbe);
  EXPECT_EQ(ProbeDropped({}, kNow), Breaker{}) << "closed meanwhile";
}

}  // namespace
}  // namespace guarantee::dispatcher
