#include "invoice/domain/transitions.h"

namespace guarantee::invoice {
namespace {

using C = CommandKind;
using E = EventKind;
using G = Guard;
using R = RefusalCode;

using W = machine::Write<InvoiceKinds>;
using machine::In;
using machine::Of;
using machine::StateSet;

constexpr State kNone = State::kNone, kWaiting = State::kWaiting, kRequested = State::kRequested,
                kIssued = State::kIssued, kReversed = State::kReversed, kFailed = State::kFailed;

constexpr StateSet kEnded = In(kReversed, kFailed);
constexpr StateSet kKnown = kEnded | In(kWaiting, kRequested, kIssued);
constexpr StateSet kAny = kKnown | Of(kNone);
// Nobody gets here before the names and the acceptance are known.
constexpr StateSet kJudged = In(kRequested, kIssued, kReversed);
constexpr StateSet kUnjudged = In(kNone, kWaiting, kFailed);

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
constexpr Rule Stale(StateSet from, C command) {
  return Deny(from, command, G::kStaleDecision, R::kStaleDecision);
}
constexpr Rule Over(StateSet from, C command) {
  return Deny(from, command, G::kAlways, R::kAlreadyDecided);
}
// The request's own step: what it is refused for, told by 3.14 result 1.
constexpr Rule Falls(State from, G guard, R reason) {
  return W::Go(Of(from), C::kProceed, guard, kFailed, W::Emit(E::kInvoiceFailed), Notice::kFailed,
               reason);
}

constexpr auto kRules = std::to_array<Rule>({
    // 3.13. Every request is taken down, then judged by its own step.
    W::Refuse(Of(kNone), C::kRequestInvoice, G::kTooManyRequests, R::kTooManyRequests, {},
              Notice::kFailed),
    W::Go(Of(kNone), C::kRequestInvoice, G::kAlways, kWaiting, W::Emit(E::kInvoiceRequested)),
    W::Same(kKnown, C::kRequestInvoice, G::kAlways),

    Again(C::kIssue),
    LogFull(C::kIssue),
    Nobody(C::kIssue),
    Unknown(C::kIssue),
    Deny(Of(kWaiting), C::kIssue, G::kAlways, R::kNotRestored),
    Stale(Of(kRequested), C::kIssue),
    Deny(Of(kRequested), C::kIssue, G::kNumberUnfit, R::kNumberUnfit),
    Deny(Of(kRequested), C::kIssue, G::kNumberUsed, R::kNumberUsed),
    W::Go(Of(kRequested), C::kIssue, G::kAlways, kIssued, W::Emit(E::kInvoiceIssued),
          Notice::kIssued),
    W::Same(Of(kIssued), C::kIssue, G::kSameNumber),
    Over(kEnded | Of(kIssued), C::kIssue),

    Again(C::kFail),
    LogFull(C::kFail),
    Nobody(C::kFail),
    Unknown(C::kFail),
    Stale(In(kWaiting, kRequested), C::kFail),
    W::Go(In(kWaiting, kRequested), C::kFail, G::kAlways, kFailed, W::Emit(E::kInvoiceFailed),
          Notice::kFailed, R::kIssuingFailed),
    Over(kEnded | Of(kIssued), C::kFail),

    // The red letter: by reference to the blue one, after a refund, and inside the house.
    Again(C::kReverse),
    LogFull(C::kReverse),
    Nobody(C::kReverse),
    Unknown(C::kReverse),
    Deny(In(kWaiting, kRequested, kFailed), C::kReverse, G::kAlways, R::kNotIssued),
    Stale(Of(kIssued), C::kReverse),
    Deny(Of(kIssued), C::kReverse, G::kGroundless, R::kNothingReturned),
    Deny(Of(kIssued), C::kReverse, G::kNumberUnfit, R::kNumberUnfit),
    Deny(Of(kIssued), C::kReverse, G::kNumberUsed, R::kNumberUsed),
    W::Go(Of(kIssued), C::kReverse, G::kAlways, kReversed, W::Emit(E::kInvoiceReversed)),
    W::Same(Of(kReversed), C::kReverse, G::kSameNumber),
    Over(Of(kReversed), C::kReverse),

    W::Same(kJudged, C::kGuaranteeRestored, G::kAlways),
    W::Same(kUnjudged, C::kGuaranteeRestored, G::kNamesKnown),
    W::Stay(kUnjudged, C::kGuaranteeRestored, G::kAlways, W::Emit(E::kNamesRestored)),
    W::Same(kJudged, C::kRestoreAccepted, G::kAlways),
    W::Same(kUnjudged, C::kRestoreAccepted, G::kAcceptanceKnown),
    W::Stay(kUnjudged, C::kRestoreAccepted, G::kAlways, W::Emit(E::kRestoreAcknowledged)),
    W::Same(kAny, C::kPremiumReturned, G::kReturnKnown),
    W::Stay(kAny, C::kPremiumReturned, G::kAlways, W::Emit(E::kPremiumWentBack)),

    W::Go(Of(kWaiting), C::kTimePassed, G::kWaitOver, kFailed, W::Emit(E::kInvoiceFailed),
          Notice::kFailed, R::kNotRestored),
    W::Same(kAny, C::kTimePassed, G::kAlways),

    // Rulings 3.13, in this order: what is there already, then the restore, then what was asked.
    Falls(kWaiting, G::kAnotherOpen, R::kRequestOpen),
    Falls(kWaiting, G::kAnotherIssued, R::kAlreadyInvoiced),
    W::Rest(Of(kWaiting), G::kNotReady),
    Falls(kWaiting, G::kPremiumGone, R::kPremiumReturned),
    Falls(kWaiting, G::kBidderDiffers, R::kBidderDiffers),
    Falls(kWaiting, G::kAmountDiffers, R::kAmountDiffers),
    Falls(kWaiting, G::kTaxNumberUnfit, R::kTaxNumberUnfit),
    Falls(kWaiting, G::kAddressMissing, R::kAddressMissing),
    Falls(kWaiting, G::kPhoneMissing, R::kPhoneMissing),
    Falls(kWaiting, G::kBankMissing, R::kBankMissing),
    Falls(kWaiting, G::kAccountMissing, R::kAccountMissing),
    W::Go(Of(kWaiting), C::kProceed, G::kAlways, kRequested, W::Emit(E::kRequestAccepted)),
    Falls(kRequested, G::kPremiumGone, R::kPremiumReturned),
    W::Rest(kEnded | In(kNone, kRequested, kIssued)),
});

static_assert(machine::EveryCellDecided(kRules), "a cell is empty, ambiguous or unreachable");
static_assert(machine::EndsAreFinal(kRules, kEnded), "an ended request would come back");

}  // namespace

std::span<const Rule> Rules() { return kRules; }

}  // namespace guarantee::invoice
