// The whole table: every state, every event, what follows.
#include <gtest/gtest.h>

#include <array>
#include <string>

#include "dispatcher/domain/delivery.h"

namespace guarantee::dispatcher {
namespace {

constexpr UnixMillis kNow{1'000'000};
constexpr UnixMillis kLater{1'060'000};
constexpr UnixMillis kPast{900'000};
constexpr std::size_t kEvents = 13;

struct NamedEvent {
  const char* name;
  Event event;
};
const std::array<NamedEvent, kEvents>& Events() {
  static const std::array<NamedEvent, kEvents> events = {{
      {"BecameHead", BecameHead{kNow}},
      {"AttemptBegan", AttemptBegan{kNow}},
      {"Ended accepted", AttemptEnded{Ending::kAccepted, kLater, true}},
      {"Ended refused", AttemptEnded{Ending::kRefused, kLater, true}},
      {"Ended refused_retry", AttemptEnded{Ending::kRefusedRetry, kLater, true}},
      {"Ended unknown", AttemptEnded{Ending::kUnknown, kLater, true}},
      {"Ended not_sent", AttemptEnded{Ending::kNotSent, kLater, true}},
      {"OwnerLost", OwnerLost{kNow}},
      {"DeadlinePassed", DeadlinePassed{kNow}},
      {"Renewed later", Renewed{kLater, kNow}},
      {"Renewed past", Renewed{{kPast.value + 1}, kNow}},
      {"CannotRender", CannotRender{}},
      {"OperatorRetry", OperatorRetry{kNow}},
  }};
  return events;
}

std::string Name(Telling telling) {
  switch (telling) {
    case Telling::kNothing:
      return "";
    case Telling::kAccepted:
      return " says accepted";
    case Telling::kParked:
      return " says parked";
    case Telling::kExpired:
      return " says expired";
  }
  return "";
}

std::string Describe(const Step& step) {
  return std::string(Name(step.reply)) + " " + std::string(Name(step.next.state)) +
         Name(step.telling);
}

struct Row {
  State state;
  std::array<const char*, kEvents> expected;
};

// Of a notice whose deadline has passed, as the fullest case: columns as in Events().
constexpr std::array<Row, 6> kTable = {{
    {State::kWaiting,
     {"done pending", "behind_head waiting", "same waiting", "same waiting", "same waiting",
      "same waiting", "same waiting", "same waiting", "done expired says expired", "done waiting",
      "done waiting", "behind_head waiting", "behind_head waiting"}},
    {State::kPending,
     {"same pending", "past_deadline pending", "same pending", "same pending", "same pending",
      "same pending", "same pending", "same pending", "done expired says expired", "done pending",
      "done pending", "done parked says parked", "done pending"}},
    {State::kInFlight,
     {"same in_flight", "not_pending in_flight", "done accepted says accepted",
      "done parked says parked", "done pending", "done pending", "done pending", "done pending",
      "same in_flight", "done in_flight", "done in_flight", "not_pending in_flight",
      "same in_flight"}},
    {State::kParked,
     {"same parked", "not_pending parked", "same parked", "same parked", "same parked",
      "same parked", "same parked", "same parked", "done parked says expired", "done parked",
      "done parked", "not_pending parked", "done pending"}},
    {State::kAccepted,
     {"same accepted", "already_accepted accepted", "same accepted", "same accepted",
      "same accepted", "same accepted", "same accepted", "same accepted", "same accepted",
      "same accepted", "same accepted", "already_accepted accepted", "already_accepted accepted"}},
    {State::kExpired,
     {"same expired", "not_pending expired", "same expired", "same expired", "same expired",
      "same expired", "same expired", "same expired", "same expired", "done pending",
      "done expired", "not_pending expired", "done pending"}},
}};

Delivery InState(State state) {
  Delivery delivery;
  delivery.state = state;
  delivery.attempts = state == State::kWaiting ? 0 : 2;
  delivery.failures = 1;
  delivery.not_after = kPast;
  return delivery;
}

TEST(DeliveryTable, EveryCellIsDecided) {
  for (std::size_t state = 0; state < kTable.size(); ++state) {
    ASSERT_EQ(kTable[state].state, kStates[state]) << "the table has every state";
    for (std::size_t event = 0; event < kEvents; ++event) {
      const Step step = Apply(InState(kTable[state].state), Events()[event].event);
      EXPECT_EQ(Describe(step), kTable[state].expected[event])
          << Name(kTable[state].state) << " x " << Events()[event].name;
    }
  }
}

TEST(DeliveryTable, WhatIsNotDoneChangesNothing) {
  for (const State state : kStates) {
    for (const NamedEvent& event : Events()) {
      const Delivery before = InState(state);
      const Step step = Apply(before, event.event);
      if (step.reply == Reply::kDone) continue;
      EXPECT_EQ(step.next, before) << Name(state) << " x " << event.name;
      EXPECT_EQ(step.telling, Telling::kNothing);
    }
  }
}

Delivery After(Delivery delivery, std::initializer_list<Event> events) {
  for (const Event& event : events) {
    const Step step = Apply(delivery, event);
    EXPECT_FALSE(IsRefusal(step.reply)) << Name(step.reply);
    delivery = step.next;
  }
  return delivery;
}

TEST(Delivery, AnUnknownOutcomeFixesTheBytesUntilARefusal) {
  const Delivery unknown = After(
      {}, {BecameHead{kNow}, AttemptBegan{kNow}, AttemptEnded{Ending::kUnknown, kLater, true}});
  EXPECT_TRUE(unknown.bytes_fixed);
  EXPECT_TRUE(unknown.possibly_received);
  EXPECT_EQ(unknown.due, kLater);
  const Delivery turned_away =
      After(unknown, {AttemptBegan{kLater}, AttemptEnded{Ending::kRefusedRetry, kLater, true}});
  EXPECT_TRUE(turned_away.bytes_fixed) << "says nothing about the first attempt";
  const Delivery not_sent =
      After(unknown, {AttemptBegan{kLater}, AttemptEnded{Ending::kNotSent, kLater, true}});
  EXPECT_TRUE(not_sent.bytes_fixed);
  const Delivery refused =
      After(unknown, {AttemptBegan{kLater}, AttemptEnded{Ending::kRefused, kLater, true}});
  EXPECT_FALSE(refused.bytes_fixed);
  EXPECT_TRUE(refused.possibly_received);
}

TEST(Delivery, ALostOwnerLeavesAnUnknownOutcome) {
  const Delivery lost = After({}, {BecameHead{kNow}, AttemptBegan{kNow}, OwnerLost{kLater}});
  EXPECT_TRUE(lost.bytes_fixed);
  EXPECT_TRUE(lost.possibly_received);
  EXPECT_EQ(lost.due, kLater);
  EXPECT_EQ(lost.failures, 0) << "no fault of the notice";
}

TEST(Delivery, OnlyChargedFailuresCount) {
  const Delivery begun = After({}, {BecameHead{kNow}, AttemptBegan{kNow}});
  EXPECT_EQ(After(begun, {AttemptEnded{Ending::kUnknown, kLater, true}}).failures, 1);
  EXPECT_EQ(After(begun, {AttemptEnded{Ending::kUnknown, kLater, false}}).failures, 0);
}

TEST(Delivery, AttemptsAreCountedWithoutEnd) {
  Delivery delivery = After({}, {BecameHead{kNow}});
  for (int attempt = 1; attempt <= 1000; ++attempt) {
    delivery = After(delivery, {AttemptBegan{kNow}, AttemptEnded{Ending::kNotSent, kLater, true}});
    EXPECT_EQ(delivery.attempts, attempt);
  }
  EXPECT_EQ(delivery.state, State::kPending);
}

TEST(Delivery, TheLastMomentItselfIsInTime) {
  Delivery delivery = After({}, {BecameHead{kNow}});
  delivery.not_after = kNow;
  EXPECT_EQ(Apply(delivery, AttemptBegan{kNow}).reply, Reply::kDone);
  EXPECT_EQ(Apply(delivery, DeadlinePassed{kNow}).reply, Reply::kSame);
  EXPECT_EQ(Apply(delivery, DeadlinePassed{{kNow.value + 1}}).reply, Reply::kDone);
}

TEST(Delivery, ExpiryIsToldOnceOfARefusedHeadThatStays) {
  const Delivery parked = InState(State::kParked);
  const Step first = Apply(parked, DeadlinePassed{kNow});
  EXPECT_EQ(first.telling, Telling::kExpired);
  EXPECT_EQ(Apply(first.next, DeadlinePassed{kLater}).reply, Reply::kSame);
}

TEST(Delivery, AnOperatorSendsAnExpiredNoticeInSpiteOfItsDeadline) {
  const Delivery redriven = After(InState(State::kExpired), {OperatorRetry{kNow}});
  EXPECT_TRUE(redriven.forced);
  EXPECT_EQ(redriven.failures, 0);
  EXPECT_EQ(Apply(redriven, DeadlinePassed{kNow}).reply, Reply::kSame);
  EXPECT_EQ(Apply(redriven, AttemptBegan{kNow}).reply, Reply::kDone);
}

TEST(Delivery, AnOperatorsRetryInTimeStillExpires) {
  Delivery parked = InState(State::kParked);
  parked.not_after = kLater;
  const Delivery retried = After(parked, {OperatorRetry{kNow}});
  EXPECT_FALSE(retried.forced);
  EXPECT_EQ(Apply(retried, DeadlinePassed{{kLater.value + 1}}).telling, Telling::kExpired);
}

TEST(Delivery, ARenewalRevivesAndIsToldAgainWhenItTooPasses) {
  Delivery expired = InState(State::kExpired);
  expired.expiry_told = true;
  const Delivery renewed = After(expired, {Renewed{kLater, kNow}});
  EXPECT_EQ(renewed.state, State::kPending);
  EXPECT_EQ(renewed.due, kNow);
  EXPECT_EQ(Apply(renewed, DeadlinePassed{{kLater.value + 1}}).telling, Telling::kExpired);
}

TEST(Delivery, OnlyAcceptanceAndExpiryOpenTheLane) {
  for (const State state : kStates) {
    EXPECT_EQ(LeavesLane(state), state == State::kAccepted || state == State::kExpired);
  }
}

}  // namespace
}  // namespace guarantee::dispatcher
