#include "order/domain/letter/transitions.h"

namespace guarantee::order::letter {
namespace {

using C = CommandKind;
using E = EventKind;
using G = Guard;
using R = RefusalCode;

using W = machine::Write<LetterKinds>;
using machine::In;
using machine::Of;
using machine::StateSet;

constexpr State kNone = State::kNone, kSealed = State::kSealed, kRestored = State::kRestored,
                kRefunded = State::kRefunded, kCancelled = State::kCancelled, kPaid = State::kPaid,
                kExpired = State::kExpired;

constexpr StateSet kLive = In(kSealed, kRestored);
constexpr StateSet kEnded = In(kRefunded, kCancelled, kPaid, kExpired);
constexpr StateSet kKnown = kLive | kEnded;
// Ends after which 3.7 may still open the letter.
constexpr StateSet kOpenable = In(kCancelled, kPaid, kExpired);

// A decision's refusal is published.
constexpr Rule Deny(StateSet from, C command, G guard, R reason) {
  return W::Refuse(from, command, guard, reason, W::Emit(E::kDecisionRefused));
}
constexpr Rule DenyRepeats(C command) { return W::Same(kKnown, command, G::kKnownDecision); }
constexpr Rule DenyFull(C command) {
  return Deny(kKnown, command, G::kDecisionLogFull, R::kTooManyDecisions);
}
// A claim that finds no letter to hold.
constexpr Rule NoHold(StateSet from, G guard, R reason) {
  return W::Refuse(from, C::kClaimReceived, guard, reason, {}, Notice::kHoldRefused);
}
// A 3.15 or a 3.9 that is refused at once: remembered, so that it has one answer, and told by the
// notice that the event brings along.
constexpr Rule NoRefund(StateSet from, G guard, R reason) {
  return W::Refuse(from, C::kRequestRefund, guard, reason, W::Emit(E::kRefundRefused));
}
constexpr Rule NoCancel(StateSet from, G guard, R reason) {
  return W::Refuse(from, C::kRequestCancellation, guard, reason, W::Emit(E::kCancellationRefused));
}

constexpr auto kRules = std::to_array<Rule>({
    W::Go(Of(kNone), C::kIssue, G::kAlways, kSealed, W::Emit(E::kGuaranteeIssued)),
    W::Same(kKnown, C::kIssue, G::kSameOrder),
    W::Refuse(kKnown, C::kIssue, G::kAlways, R::kNumberUsed),

    W::Refuse(Of(kNone), C::kIssueNoticeAccepted, G::kAlways, R::kUnknown),
    W::Same(kKnown, C::kIssueNoticeAccepted, G::kAcknowledged),
    W::Stay(kKnown, C::kIssueNoticeAccepted, G::kAlways, W::Emit(E::kIssueAcknowledged)),

    // 3.7. Once opened, the same key is enough; another one has to give the same plaintexts. A
    // letter that ended after the opening may still be opened, it stays ended.
    W::Refuse(Of(kNone), C::kRequestRestore, G::kAlways, R::kUnknown),
    W::Refuse(Of(kRefunded), C::kRequestRestore, G::kAlways, R::kRefunded),
    W::Same(Of(kRestored) | kOpenable, C::kRequestRestore, G::kSameRestore),
    W::Refuse(Of(kRestored) | kOpenable, C::kRequestRestore, G::kTooManyRestores,
              R::kTooManyRestores),
    W::Stay(Of(kRestored) | kOpenable, C::kRequestRestore, G::kSameKey,
            W::Emit(E::kPlainLetterAsked)),
    W::Stay(Of(kRestored) | kOpenable, C::kRequestRestore, G::kSamePlaintexts,
            W::Emit(E::kPlainLetterAsked)),
    W::Refuse(Of(kRestored), C::kRequestRestore, G::kAlways, R::kCannotOpen),
    W::Refuse(kOpenable, C::kRequestRestore, G::kRestored, R::kCannotOpen),
    W::Refuse(Of(kSealed) | kOpenable, C::kRequestRestore, G::kBeforeRestoreGate,
              R::kRestoreBeforeOpening),
    W::Refuse(Of(kSealed) | kOpenable, C::kRequestRestore, G::kCannotOpen, R::kCannotOpen),
    W::Go(Of(kSealed), C::kRequestRestore, G::kAlways, kRestored, W::Emit(E::kGuaranteeRestored)),
    W::Stay(kOpenable, C::kRequestRestore, G::kAlways, W::Emit(E::kGuaranteeRestored)),

    // The plain letter; every 3.7 that waits for it gets its 3.8.
    Deny(Of(kNone), C::kPlainLetterReady, G::kAlways, R::kUnknown),
    DenyRepeats(C::kPlainLetterReady),
    DenyFull(C::kPlainLetterReady),
    Deny(Of(kSealed), C::kPlainLetterReady, G::kAlways, R::kNotRestored),
    Deny(Of(kRefunded), C::kPlainLetterReady, G::kAlways, R::kRefunded),
    Deny(kOpenable, C::kPlainLetterReady, G::kNotRestored, R::kNotRestored),
    Deny(Of(kRestored) | kOpenable, C::kPlainLetterReady, G::kPlainLetterKnown,
         R::kPlainLetterKnown),
    Deny(Of(kRestored) | kOpenable, C::kPlainLetterReady, G::kLetterUnfit, R::kLetterUnfit),
    W::Stay(Of(kRestored) | kOpenable, C::kPlainLetterReady, G::kAlways,
            W::Emit(E::kPlainLetterReceived)),

    Deny(Of(kNone), C::kSendAgain, G::kAlways, R::kUnknown),
    DenyRepeats(C::kSendAgain),
    DenyFull(C::kSendAgain),
    Deny(In(kSealed, kRefunded), C::kSendAgain, G::kAlways, R::kNoPlainLetter),
    Deny(Of(kRestored) | kOpenable, C::kSendAgain, G::kNoPlainLetter, R::kNoPlainLetter),
    Deny(Of(kRestored) | kOpenable, C::kSendAgain, G::kRestoreUnknown, R::kOperationUnknown),
    W::Stay(Of(kRestored) | kOpenable, C::kSendAgain, G::kAlways, W::Emit(E::kPlainLetterAsked)),

    W::Refuse(Of(kNone), C::kPlainNoticeAccepted, G::kAlways, R::kUnknown),
    W::Refuse(In(kSealed, kRefunded), C::kPlainNoticeAccepted, G::kAlways, R::kNoPlainLetter),
    W::Refuse(Of(kRestored) | kOpenable, C::kPlainNoticeAccepted, G::kNoPlainLetter,
              R::kNoPlainLetter),
    W::Same(Of(kRestored) | kOpenable, C::kPlainNoticeAccepted, G::kPlainNoticeKnown),
    W::Stay(Of(kRestored) | kOpenable, C::kPlainNoticeAccepted, G::kAlways,
            W::Emit(E::kPlainLetterAcknowledged)),

    // 3.15, rule B8: judged by its receipt; a refusal is a 3.16 of its own.
    W::Refuse(Of(kNone), C::kRequestRefund, G::kAlways, R::kUnknown, {}, Notice::kRefundRefused),
    W::Same(kKnown, C::kRequestRefund, G::kRefundKnown),
    NoRefund(Of(kSealed), G::kReceivedAfterOpening, R::kOpenedNoRefund),
    NoRefund(Of(kSealed), G::kReceivedAfterValidity, R::kExpired),
    NoRefund(Of(kSealed), G::kHeld, R::kClaimOpen),
    NoRefund(Of(kSealed), G::kCancellationOpen, R::kCancellationOpen),
    NoRefund(Of(kSealed), G::kRefundPending, R::kRefundOpen),
    W::Stay(Of(kSealed), C::kRequestRefund, G::kAlways, W::Emit(E::kRefundRequested)),
    NoRefund(Of(kRestored), G::kAlways, R::kOpenedNoRefund),
    NoRefund(Of(kRefunded), G::kAlways, R::kRefunded),
    NoRefund(Of(kCancelled), G::kAlways, R::kCancelled),
    NoRefund(Of(kPaid), G::kAlways, R::kPaid),
    NoRefund(Of(kExpired), G::kAlways, R::kExpired),

    // The decision on it, judged at processing: after the opening there is only a refusal.
    Deny(Of(kNone), C::kApproveRefund, G::kAlways, R::kUnknown),
    DenyRepeats(C::kApproveRefund),
    DenyFull(C::kApproveRefund),
    Deny(kKnown, C::kApproveRefund, G::kRefundAnswered, R::kAlreadyDecided),
    Deny(Of(kSealed), C::kApproveRefund, G::kNoRefundPending, R::kNoRefund),
    W::Refuse(Of(kSealed), C::kApproveRefund, G::kRefundOvertaken, R::kOpenedRefundFails,
              W::Emit(E::kRefundRefused, E::kDecisionRefused)),
    Deny(Of(kSealed), C::kApproveRefund, G::kStaleDecision, R::kStaleDecision),
    W::Go(Of(kSealed), C::kApproveRefund, G::kAlways, kRefunded, W::Emit(E::kGuaranteeRefunded)),
    Deny(Of(kRestored) | kEnded, C::kApproveRefund, G::kAlways, R::kNoRefund),

    Deny(Of(kNone), C::kRejectRefund, G::kAlways, R::kUnknown),
    DenyRepeats(C::kRejectRefund),
    DenyFull(C::kRejectRefund),
    Deny(kKnown, C::kRejectRefund, G::kRefundAnswered, R::kAlreadyDecided),
    Deny(Of(kSealed), C::kRejectRefund, G::kNoRefundPending, R::kNoRefund),
    Deny(Of(kSealed), C::kRejectRefund, G::kStaleDecision, R::kStaleDecision),
    W::Stay(Of(kSealed), C::kRejectRefund, G::kAlways, W::Emit(E::kRefundRefused)),
    Deny(Of(kRestored) | kEnded, C::kRejectRefund, G::kAlways, R::kNoRefund),

    // 3.18. At the opening the refund failed by itself, whether or not we had come to it.
    W::Refuse(Of(kNone), C::kWithdrawRefund, G::kAlways, R::kOperationUnknown),
    W::Same(kKnown, C::kWithdrawRefund, G::kRefundWithdrawn),
    W::Refuse(Of(kSealed), C::kWithdrawRefund, G::kRefundNamedLate, R::kOperationDone,
              W::Emit(E::kRefundRefused)),
    W::Stay(Of(kSealed), C::kWithdrawRefund, G::kRefundNamed, W::Emit(E::kRefundWithdrawn)),
    W::Refuse(kKnown, C::kWithdrawRefund, G::kRefundKnown, R::kOperationDone),
    W::Refuse(kKnown, C::kWithdrawRefund, G::kAlways, R::kOperationUnknown),

    // What became of 3.16 result 0; of a failure's fate nothing depends.
    W::Refuse(Of(kNone), C::kRefundNoticeAccepted, G::kAlways, R::kUnknown),
    W::Same(kLive | kOpenable, C::kRefundNoticeAccepted, G::kAlways),
    W::Same(Of(kRefunded), C::kRefundNoticeAccepted, G::kOtherRefundNotice),
    W::Same(Of(kRefunded), C::kRefundNoticeAccepted, G::kRefundNoticeAccepted),
    W::Stay(Of(kRefunded), C::kRefundNoticeAccepted, G::kAlways, W::Emit(E::kRefundAcknowledged)),
    W::Refuse(Of(kNone), C::kRefundNoticeExpired, G::kAlways, R::kUnknown),
    W::Same(kLive | kOpenable, C::kRefundNoticeExpired, G::kAlways),
    W::Same(Of(kRefunded), C::kRefundNoticeExpired, G::kOtherRefundNotice),
    W::Same(Of(kRefunded), C::kRefundNoticeExpired, G::kRefundNoticeAccepted),
    W::Same(Of(kRefunded), C::kRefundNoticeExpired, G::kRefundNoticeExpired),
    W::Stay(Of(kRefunded), C::kRefundNoticeExpired, G::kAlways, W::Emit(E::kRefundUndelivered)),

    // 3.9 of the platform, rule B7; what is restored has been opened, whatever our clock says. Past
    // its validity there is nothing left to cancel.
    W::Refuse(Of(kNone), C::kRequestCancellation, G::kAlways, R::kUnknown, {},
              Notice::kCancelRefused),
    W::Same(kLive, C::kRequestCancellation, G::kCancellationKnown),
    NoCancel(kLive, G::kHeld, R::kClaimOpen),
    W::Go(kLive, C::kRequestCancellation, G::kReceivedAfterValidity, kExpired,
          W::Emit(E::kGuaranteeExpired), Notice::kCancelDone),
    NoCancel(Of(kSealed), G::kReceivedBeforeOpening, R::kCancelBeforeOpening),
    NoCancel(kLive, G::kCancellationOpen, R::kCancellationOpen),
    W::Stay(Of(kSealed), C::kRequestCancellation, G::kRefundOvertaken,
            W::Emit(E::kRefundRefused, E::kCancellationRequested)),
    NoCancel(Of(kSealed), G::kRefundPending, R::kRefundOpen),
    W::Stay(kLive, C::kRequestCancellation, G::kAlways, W::Emit(E::kCancellationRequested)),
    W::Same(kEnded, C::kRequestCancellation, G::kCancellationSettled),
    W::Same(kEnded, C::kRequestCancellation, G::kAlways, Notice::kCancelDone),

    // The decision on it; for our own proposal, the operator's word when the platform is silent.
    Deny(Of(kNone), C::kApproveCancellation, G::kAlways, R::kUnknown),
    DenyRepeats(C::kApproveCancellation),
    DenyFull(C::kApproveCancellation),
    Deny(kKnown, C::kApproveCancellation, G::kCancellationAnswered, R::kAlreadyDecided),
    Deny(kLive, C::kApproveCancellation, G::kNoCancellationOpen, R::kNoCancellation),
    Deny(kLive, C::kApproveCancellation, G::kProposalUnanswered, R::kProposalUnanswered),
    Deny(kLive, C::kApproveCancellation, G::kProposalNotConsented, R::kProposalNotConsented),
    Deny(Of(kSealed), C::kApproveCancellation, G::kBeforeOpening, R::kCancelBeforeOpening),
    Deny(kLive, C::kApproveCancellation, G::kStaleDecision, R::kStaleDecision),
    W::Go(kLive, C::kApproveCancellation, G::kAlways, kCancelled, W::Emit(E::kGuaranteeCancelled)),
    Deny(kEnded, C::kApproveCancellation, G::kAlways, R::kNoCancellation),

    Deny(Of(kNone), C::kRejectCancellation, G::kAlways, R::kUnknown),
    DenyRepeats(C::kRejectCancellation),
    DenyFull(C::kRejectCancellation),
    Deny(kKnown, C::kRejectCancellation, G::kCancellationAnswered, R::kAlreadyDecided),
    Deny(kLive, C::kRejectCancellation, G::kNoCancellationOpen, R::kNoCancellation),
    W::Stay(kLive, C::kRejectCancellation, G::kProposalUnsent, W::Emit(E::kProposalClosed)),
    Deny(kLive, C::kRejectCancellation, G::kProposalUnanswered, R::kProposalUnanswered),
    Deny(kLive, C::kRejectCancellation, G::kStaleDecision, R::kStaleDecision),
    W::Stay(kLive, C::kRejectCancellation, G::kProposalOpen, W::Emit(E::kProposalClosed)),
    W::Stay(kLive, C::kRejectCancellation, G::kAlways, W::Emit(E::kCancellationRefused)),
    Deny(kEnded, C::kRejectCancellation, G::kAlways, R::kNoCancellation),

    // 3.20: of the platform's own 3.9 only.
    W::Refuse(Of(kNone), C::kWithdrawCancellation, G::kAlways, R::kOperationUnknown),
    W::Same(kKnown, C::kWithdrawCancellation, G::kCancellationWithdrawn),
    W::Refuse(kLive, C::kWithdrawCancellation, G::kCancellationNamedLate, R::kOperationDone),
    W::Stay(kLive, C::kWithdrawCancellation, G::kCancellationNamed,
            W::Emit(E::kCancellationWithdrawn)),
    W::Refuse(kKnown, C::kWithdrawCancellation, G::kCancellationKnown, R::kOperationDone),
    W::Refuse(kKnown, C::kWithdrawCancellation, G::kAlways, R::kOperationUnknown),

    // Our own 3.9.
    Deny(Of(kNone), C::kProposeCancellation, G::kAlways, R::kUnknown),
    DenyRepeats(C::kProposeCancellation),
    DenyFull(C::kProposeCancellation),
    Deny(kLive, C::kProposeCancellation, G::kBusinessNumberUsed, R::kBusinessNumberUsed),
    Deny(Of(kSealed), C::kProposeCancellation, G::kBeforeOpening, R::kCancelBeforeOpening),
    Deny(kLive, C::kProposeCancellation, G::kHeld, R::kClaimOpen),
    Deny(kLive, C::kProposeCancellation, G::kPastValidity, R::kExpired),
    Deny(kLive, C::kProposeCancellation, G::kCancellationOpen, R::kCancellationOpen),
    Deny(kLive, C::kProposeCancellation, G::kStaleDecision, R::kStaleDecision),
    W::Stay(Of(kSealed), C::kProposeCancellation, G::kRefundPending,
            W::Emit(E::kRefundRefused, E::kCancellationProposed)),
    W::Stay(kLive, C::kProposeCancellation, G::kAlways, W::Emit(E::kCancellationProposed)),
    Deny(Of(kRefunded), C::kProposeCancellation, G::kAlways, R::kRefunded),
    Deny(Of(kCancelled), C::kProposeCancellation, G::kAlways, R::kCancelled),
    Deny(Of(kPaid), C::kProposeCancellation, G::kAlways, R::kPaid),
    Deny(Of(kExpired), C::kProposeCancellation, G::kAlways, R::kExpired),

    // The platform's answer to it: consent, or the end of the proposal.
    W::Refuse(Of(kNone), C::kProposalAccepted, G::kAlways, R::kUnknown),
    W::Same(kLive, C::kProposalAccepted, G::kProposalConsented),
    W::Stay(kLive, C::kProposalAccepted, G::kProposalNamed, W::Emit(E::kProposalConsented)),
    // One that was given up when its first delivery was refused, and has been sent again.
    W::Refuse(kLive, C::kProposalAccepted, G::kAlways, R::kNoProposal, {}, Notice::kAlarm),
    W::Same(kEnded, C::kProposalAccepted, G::kAlways),
    W::Refuse(Of(kNone), C::kProposalRefused, G::kAlways, R::kUnknown),
    W::Same(kLive, C::kProposalRefused, G::kProposalConsented),
    W::Stay(kLive, C::kProposalRefused, G::kProposalNamed, W::Emit(E::kProposalClosed)),
    W::Refuse(kLive, C::kProposalRefused, G::kAlways, R::kNoProposal),
    W::Same(kEnded, C::kProposalRefused, G::kAlways),

    // The platform's 3.10. One that takes a live letter for cancelled calls an operator.
    W::Refuse(Of(kNone), C::kCancelNoticeReceived, G::kAlways, R::kUnknown),
    W::Go(kLive, C::kCancelNoticeReceived, G::kConcludesProposal, kCancelled,
          W::Emit(E::kGuaranteeCancelled)),
    W::Stay(kLive, C::kCancelNoticeReceived, G::kDeclinesProposal, W::Emit(E::kProposalClosed)),
    W::Refuse(kLive, C::kCancelNoticeReceived, G::kSaysCancelled, R::kNoProposal, {},
              Notice::kAlarm),
    W::Refuse(kLive, C::kCancelNoticeReceived, G::kAlways, R::kNoProposal),
    W::Same(kEnded, C::kCancelNoticeReceived, G::kAlways),

    // 3.11, told by the claim service. It goes before whatever else is open.
    NoHold(Of(kNone), G::kAlways, R::kUnknown),
    W::Same(kLive | In(kPaid, kExpired), C::kClaimReceived, G::kHeldForThis, Notice::kHeld),
    W::Same(kLive | In(kPaid, kExpired), C::kClaimReceived, G::kClaimAnswered),
    NoHold(Of(kRefunded), G::kAlways, R::kRefunded),
    NoHold(Of(kCancelled), G::kAlways, R::kCancelled),
    NoHold(Of(kPaid), G::kAlways, R::kPaid),
    NoHold(In(kSealed, kExpired), G::kReceivedBeforeOpening, R::kClaimBeforeOpening),
    NoHold(kLive | Of(kExpired), G::kReceivedAfterValidity, R::kExpired),
    NoHold(kLive | Of(kExpired), G::kHeld, R::kClaimOpen),
    NoHold(Of(kExpired), G::kNothingLeft, R::kPaid),
    W::Stay(Of(kSealed), C::kClaimReceived, G::kRefundPending,
            W::Emit(E::kRefundRefused, E::kClaimHeld)),
    W::Stay(kLive, C::kClaimReceived, G::kCancellationPending,
            W::Emit(E::kCancellationRefused, E::kClaimHeld)),
    W::Stay(kLive, C::kClaimReceived, G::kProposalOpen, W::Emit(E::kProposalClosed, E::kClaimHeld)),
    W::Stay(kLive | Of(kExpired), C::kClaimReceived, G::kAlways, W::Emit(E::kClaimHeld)),

    // Paid under the hold only; the ends keep their state.
    W::Refuse(Of(kNone), C::kClaimPaid, G::kAlways, R::kUnknown, {}, Notice::kAlarm),
    W::Same(kLive | In(kPaid, kExpired), C::kClaimPaid, G::kPaymentKnown),
    W::Refuse(In(kRefunded, kCancelled), C::kClaimPaid, G::kAlways, R::kNotHeld, {},
              Notice::kAlarm),
    W::Refuse(Of(kPaid), C::kClaimPaid, G::kAlways, R::kPaymentUnfit, {}, Notice::kAlarm),
    W::Refuse(kLive | Of(kExpired), C::kClaimPaid, G::kPaymentUnfit, R::kPaymentUnfit, {},
              Notice::kAlarm),
    W::Go(kLive, C::kClaimPaid, G::kPaysAll, kPaid, W::Emit(E::kClaimPaymentRecorded)),
    W::Stay(kLive | Of(kExpired), C::kClaimPaid, G::kHeldForThis,
            W::Emit(E::kClaimPaymentRecorded)),
    W::Refuse(kLive | Of(kExpired), C::kClaimPaid, G::kAlways, R::kNotHeld, {}, Notice::kAlarm),

    W::Refuse(Of(kNone), C::kClaimClosed, G::kAlways, R::kUnknown),
    W::Same(In(kRefunded, kCancelled), C::kClaimClosed, G::kAlways),
    W::Stay(kLive | In(kPaid, kExpired), C::kClaimClosed, G::kHeldForThis,
            W::Emit(E::kClaimReleased)),
    W::Same(kLive | In(kPaid, kExpired), C::kClaimClosed, G::kAlways),

    // 3.22: refused once something relied on the old time. A refunded letter follows, for its
    // 3.16 may still be on the way.
    W::Refuse(Of(kNone), C::kOpenTimeChanged, G::kAlways, R::kUnknown),
    W::Same(kKnown, C::kOpenTimeChanged, G::kSameOpenTime),
    W::Refuse(Of(kRestored), C::kOpenTimeChanged, G::kAlways, R::kRestoredOpenTime),
    W::Refuse(kOpenable, C::kOpenTimeChanged, G::kRestored, R::kRestoredOpenTime),
    W::Refuse(kOpenable, C::kOpenTimeChanged, G::kAlways, R::kEndedTimes),
    W::Refuse(Of(kSealed), C::kOpenTimeChanged, G::kReceivedAfterValidity, R::kEndedTimes),
    W::Refuse(Of(kSealed), C::kOpenTimeChanged, G::kOpenTimeReliedOn, R::kOpenTimeReliedOn),
    W::Stay(In(kSealed, kRefunded), C::kOpenTimeChanged, G::kAlways, W::Emit(E::kOpenTimeMoved)),

    W::Refuse(Of(kNone), C::kDeadlineChanged, G::kAlways, R::kUnknown),
    W::Same(kKnown, C::kDeadlineChanged, G::kSameDeadline),
    W::Refuse(Of(kRestored), C::kDeadlineChanged, G::kAlways, R::kRestoredDeadline),
    W::Refuse(kOpenable, C::kDeadlineChanged, G::kRestored, R::kRestoredDeadline),
    W::Refuse(kOpenable, C::kDeadlineChanged, G::kAlways, R::kEndedTimes),
    W::Refuse(Of(kSealed), C::kDeadlineChanged, G::kReceivedAfterValidity, R::kEndedTimes),
    W::Stay(In(kSealed, kRefunded), C::kDeadlineChanged, G::kAlways, W::Emit(E::kDeadlineMoved)),

    // A timer that the guarantee no longer has does nothing.
    W::Same(Of(kNone), C::kTimePassed, G::kAlways),
    W::Stay(Of(kSealed), C::kTimePassed, G::kOpeningTimer, W::Emit(E::kRefundRefused)),
    W::Go(kLive, C::kTimePassed, G::kExpiryTimer, kExpired, W::Emit(E::kGuaranteeExpired)),
    W::Stay(kLive, C::kTimePassed, G::kAnswerTimer, W::Emit(E::kProposalOverdue)),
    W::Same(kKnown, C::kTimePassed, G::kAlways),

    // The guarantee's own next step: what an opening or an end has overtaken is answered, and our
    // own 3.9 goes out once the platform knows the letter.
    W::Stay(Of(kSealed), C::kProceed, G::kRefundOvertaken, W::Emit(E::kRefundRefused)),
    W::Stay(Of(kRestored), C::kProceed, G::kRefundPending, W::Emit(E::kRefundRefused)),
    W::Stay(Of(kExpired), C::kProceed, G::kRefundPending, W::Emit(E::kRefundRefused)),
    W::Stay(Of(kExpired), C::kProceed, G::kCancellationPending, W::Emit(E::kCancellationSettled)),
    W::Stay(Of(kExpired), C::kProceed, G::kProposalOpen, W::Emit(E::kProposalClosed)),
    W::Stay(kLive, C::kProceed, G::kProposalToSend, W::Emit(E::kProposalSent)),
    W::Rest(kKnown | Of(kNone)),
});

static_assert(machine::EveryCellDecided(kRules), "a cell is empty, ambiguous or unreachable");
static_assert(machine::EndsAreFinal(kRules, kEnded), "an ended letter would come back");

// Cancelled is a letter only by its own event, which no rule that pays carries.
constexpr bool CancelledByItsEventOnly() {
  for (const Rule& rule : kRules) {
    bool cancels = false;
    for (std::size_t at = 0; at < rule.emits.count; ++at) {
      cancels = cancels || rule.emits.kinds[at] == E::kGuaranteeCancelled;
    }
    if (cancels != (rule.to == State::kCancelled)) return false;
  }
  return true;
}
static_assert(CancelledByItsEventOnly());

}  // namespace

std::span<const Rule> Rules() { return kRules; }

}  // namespace guarantee::order::letter
