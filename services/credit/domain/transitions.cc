#include "credit/domain/transitions.h"

namespace guarantee::credit {
namespace {

using C = CommandKind;
using E = EventKind;
using G = Guard;
using R = RefusalCode;

using W = machine::Write<CreditKinds>;
using machine::In;
using machine::Of;
using machine::StateSet;

constexpr State kNone = State::kNone, kApplied = State::kApplied, kGranted = State::kGranted,
                kDeclined = State::kDeclined, kWithdrawn = State::kWithdrawn,
                kLapsed = State::kLapsed;

constexpr StateSet kEnded = In(kDeclined, kWithdrawn, kLapsed);
constexpr StateSet kKnown = kEnded | In(kApplied, kGranted);
constexpr StateSet kAny = kKnown | Of(kNone);

// A decision's refusal is published.
constexpr Rule Deny(StateSet from, C command, G guard, R reason) {
  return W::Refuse(from, command, guard, reason, W::Emit(E::kDecisionRefused));
}
// What comes first in every decision: its id, room to remember it, and who took it.
constexpr Rule Again(C command) { return W::Same(kAny, command, G::kKnownDecision); }
constexpr Rule LogFull(C command) {
  return Deny(kAny, command, G::kDecisionLogFull, R::kTooManyDecisions);
}
constexpr Rule Nobody(C command) {
  return Deny(kAny, command, G::kDeciderMissing, R::kDeciderMissing);
}
constexpr Rule Unknown(C command) { return Deny(Of(kNone), command, G::kAlways, R::kUnknown); }
constexpr Rule Over(C command) {
  return Deny(kEnded | Of(kGranted), command, G::kAlways, R::kAlreadyDecided);
}
constexpr Rule Stale(C command) {
  return Deny(Of(kApplied), command, G::kStaleDecision, R::kStaleDecision);
}
// The order service always gets an answer.
constexpr Rule NoReservation(StateSet from, G guard, R reason) {
  return W::Refuse(from, C::kReserve, guard, reason, {}, Notice::kReservationRefused);
}

constexpr auto kRules = std::to_array<Rule>({
    // 3.5: one open application; one made while GRANTED is the renewal.
    W::Refuse(Of(kNone), C::kApplyForCredit, G::kTooManyApplications, R::kTooManyApplications, {},
              Notice::kDeclined),
    W::Go(Of(kNone), C::kApplyForCredit, G::kApplicationOpen, kDeclined,
          W::Emit(E::kCreditApplied, E::kCreditDeclined), Notice::kDeclined, R::kApplicationOpen),
    W::Go(Of(kNone), C::kApplyForCredit, G::kAlways, kApplied, W::Emit(E::kCreditApplied)),
    W::Same(kKnown, C::kApplyForCredit, G::kAlways),

    // 3.17. One that crossed the grant meant the application, which is decided.
    W::Refuse(Of(kNone), C::kWithdraw, G::kAlways, R::kUnknown),
    W::Go(Of(kApplied), C::kWithdraw, G::kAlways, kWithdrawn, W::Emit(E::kCreditWithdrawn)),
    W::Refuse(Of(kGranted), C::kWithdraw, G::kCrossedByGrant, R::kDecided),
    W::Refuse(Of(kGranted), C::kWithdraw, G::kOutstanding, R::kOutstanding),
    W::Go(Of(kGranted), C::kWithdraw, G::kAlways, kWithdrawn, W::Emit(E::kCreditWithdrawn)),
    W::Refuse(In(kDeclined, kLapsed), C::kWithdraw, G::kAlways, R::kDecided),
    W::Same(Of(kWithdrawn), C::kWithdraw, G::kAlways),

    Again(C::kGrant),
    LogFull(C::kGrant),
    Nobody(C::kGrant),
    Unknown(C::kGrant),
    Stale(C::kGrant),
    Deny(Of(kApplied), C::kGrant, G::kTermsUnfit, R::kTermsUnfit),
    Deny(Of(kApplied), C::kGrant, G::kLimitBelowReserved, R::kLimitBelowReserved),
    W::Go(Of(kApplied), C::kGrant, G::kAlways, kGranted, W::Emit(E::kCreditGranted),
          Notice::kGranted),
    Over(C::kGrant),

    Again(C::kDecline),
    LogFull(C::kDecline),
    Nobody(C::kDecline),
    Unknown(C::kDecline),
    Stale(C::kDecline),
    W::Go(Of(kApplied), C::kDecline, G::kAlways, kDeclined, W::Emit(E::kCreditDeclined),
          Notice::kDeclined, R::kDeclined),
    Over(C::kDecline),

    // The handshake. A repeat first, for the line may have changed since; then the line.
    W::Same(kKnown, C::kReserve, G::kReserved, Notice::kReserved),
    NoReservation(kKnown, G::kReservationReleased, R::kReservationReleased),
    NoReservation(Of(kNone), G::kAlways, R::kNotGranted),
    NoReservation(In(kApplied, kDeclined, kWithdrawn), G::kAlways, R::kNotGranted),
    NoReservation(Of(kLapsed), G::kAlways, R::kLapsed),
    NoReservation(Of(kGranted), G::kAmountUnfit, R::kAmountUnfit),
    NoReservation(Of(kGranted), G::kNotInValidity, R::kNotInValidity),
    NoReservation(Of(kGranted), G::kReservationsFull, R::kReservationsFull),
    NoReservation(Of(kGranted), G::kHeadroomShort, R::kHeadroomShort),
    W::Stay(Of(kGranted), C::kReserve, G::kAlways, W::Emit(E::kCreditReserved), Notice::kReserved),

    // A release that comes before its request is remembered, so that the request gets nothing.
    W::Same(Of(kNone), C::kRelease, G::kAlways),
    W::Same(kKnown, C::kRelease, G::kReservationReleased),
    W::Stay(kKnown, C::kRelease, G::kAlways, W::Emit(E::kCreditReleased)),

    W::Go(Of(kGranted), C::kTimePassed, G::kTimerDue, kLapsed, W::Emit(E::kCreditLapsed)),
    W::Same(kAny, C::kTimePassed, G::kAlways),
});

static_assert(machine::EveryCellDecided(kRules), "a cell is empty, ambiguous or unreachable");
static_assert(machine::EndsAreFinal(kRules, kEnded), "an ended application would come back");

// Only a decision grants, and only a line in force is reserved.
constexpr bool CreditIsGuarded() {
  for (const Rule& rule : kRules) {
    if (rule.to == kGranted && (rule.command != C::kGrant || rule.from != Of(kApplied))) {
      return false;
    }
    for (std::size_t at = 0; at < rule.emits.count; ++at) {
      if (rule.emits.kinds[at] == E::kCreditReserved && rule.from != Of(kGranted)) return false;
    }
  }
  return true;
}
static_assert(CreditIsGuarded());

}  // namespace

std::span<const Rule> Rules() { return kRules; }

}  // namespace guarantee::credit
