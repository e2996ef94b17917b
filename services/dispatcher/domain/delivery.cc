#include "dispatcher/domain/delivery.h"

namespace guarantee::dispatcher {
namespace {

Step Same(const Delivery& delivery) { return {delivery, Reply::kSame, Telling::kNothing}; }
Step Refuse(const Delivery& delivery, Reply reply) { return {delivery, reply, Telling::kNothing}; }

// Back to the start of a life, with what the platform may have of it remembered.
Delivery Restarted(Delivery next, UnixMillis now) {
  next.state = State::kPending;
  next.failures = 0;
  next.due = now;
  return next;
}

Step On(const Delivery& delivery, const BecameHead& event) {
  if (delivery.state != State::kWaiting) return Same(delivery);
  Delivery next = delivery;
  next.state = State::kPending;
  next.due = event.now;
  return {next};
}

Step On(const Delivery& delivery, const AttemptBegan& event) {
  if (delivery.state == State::kWaiting) return Refuse(delivery, Reply::kBehindHead);
  if (delivery.state == State::kAccepted) return Refuse(delivery, Reply::kAlreadyAccepted);
  if (delivery.state != State::kPending) return Refuse(delivery, Reply::kNotPending);
  if (IsPast(delivery, event.now)) return Refuse(delivery, Reply::kPastDeadline);
  Delivery next = delivery;
  next.state = State::kInFlight;
  ++next.attempts;
  return {next};
}

Delivery TryAgain(const Delivery& delivery, const AttemptEnded& event) {
  Delivery next = delivery;
  next.state = State::kPending;
  next.due = event.due;
  if (event.charged) ++next.failures;
  return next;
}

Step On(const Delivery& delivery, const AttemptEnded& event) {
  if (delivery.state != State::kInFlight) return Same(delivery);
  Delivery next = TryAgain(delivery, event);
  switch (event.ending) {
    case Ending::kAccepted:
      next.state = State::kAccepted;
      next.failures = 0;
      return {next, Reply::kDone, Telling::kAccepted};
    case Ending::kRefused:
      next.state = State::kParked;
      next.bytes_fixed = false;
      return {next, Reply::kDone, Telling::kParked};
    // Says nothing about an earlier attempt whose outcome is unknown: fixed bytes stay fixed.
    case Ending::kRefusedRetry:
      return {next};
    case Ending::kUnknown:
      next.bytes_fixed = true;
      next.possibly_received = true;
      return {next};
    case Ending::kNotSent:
      return {next};
  }
  return Same(delivery);
}

Step On(const Delivery& delivery, const OwnerLost& event) {
  if (delivery.state != State::kInFlight) return Same(delivery);
  Delivery next = delivery;
  next.state = State::kPending;
  next.bytes_fixed = true;
  next.possibly_received = true;
  next.due = event.now;
  return {next};
}

// An attempt under way is judged when it ends; a refused notice stays the head of its lane.
Step On(const Delivery& delivery, const DeadlinePassed& event) {
  if (!IsPast(delivery, event.now) || delivery.expiry_told) return Same(delivery);
  Delivery next = delivery;
  next.expiry_told = true;
  switch (delivery.state) {
    case State::kWaiting:
    case State::kPending:
      next.state = State::kExpired;
      return {next, Reply::kDone, Telling::kExpired};
    case State::kParked:
      return {next, Reply::kDone, Telling::kExpired};
    case State::kInFlight:
    case State::kAccepted:
    case State::kExpired:
      break;
  }
  return Same(delivery);
}

Step On(const Delivery& delivery, const Renewed& event) {
  if (delivery.state == State::kAccepted || delivery.not_after == event.not_after) {
    return Same(delivery);
  }
  Delivery next = delivery;
  next.not_after = event.not_after;
  if (IsPast(next, event.now)) return {next};
  next.expiry_told = false;
  if (delivery.state == State::kExpired) next = Restarted(next, event.now);
  return {next};
}

Step On(const Delivery& delivery, const CannotRender&) {
  if (delivery.state == State::kWaiting) return Refuse(delivery, Reply::kBehindHead);
  if (delivery.state == State::kAccepted) return Refuse(delivery, Reply::kAlreadyAccepted);
  if (delivery.state != State::kPending) return Refuse(delivery, Reply::kNotPending);
  Delivery next = delivery;
  next.state = State::kParked;
  return {next, Reply::kDone, Telling::kParked};
}

Step On(const Delivery& delivery, const OperatorRetry& event) {
  switch (delivery.state) {
    case State::kWaiting:
      return Refuse(delivery, Reply::kBehindHead);
    case State::kAccepted:
      return Refuse(delivery, Reply::kAlreadyAccepted);
    case State::kInFlight:
      return Same(delivery);
    case State::kPending:
    case State::kParked:
    case State::kExpired:
      break;
  }
  Delivery next = Restarted(delivery, event.now);
  next.forced = delivery.forced || IsPast(delivery, event.now);
  return {next};
}

}  // namespace

Step Apply(const Delivery& delivery, const Event& event) {
  return std::visit([&delivery](const auto& one) { return On(delivery, one); }, event);
}

bool LeavesLane(State state) { return state == State::kAccepted || state == State::kExpired; }

bool IsPast(const Delivery& delivery, UnixMillis now) {
  return !delivery.forced && delivery.not_after && now > *delivery.not_after;
}

std::string_view Name(State state) {
  switch (state) {
    case State::kWaiting:
      return "waiting";
    case State::kPending:
      return "pending";
    case State::kInFlight:
      return "in_flight";
    case State::kParked:
      return "parked";
    case State::kAccepted:
      return "accepted";
    case State::kExpired:
      return "expired";
  }
  return "";
}

std::string_view Name(Ending ending) {
  switch (ending) {
    case Ending::kAccepted:
      return "accepted";
    case Ending::kRefused:
      return "refused";
    case Ending::kRefusedRetry:
      return "refused_retry";
    case Ending::kUnknown:
      return "unknown";
    case Ending::kNotSent:
      return "not_sent";
  }
  return "";
}

std::string_view Name(Reply reply) {
  switch (reply) {
    case Reply::kDone:
      return "done";
    case Reply::kSame:
      return "same";
    case Reply::kBehindHead:
      return "behind_head";
    case Reply::kNotPending:
      return "not_pending";
    case Reply::kPastDeadline:
      return "past_deadline";
    case Reply::kAlreadyAccepted:
      return "already_accepted";
  }
  return "";
}

}  // namespace guarantee::dispatcher
