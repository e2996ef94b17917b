// The life of one notice, from intake to the platform's acceptance. Pure: time and the next due
// moment are arguments. Every state x event cell is decided; test/delivery_table_test.cc lists
// them all. design.md "The dispatcher", invariants 4 and 6.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

#include "base/clock.h"

namespace guarantee::dispatcher {

// Stored; the numbers are the schema's.
enum class State : std::uint8_t {
  kWaiting = 0,   // behind its lane's head
  kPending = 1,   // may be sent when due
  kInFlight = 2,  // an attempt is under way, or was when its process ended
  kParked = 3,    // refused, or cannot be rendered: an operator decides
  kAccepted = 4,
  kExpired = 5,  // not_after passed before the platform accepted it; out of its lane
};
inline constexpr State kStates[] = {State::kWaiting, State::kPending,  State::kInFlight,
                                    State::kParked,  State::kAccepted, State::kExpired};
[[nodiscard]] std::string_view Name(State state);

// What an attempt came to.
enum class Ending : std::uint8_t {
  kAccepted,
  kRefused,       // the notice itself: parked
  kRefusedRetry,  // turned away for a reason that passes and is not the notice's
  kUnknown,       // the platform may have it: the same bytes next time
  kNotSent,       // it surely does not
};
inline constexpr Ending kEndings[] = {Ending::kAccepted, Ending::kRefused, Ending::kRefusedRetry,
                                      Ending::kUnknown, Ending::kNotSent};
[[nodiscard]] std::string_view Name(Ending ending);

struct Delivery {
  State state = State::kWaiting;
  std::int64_t attempts = 0;            // begun
  std::int64_t failures = 0;            // in a row and this notice's own; what the schedule counts
  bool bytes_fixed = false;             // an outcome is unknown and no refusal has settled it
  bool possibly_received = false;       // some outcome ever was
  bool forced = false;                  // an operator sends it in spite of not_after
  bool expiry_told = false;             // NoticeExpired was said of this not_after
  std::optional<UnixMillis> not_after;  // last moment, inclusive; only of a success
  UnixMillis due;                       // earliest next attempt, of kPending

  bool operator==(const Delivery&) const = default;
};

// Its predecessors in the lane are done.
struct BecameHead {
  UnixMillis now;
};
struct AttemptBegan {
  UnixMillis now;
};
// `due`: when to try again, if it comes to that. `charged`: the failure counts for the schedule;
// faults of the platform that its breaker answers for do not.
struct AttemptEnded {
  Ending ending = Ending::kUnknown;
  UnixMillis due;
  bool charged = true;
};
// The process that had it in flight is gone; its answer will never be known.
struct OwnerLost {
  UnixMillis now;
};
struct DeadlinePassed {
  UnixMillis now;
};
// 3.22 and 3.23 moved what `not_after` came from.
struct Renewed {
  UnixMillis not_after;
  UnixMillis now;
};
// The message has no valid form on the wire.
struct CannotRender {};
struct OperatorRetry {
  UnixMillis now;
};
using Event = std::variant<BecameHead, AttemptBegan, AttemptEnded, OwnerLost, DeadlinePassed,
                           Renewed, CannotRender, OperatorRetry>;

// What the public events have to say of a step.
enum class Telling : std::uint8_t { kNothing, kAccepted, kParked, kExpired };

enum class Reply : std::uint8_t {
  kDone,
  kSame,             // nothing to do: it is so already, or the event comes too late to matter
  kBehindHead,       // refused: the lane's head goes first
  kNotPending,       // refused: nothing may begin in this state
  kPastDeadline,     // refused: it has to expire first
  kAlreadyAccepted,  // refused: the platform has it
};
[[nodiscard]] std::string_view Name(Reply reply);
[[nodiscard]] inline bool IsRefusal(Reply reply) {
  return reply != Reply::kDone && reply != Reply::kSame;
}

struct Step {
  Delivery next;
  Reply reply = Reply::kDone;
  Telling telling = Telling::kNothing;
};
// A refusal or kSame leaves the delivery as it is.
[[nodiscard]] Step Apply(const Delivery& delivery, const Event& event);

// Whether the lane may go on behind it.
[[nodiscard]] bool LeavesLane(State state);
[[nodiscard]] bool IsPast(const Delivery& delivery, UnixMillis now);

}  // namespace guarantee::dispatcher
