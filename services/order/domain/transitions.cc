#include "order/domain/transitions.h"

namespace guarantee::order {
namespace {

using C = CommandKind;
using E = EventKind;
using G = Guard;
using R = RefusalCode;

using W = machine::Write<OrderKinds>;
using machine::In;
using machine::Of;
using machine::StateSet;

constexpr State kNone = State::kNone, kAccepted = State::kAccepted,
                kUnderwriting = State::kUnderwriting, kAwaitPremium = State::kAwaitPremium,
                kPremiumReceived = State::kPremiumReceived, kIssuing = State::kIssuing,
                kIssued = State::kIssued, kRejected = State::kRejected,
                kCancelled = State::kCancelled, kLapsed = State::kLapsed;

constexpr StateSet kOpen = In(kAccepted, kUnderwriting, kAwaitPremium, kPremiumReceived);
constexpr StateSet kLive = kOpen | Of(kIssuing);
constexpr StateSet kEnded = In(kRejected, kCancelled, kLapsed);
constexpr StateSet kClosed = kEnded | Of(kIssued);
constexpr StateSet kKnown = kLive | kClosed;

// A decision's refusal is published.
constexpr Rule Deny(StateSet from, C command, G guard, R reason) {
  return W::Refuse(from, command, guard, reason, W::Emit(E::kDecisionRefused));
}
// A payment that does not count is never kept.
constexpr Rule Return(StateSet from, G guard, R reason) {
  return W::Refuse(from, C::kPremiumReceived, guard, reason,
                   W::Emit(E::kPaymentReturned, E::kDecisionRefused));
}
// The command comes too late for a letter: the order ends under it.
constexpr Rule TooLate(StateSet from, C command, G guard,
                       machine::Emits<E> emits = W::Emit(E::kOrderLapsed)) {
  return {from,    command,          guard, machine::Answer::kRefuse,
          kLapsed, R::kPastDeadline, emits, Notice::kFailed};
}
constexpr auto kRules = std::to_array<Rule>({
    // 3.1. An acknowledged request is never without an order: what cannot be taken is rejected.
    W::Go(Of(kNone), C::kApply, G::kReceivedLate, kRejected,
          W::Emit(E::kOrderAccepted, E::kOrderRejected), Notice::kFailed, R::kPastDeadline),
    W::Go(Of(kNone), C::kApply, G::kAmountOutOfRange, kRejected,
          W::Emit(E::kOrderAccepted, E::kOrderRejected), Notice::kFailed, R::kAmountOutOfRange),
    W::Go(Of(kNone), C::kApply, G::kBasicAccountMissing, kRejected,
          W::Emit(E::kOrderAccepted, E::kOrderRejected), Notice::kFailed, R::kBasicAccountMissing),
    W::Go(Of(kNone), C::kApply, G::kAlways, kAccepted, W::Emit(E::kOrderAccepted)),
    W::Same(kKnown, C::kApply, G::kSameBusinessNumber),
    W::Refuse(kKnown, C::kApply, G::kAlways, R::kOrderNumberUsed, {}, Notice::kFailed),

    // The one-time link of 3.1's answer.
    W::Refuse(Of(kNone), C::kSpendRedirect, G::kAlways, R::kOrderUnknown),
    W::Same(kLive, C::kSpendRedirect, G::kSameVisit),
    W::Refuse(kLive, C::kSpendRedirect, G::kRedirectSpent, R::kRedirectSpent),
    W::Stay(kLive, C::kSpendRedirect, G::kAlways, W::Emit(E::kRedirectSpent)),
    W::Refuse(kClosed, C::kSpendRedirect, G::kAlways, R::kOrderClosed),

    Deny(Of(kNone), C::kCompleteMaterials, G::kAlways, R::kOrderUnknown),
    W::Same(kKnown, C::kCompleteMaterials, G::kKnownDecision),
    Deny(Of(kAccepted), C::kCompleteMaterials, G::kPastDeadline, R::kPastDeadline),
    Deny(Of(kAccepted), C::kCompleteMaterials, G::kIdentityMissing, R::kIdentityMissing),
    W::Go(Of(kAccepted), C::kCompleteMaterials, G::kAlways, kUnderwriting,
          W::Emit(E::kUnderwritingStarted, E::kDecisionApplied)),
    Deny(In(kUnderwriting, kAwaitPremium), C::kCompleteMaterials, G::kIdentityMissing,
         R::kIdentityMissing),
    W::Same(In(kUnderwriting, kAwaitPremium), C::kCompleteMaterials, G::kSameIdentity),
    Deny(In(kUnderwriting, kAwaitPremium), C::kCompleteMaterials, G::kIdentityKnown,
         R::kIdentityDiffers),
    W::Stay(In(kUnderwriting, kAwaitPremium), C::kCompleteMaterials, G::kAlways,
            W::Emit(E::kBidderIdentified, E::kDecisionApplied)),
    W::Same(In(kPremiumReceived, kIssuing, kIssued), C::kCompleteMaterials, G::kSameIdentity),
    Deny(In(kPremiumReceived, kIssuing, kIssued), C::kCompleteMaterials, G::kAlways,
         R::kMaterialsClosed),
    Deny(kEnded, C::kCompleteMaterials, G::kAlways, R::kOrderClosed),

    // Decisions: first the id, then what it was based on, then the clock, then what it says.
    Deny(Of(kNone), C::kApprove, G::kAlways, R::kOrderUnknown),
    W::Same(kKnown, C::kApprove, G::kKnownDecision),
    Deny(kKnown, C::kApprove, G::kDecisionLogFull, R::kTooManyDecisions),
    Deny(In(kAccepted, kUnderwriting), C::kApprove, G::kStaleDecision, R::kStaleDecision),
    Deny(In(kAccepted, kUnderwriting), C::kApprove, G::kPastDeadline, R::kPastDeadline),
    Deny(Of(kAccepted), C::kApprove, G::kMaterialsIncomplete, R::kMaterialsIncomplete),
    Deny(In(kAccepted, kUnderwriting), C::kApprove, G::kQuoteUnfit, R::kQuoteUnfit),
    Deny(In(kAccepted, kUnderwriting), C::kApprove, G::kNumberMissing, R::kGuaranteeNumberMissing),
    Deny(In(kAccepted, kUnderwriting), C::kApprove, G::kNumberTaken, R::kGuaranteeNumberUsed),
    Deny(In(kAccepted, kUnderwriting), C::kApprove, G::kPayerMissing, R::kPayerMissing),
    Deny(In(kAccepted, kUnderwriting), C::kApprove, G::kReferenceMissing, R::kReferenceMissing),
    Deny(In(kAccepted, kUnderwriting), C::kApprove, G::kKnownPayment, R::kPaymentKnown),
    Deny(In(kAccepted, kUnderwriting), C::kApprove, G::kPayerNotBasicAccount, R::kNotBasicAccount),
    Deny(Of(kUnderwriting), C::kApprove, G::kPayerNotBidder, R::kPayerNotBidder),
    Deny(In(kAccepted, kUnderwriting), C::kApprove, G::kLetterUnfit, R::kLetterUnfit),
    W::Go(Of(kAccepted), C::kApprove, G::kPayerGiven, kAwaitPremium,
          W::Emit(E::kUnderwritingStarted, E::kOrderApproved)),
    W::Go(Of(kAccepted), C::kApprove, G::kAlways, kAwaitPremium,
          W::Emit(E::kUnderwritingStarted, E::kOrderApproved, E::kPremiumRequested)),
    W::Go(Of(kUnderwriting), C::kApprove, G::kPayerGiven, kAwaitPremium,
          W::Emit(E::kOrderApproved)),
    W::Go(Of(kUnderwriting), C::kApprove, G::kAlways, kAwaitPremium,
          W::Emit(E::kOrderApproved, E::kPremiumRequested)),
    Deny(In(kAwaitPremium, kPremiumReceived, kIssuing, kIssued, kRejected), C::kApprove, G::kAlways,
         R::kAlreadyDecided),
    Deny(In(kCancelled, kLapsed), C::kApprove, G::kAlways, R::kOrderClosed),

    Deny(Of(kNone), C::kReject, G::kAlways, R::kOrderUnknown),
    W::Same(kKnown, C::kReject, G::kKnownDecision),
    Deny(kKnown, C::kReject, G::kDecisionLogFull, R::kTooManyDecisions),
    Deny(In(kAccepted, kUnderwriting), C::kReject, G::kStaleDecision, R::kStaleDecision),
    W::Go(In(kAccepted, kUnderwriting), C::kReject, G::kAlways, kRejected,
          W::Emit(E::kOrderRejected), Notice::kFailed, R::kDeclined),
    Deny(In(kAwaitPremium, kPremiumReceived, kIssuing, kIssued, kRejected), C::kReject, G::kAlways,
         R::kAlreadyDecided),
    Deny(In(kCancelled, kLapsed), C::kReject, G::kAlways, R::kOrderClosed),

    // Rule B4 and amount = quote; a payment that fails goes back and the order waits on.
    Deny(Of(kNone), C::kPremiumReceived, G::kAlways, R::kOrderUnknown),
    W::Same(kKnown, C::kPremiumReceived, G::kKnownDecision),
    Deny(kKnown, C::kPremiumReceived, G::kReferenceMissing, R::kReferenceMissing),
    W::Same(kKnown, C::kPremiumReceived, G::kKnownPayment),
    Return(In(kAccepted, kUnderwriting), G::kAlways, R::kPaymentNotDue),
    Return(Of(kAwaitPremium), G::kPaymentLate, R::kPastDeadline),
    Return(Of(kAwaitPremium), G::kPayerMissing, R::kPayerMissing),
    Return(Of(kAwaitPremium), G::kPremiumDiffers, R::kPremiumDiffers),
    Return(Of(kAwaitPremium), G::kPayerNotBasicAccount, R::kNotBasicAccount),
    Return(Of(kAwaitPremium), G::kPayerNotBidder, R::kPayerNotBidder),
    W::Go(Of(kAwaitPremium), C::kPremiumReceived, G::kAlways, kPremiumReceived,
          W::Emit(E::kPremiumAccepted, E::kDecisionApplied)),
    Return(In(kPremiumReceived, kIssuing, kIssued), G::kAlways, R::kPremiumAlreadyReceived),
    Return(kEnded, G::kAlways, R::kOrderClosed),

    // The credit service's answer. What is reserved for an ended order is given back at once.
    W::Refuse(Of(kNone), C::kCreditReserved, G::kAlways, R::kOrderUnknown),
    W::Refuse(In(kAccepted, kUnderwriting, kAwaitPremium), C::kCreditReserved, G::kAlways,
              R::kCreditNotAwaited),
    W::Stay(Of(kPremiumReceived), C::kCreditReserved, G::kCreditAwaited,
            W::Emit(E::kCreditSecured)),
    W::Same(In(kPremiumReceived, kIssuing, kIssued), C::kCreditReserved, G::kCreditReserved),
    W::Refuse(In(kPremiumReceived, kIssuing, kIssued), C::kCreditReserved, G::kAlways,
              R::kCreditNotAwaited),
    W::Stay(kEnded, C::kCreditReserved, G::kCreditToRelease, W::Emit(E::kCreditReleased)),
    W::Same(kEnded, C::kCreditReserved, G::kCreditSettled),
    W::Refuse(kEnded, C::kCreditReserved, G::kAlways, R::kCreditNotAwaited),

    W::Refuse(Of(kNone), C::kCreditRefused, G::kAlways, R::kOrderUnknown),
    W::Go(Of(kPremiumReceived), C::kCreditRefused, G::kCreditAwaited, kLapsed,
          W::Emit(E::kCreditDenied, E::kOrderLapsed), Notice::kFailed, R::kCreditRefused),
    W::Refuse(kLive | Of(kIssued), C::kCreditRefused, G::kAlways, R::kCreditNotAwaited),
    W::Stay(kEnded, C::kCreditRefused, G::kCreditAwaited, W::Emit(E::kCreditDenied)),
    W::Same(kEnded, C::kCreditRefused, G::kCreditSettled),
    W::Refuse(kEnded, C::kCreditRefused, G::kAlways, R::kCreditNotAwaited),

    Deny(Of(kNone), C::kLetterReady, G::kAlways, R::kOrderUnknown),
    W::Same(kKnown, C::kLetterReady, G::kKnownDecision),
    Deny(kOpen, C::kLetterReady, G::kAlways, R::kNotIssuing),
    Deny(Of(kIssuing), C::kLetterReady, G::kStaleDecision, R::kStaleDecision),
    TooLate(Of(kIssuing), C::kLetterReady, G::kPastDeadline,
            W::Emit(E::kOrderLapsed, E::kDecisionRefused)),
    Deny(Of(kIssuing), C::kLetterReady, G::kNumberTaken, R::kGuaranteeNumberUsed),
    Deny(Of(kIssuing), C::kLetterReady, G::kLetterUnfit, R::kLetterUnfit),
    W::Go(Of(kIssuing), C::kLetterReady, G::kAlways, kIssued,
          W::Emit(E::kLetterIssued, E::kDecisionApplied), Notice::kIssued),
    W::Same(Of(kIssued), C::kLetterReady, G::kSameLetter),
    Deny(Of(kIssued), C::kLetterReady, G::kAlways, R::kAlreadyIssued),
    Deny(kEnded, C::kLetterReady, G::kAlways, R::kOrderClosed),

    W::Refuse(Of(kNone), C::kLetterFailed, G::kAlways, R::kOrderUnknown),
    W::Refuse(kOpen, C::kLetterFailed, G::kAlways, R::kNotIssuing),
    TooLate(Of(kIssuing), C::kLetterFailed, G::kPastDeadline),
    W::Same(Of(kIssuing), C::kLetterFailed, G::kOldAttempt),
    W::Stay(Of(kIssuing), C::kLetterFailed, G::kAlways, W::Emit(E::kLetterAttemptFailed)),
    W::Refuse(Of(kIssued), C::kLetterFailed, G::kAlways, R::kAlreadyIssued),
    W::Refuse(kEnded, C::kLetterFailed, G::kAlways, R::kOrderClosed),

    // 3.3 and rule B5; every answer is a 3.4.
    W::Refuse(Of(kNone), C::kCancel, G::kAlways, R::kOrderUnknown, {}, Notice::kCancelRefused),
    W::Same(kOpen, C::kCancel, G::kCancelPending),
    W::Stay(kOpen, C::kCancel, G::kCancelByDecision, W::Emit(E::kCancelRequested)),
    W::Go(kOpen, C::kCancel, G::kAlways, kCancelled,
          W::Emit(E::kCancelRequested, E::kOrderCancelled), Notice::kCancelDone),
    W::Refuse(Of(kIssuing), C::kCancel, G::kAlways, R::kIssuePending, {}, Notice::kCancelRefused),
    W::Refuse(Of(kIssued), C::kCancel, G::kNotAcknowledged, R::kIssuePending, {},
              Notice::kCancelRefused),
    W::Refuse(Of(kIssued), C::kCancel, G::kAlways, R::kIssuedNoCancel, {}, Notice::kCancelRefused),
    W::Same(kEnded, C::kCancel, G::kAlways, Notice::kCancelDone),

    // The institution's answer to a 3.3; it may still close an order that it first kept open.
    Deny(Of(kNone), C::kAcceptCancel, G::kAlways, R::kOrderUnknown),
    W::Same(kKnown, C::kAcceptCancel, G::kKnownDecision),
    Deny(kKnown, C::kAcceptCancel, G::kDecisionLogFull, R::kTooManyDecisions),
    Deny(kOpen, C::kAcceptCancel, G::kNoCancelRequest, R::kNoCancelRequest),
    W::Go(kOpen, C::kAcceptCancel, G::kAlways, kCancelled, W::Emit(E::kOrderCancelled),
          Notice::kCancelDone),
    Deny(Of(kIssuing), C::kAcceptCancel, G::kAlways, R::kIssuePending),
    Deny(Of(kIssued), C::kAcceptCancel, G::kNotAcknowledged, R::kIssuePending),
    Deny(Of(kIssued), C::kAcceptCancel, G::kAlways, R::kIssuedNoCancel),
    Deny(kEnded, C::kAcceptCancel, G::kAlways, R::kOrderClosed),

    Deny(Of(kNone), C::kDeclineCancel, G::kAlways, R::kOrderUnknown),
    W::Same(kKnown, C::kDeclineCancel, G::kKnownDecision),
    Deny(kKnown, C::kDeclineCancel, G::kDecisionLogFull, R::kTooManyDecisions),
    W::Stay(kOpen, C::kDeclineCancel, G::kCancelPending, W::Emit(E::kCancelDeclined),
            Notice::kCancelRefused),
    Deny(kOpen, C::kDeclineCancel, G::kAlways, R::kNoCancelRequest),
    Deny(In(kIssuing, kIssued), C::kDeclineCancel, G::kAlways, R::kNoCancelRequest),
    Deny(kEnded, C::kDeclineCancel, G::kAlways, R::kOrderClosed),

    // 3.22: the platform is the authority on times, also on past ones.
    W::Refuse(Of(kNone), C::kOpenTimeChanged, G::kAlways, R::kOrderUnknown),
    W::Same(kKnown, C::kOpenTimeChanged, G::kSameOpenTime),
    W::Refuse(Of(kIssued), C::kOpenTimeChanged, G::kLetterRestored, R::kRestoredOpenTime),
    W::Stay(kKnown, C::kOpenTimeChanged, G::kAlways, W::Emit(E::kOpenTimeMoved)),

    // 3.23: a past deadline ends a live order at once; no deadline revives an ended one.
    W::Refuse(Of(kNone), C::kDeadlineChanged, G::kAlways, R::kOrderUnknown),
    W::Same(kKnown, C::kDeadlineChanged, G::kSameDeadline),
    W::Go(kLive, C::kDeadlineChanged, G::kNewDeadlinePast, kLapsed,
          W::Emit(E::kDeadlineMoved, E::kOrderLapsed), Notice::kFailed, R::kPastDeadline),
    W::Refuse(Of(kIssued), C::kDeadlineChanged, G::kLetterRestored, R::kRestoredDeadline),
    W::Stay(kKnown, C::kDeadlineChanged, G::kAlways, W::Emit(E::kDeadlineMoved)),

    // A timer that the order no longer has does nothing.
    W::Same(Of(kNone), C::kTimePassed, G::kAlways),
    W::Go(kLive, C::kTimePassed, G::kDeadlineTimer, kLapsed, W::Emit(E::kOrderLapsed),
          Notice::kFailed, R::kPastDeadline),
    // Past the deadline there is nothing left to ask for; the deadline's own timer ends the order.
    W::Same(In(kPremiumReceived, kIssuing), C::kTimePassed, G::kPastDeadline),
    W::Stay(Of(kPremiumReceived), C::kTimePassed, G::kCreditTimer, W::Emit(E::kCreditRequested)),
    W::Stay(Of(kIssuing), C::kTimePassed, G::kLetterTimer, W::Emit(E::kLetterRequested)),
    W::Same(kKnown, C::kTimePassed, G::kAlways),

    W::Refuse(Of(kNone), C::kIssueNoticeAccepted, G::kAlways, R::kOrderUnknown),
    W::Refuse(kLive | In(kRejected, kCancelled, kLapsed), C::kIssueNoticeAccepted, G::kAlways,
              R::kNotIssued),
    W::Same(Of(kIssued), C::kIssueNoticeAccepted, G::kAcknowledged),
    W::Stay(Of(kIssued), C::kIssueNoticeAccepted, G::kAlways, W::Emit(E::kIssueAcknowledged)),

    W::Refuse(Of(kNone), C::kIssueNoticeExpired, G::kAlways, R::kOrderUnknown),
    W::Refuse(kLive | In(kRejected, kCancelled, kLapsed), C::kIssueNoticeExpired, G::kAlways,
              R::kNotIssued),
    W::Same(Of(kIssued), C::kIssueNoticeExpired, G::kAcknowledged),
    W::Same(Of(kIssued), C::kIssueNoticeExpired, G::kExpiryKnown),
    W::Stay(Of(kIssued), C::kIssueNoticeExpired, G::kAlways, W::Emit(E::kIssueUndelivered)),

    // The order's own next step. While the institution weighs a 3.3 no letter is begun, for what
    // is being signed can no longer be cancelled.
    W::Go(Of(kAccepted), C::kProceed, G::kPageNotNeeded, kUnderwriting,
          W::Emit(E::kUnderwritingStarted)),
    W::Rest(Of(kAccepted)),
    W::Rest(Of(kUnderwriting)),
    W::Go(Of(kAwaitPremium), C::kProceed, G::kPayerDeclared, kPremiumReceived,
          W::Emit(E::kPremiumAccepted)),
    W::Rest(Of(kAwaitPremium)),
    W::Go(Of(kPremiumReceived), C::kProceed, G::kPastDeadline, kLapsed, W::Emit(E::kOrderLapsed),
          Notice::kFailed, R::kPastDeadline),
    W::Stay(Of(kPremiumReceived), C::kProceed, G::kCreditWanted, W::Emit(E::kCreditRequested)),
    W::Rest(Of(kPremiumReceived), G::kCreditAwaited),
    W::Rest(Of(kPremiumReceived), G::kCancelPending),
    W::Go(Of(kPremiumReceived), C::kProceed, G::kAlways, kIssuing, W::Emit(E::kIssuingStarted)),
    W::Go(Of(kIssuing), C::kProceed, G::kLetterAtHand, kIssued, W::Emit(E::kLetterIssued),
          Notice::kIssued),
    W::Stay(Of(kIssuing), C::kProceed, G::kLetterUnrequested, W::Emit(E::kLetterRequested)),
    W::Rest(Of(kIssuing)),
    W::Rest(kClosed | Of(kNone)),
});

static_assert(machine::EveryCellDecided(kRules), "a cell is empty, ambiguous or unreachable");
static_assert(machine::EndsAreFinal(kRules, kClosed), "an ended order would come back");

// Only a letter leads to ISSUED.
constexpr bool OnlyALetterIssues() {
  for (const Rule& rule : kRules) {
    if (rule.to && (*rule.to == kIssued) != (rule.notice == Notice::kIssued)) return false;
  }
  return true;
}
static_assert(OnlyALetterIssues());

}  // namespace

std::span<const Rule> Rules() { return kRules; }

}  // namespace guarantee::order
