#include "order/domain/transitions.h"

namespace guarantee::order {
namespace {

using C = CommandKind;
using E = EventKind;
using G = Guard;
using R = RefusalCode;

constexpr StateSet Of(State state) {
  return static_cast<StateSet>(1U << static_cast<unsigned>(state));
}
constexpr StateSet operator|(State left, State right) {
  return static_cast<StateSet>(Of(left) | Of(right));
}
constexpr StateSet operator|(StateSet left, State right) {
  return static_cast<StateSet>(left | Of(right));
}

constexpr State kNone = State::kNone, kAccepted = State::kAccepted,
                kUnderwriting = State::kUnderwriting, kAwaitPremium = State::kAwaitPremium,
                kPremiumReceived = State::kPremiumReceived, kIssuing = State::kIssuing,
                kIssued = State::kIssued, kRejected = State::kRejected,
                kCancelled = State::kCancelled, kLapsed = State::kLapsed;

constexpr StateSet kOpen = kAccepted | kUnderwriting | kAwaitPremium | kPremiumReceived;
constexpr StateSet kLive = kOpen | kIssuing;
constexpr StateSet kEnded = kRejected | kCancelled | kLapsed;
constexpr StateSet kClosed = kEnded | kIssued;
constexpr StateSet kKnown = static_cast<StateSet>(kLive | kClosed);

template <typename... Kinds>
constexpr Emits Emit(Kinds... kinds) {
  static_assert(sizeof...(kinds) <= kEmitsMax);
  return {{kinds...}, sizeof...(kinds)};
}

constexpr Rule Go(StateSet from, C command, G guard, State to, Emits emits,
                  Notice notice = Notice::kNone, R reason = R::kNone) {
  return {from, command, guard, Answer::kApply, to, reason, emits, notice};
}
constexpr Rule Stay(StateSet from, C command, G guard, Emits emits, Notice notice = Notice::kNone) {
  return {from, command, guard, Answer::kApply, std::nullopt, R::kNone, emits, notice};
}
constexpr Rule Same(StateSet from, C command, G guard, Notice notice = Notice::kNone) {
  return {from, command, guard, Answer::kSameAgain, std::nullopt, R::kNone, {}, notice};
}
constexpr Rule Refuse(StateSet from, C command, G guard, R reason, Emits emits = {},
                      Notice notice = Notice::kNone) {
  return {from, command, guard, Answer::kRefuse, std::nullopt, reason, emits, notice};
}
// A decision's refusal is published.
constexpr Rule Deny(StateSet from, C command, G guard, R reason) {
  return Refuse(from, command, guard, reason, Emit(E::kDecisionRefused));
}
// A payment that does not count is never kept.
constexpr Rule Return(StateSet from, G guard, R reason) {
  return Refuse(from, C::kPremiumReceived, guard, reason, Emit(E::kPaymentReturned));
}
// The command comes too late for a letter: the order ends under it.
constexpr Rule TooLate(StateSet from, C command, G guard) {
  return {from,
          command,
          guard,
          Answer::kRefuse,
          kLapsed,
          R::kPastDeadline,
          Emit(E::kOrderLapsed),
          Notice::kFailed};
}
constexpr Rule Rest(StateSet from) {
  return {from, C::kProceed, G::kAlways, Answer::kRest, std::nullopt, R::kNone, {}, Notice::kNone};
}

constexpr auto kRules = std::to_array<Rule>({
    // 3.1. An acknowledged request is never without an order: what cannot be taken is rejected.
    Go(Of(kNone), C::kApply, G::kReceivedLate, kRejected,
       Emit(E::kOrderAccepted, E::kOrderRejected), Notice::kFailed, R::kPastDeadline),
    Go(Of(kNone), C::kApply, G::kAmountOutOfRange, kRejected,
       Emit(E::kOrderAccepted, E::kOrderRejected), Notice::kFailed, R::kAmountOutOfRange),
    Go(Of(kNone), C::kApply, G::kBasicAccountMissing, kRejected,
       Emit(E::kOrderAccepted, E::kOrderRejected), Notice::kFailed, R::kBasicAccountMissing),
    Go(Of(kNone), C::kApply, G::kAlways, kAccepted, Emit(E::kOrderAccepted)),
    Same(kKnown, C::kApply, G::kSameBusinessNumber),
    Refuse(kKnown, C::kApply, G::kAlways, R::kOrderNumberUsed, {}, Notice::kFailed),

    // The one-time link of 3.1's answer.
    Refuse(Of(kNone), C::kSpendRedirect, G::kAlways, R::kOrderUnknown),
    Refuse(kLive, C::kSpendRedirect, G::kRedirectSpent, R::kRedirectSpent),
    Stay(kLive, C::kSpendRedirect, G::kAlways, Emit(E::kRedirectSpent)),
    Refuse(kClosed, C::kSpendRedirect, G::kAlways, R::kOrderClosed),

    Refuse(Of(kNone), C::kCompleteMaterials, G::kAlways, R::kOrderUnknown),
    Refuse(Of(kAccepted), C::kCompleteMaterials, G::kPastDeadline, R::kPastDeadline),
    Refuse(Of(kAccepted), C::kCompleteMaterials, G::kIdentityMissing, R::kIdentityMissing),
    Go(Of(kAccepted), C::kCompleteMaterials, G::kAlways, kUnderwriting,
       Emit(E::kUnderwritingStarted)),
    Refuse(kUnderwriting | kAwaitPremium, C::kCompleteMaterials, G::kIdentityMissing,
           R::kIdentityMissing),
    Same(kUnderwriting | kAwaitPremium, C::kCompleteMaterials, G::kSameIdentity),
    Refuse(kUnderwriting | kAwaitPremium, C::kCompleteMaterials, G::kIdentityKnown,
           R::kIdentityDiffers),
    Stay(kUnderwriting | kAwaitPremium, C::kCompleteMaterials, G::kAlways,
         Emit(E::kBidderIdentified)),
    Same(kPremiumReceived | kIssuing | kIssued, C::kCompleteMaterials, G::kSameIdentity),
    Refuse(kPremiumReceived | kIssuing | kIssued, C::kCompleteMaterials, G::kAlways,
           R::kMaterialsClosed),
    Refuse(kEnded, C::kCompleteMaterials, G::kAlways, R::kOrderClosed),

    // Decisions: first the id, then what it was based on, then the clock, then what it says.
    Deny(Of(kNone), C::kApprove, G::kAlways, R::kOrderUnknown),
    Same(kKnown, C::kApprove, G::kKnownDecision),
    Deny(kKnown, C::kApprove, G::kDecisionLogFull, R::kTooManyDecisions),
    Deny(kAccepted | kUnderwriting, C::kApprove, G::kStaleDecision, R::kStaleDecision),
    Deny(kAccepted | kUnderwriting, C::kApprove, G::kPastDeadline, R::kPastDeadline),
    Deny(Of(kAccepted), C::kApprove, G::kMaterialsIncomplete, R::kMaterialsIncomplete),
    Deny(kAccepted | kUnderwriting, C::kApprove, G::kQuoteUnfit, R::kQuoteUnfit),
    Deny(kAccepted | kUnderwriting, C::kApprove, G::kNumberMissing, R::kGuaranteeNumberMissing),
    Deny(kAccepted | kUnderwriting, C::kApprove, G::kNumberTaken, R::kGuaranteeNumberUsed),
    Deny(kAccepted | kUnderwriting, C::kApprove, G::kPayerMissing, R::kPayerMissing),
    Deny(kAccepted | kUnderwriting, C::kApprove, G::kReferenceMissing, R::kReferenceMissing),
    Deny(kAccepted | kUnderwriting, C::kApprove, G::kKnownPayment, R::kPaymentKnown),
    Deny(kAccepted | kUnderwriting, C::kApprove, G::kPayerNotBasicAccount, R::kNotBasicAccount),
    Deny(Of(kUnderwriting), C::kApprove, G::kPayerNotBidder, R::kPayerNotBidder),
    Deny(kAccepted | kUnderwriting, C::kApprove, G::kLetterUnfit, R::kLetterUnfit),
    Go(Of(kAccepted), C::kApprove, G::kPayerGiven, kAwaitPremium,
       Emit(E::kUnderwritingStarted, E::kOrderApproved)),
    Go(Of(kAccepted), C::kApprove, G::kAlways, kAwaitPremium,
       Emit(E::kUnderwritingStarted, E::kOrderApproved, E::kPremiumRequested)),
    Go(Of(kUnderwriting), C::kApprove, G::kPayerGiven, kAwaitPremium, Emit(E::kOrderApproved)),
    Go(Of(kUnderwriting), C::kApprove, G::kAlways, kAwaitPremium,
       Emit(E::kOrderApproved, E::kPremiumRequested)),
    Deny(kAwaitPremium | kPremiumReceived | kIssuing | kIssued | kRejected, C::kApprove, G::kAlways,
         R::kAlreadyDecided),
    Deny(kCancelled | kLapsed, C::kApprove, G::kAlways, R::kOrderClosed),

    Deny(Of(kNone), C::kReject, G::kAlways, R::kOrderUnknown),
    Same(kKnown, C::kReject, G::kKnownDecision),
    Deny(kKnown, C::kReject, G::kDecisionLogFull, R::kTooManyDecisions),
    Deny(kAccepted | kUnderwriting, C::kReject, G::kStaleDecision, R::kStaleDecision),
    Go(kAccepted | kUnderwriting, C::kReject, G::kAlways, kRejected, Emit(E::kOrderRejected),
       Notice::kFailed, R::kDeclined),
    Deny(kAwaitPremium | kPremiumReceived | kIssuing | kIssued | kRejected, C::kReject, G::kAlways,
         R::kAlreadyDecided),
    Deny(kCancelled | kLapsed, C::kReject, G::kAlways, R::kOrderClosed),

    // Rule B4 and amount = quote; a payment that fails goes back and the order waits on.
    Refuse(Of(kNone), C::kPremiumReceived, G::kAlways, R::kOrderUnknown),
    Refuse(kKnown, C::kPremiumReceived, G::kReferenceMissing, R::kReferenceMissing),
    Same(kKnown, C::kPremiumReceived, G::kKnownPayment),
    Return(kAccepted | kUnderwriting, G::kAlways, R::kPaymentNotDue),
    Return(Of(kAwaitPremium), G::kPaymentLate, R::kPastDeadline),
    Return(Of(kAwaitPremium), G::kPayerMissing, R::kPayerMissing),
    Return(Of(kAwaitPremium), G::kPremiumDiffers, R::kPremiumDiffers),
    Return(Of(kAwaitPremium), G::kPayerNotBasicAccount, R::kNotBasicAccount),
    Return(Of(kAwaitPremium), G::kPayerNotBidder, R::kPayerNotBidder),
    Go(Of(kAwaitPremium), C::kPremiumReceived, G::kAlways, kPremiumReceived,
       Emit(E::kPremiumAccepted)),
    Return(kPremiumReceived | kIssuing | kIssued, G::kAlways, R::kPremiumAlreadyReceived),
    Return(kEnded, G::kAlways, R::kOrderClosed),

    // The credit service's answer. What is reserved for an ended order is given back at once.
    Refuse(Of(kNone), C::kCreditReserved, G::kAlways, R::kOrderUnknown),
    Refuse(kAccepted | kUnderwriting | kAwaitPremium, C::kCreditReserved, G::kAlways,
           R::kCreditNotAwaited),
    Stay(Of(kPremiumReceived), C::kCreditReserved, G::kCreditAwaited, Emit(E::kCreditSecured)),
    Same(kPremiumReceived | kIssuing | kIssued, C::kCreditReserved, G::kCreditReserved),
    Refuse(kPremiumReceived | kIssuing | kIssued, C::kCreditReserved, G::kAlways,
           R::kCreditNotAwaited),
    Stay(kEnded, C::kCreditReserved, G::kCreditToRelease, Emit(E::kCreditReleased)),
    Same(kEnded, C::kCreditReserved, G::kCreditSettled),
    Refuse(kEnded, C::kCreditReserved, G::kAlways, R::kCreditNotAwaited),

    Refuse(Of(kNone), C::kCreditRefused, G::kAlways, R::kOrderUnknown),
    Go(Of(kPremiumReceived), C::kCreditRefused, G::kCreditAwaited, kLapsed,
       Emit(E::kCreditDenied, E::kOrderLapsed), Notice::kFailed, R::kCreditRefused),
    Refuse(kLive | kIssued, C::kCreditRefused, G::kAlways, R::kCreditNotAwaited),
    Stay(kEnded, C::kCreditRefused, G::kCreditAwaited, Emit(E::kCreditDenied)),
    Same(kEnded, C::kCreditRefused, G::kCreditSettled),
    Refuse(kEnded, C::kCreditRefused, G::kAlways, R::kCreditNotAwaited),

    Refuse(Of(kNone), C::kLetterReady, G::kAlways, R::kOrderUnknown),
    Refuse(kOpen, C::kLetterReady, G::kAlways, R::kNotIssuing),
    TooLate(Of(kIssuing), C::kLetterReady, G::kPastDeadline),
    Refuse(Of(kIssuing), C::kLetterReady, G::kNumberTaken, R::kGuaranteeNumberUsed),
    Refuse(Of(kIssuing), C::kLetterReady, G::kLetterUnfit, R::kLetterUnfit),
    Go(Of(kIssuing), C::kLetterReady, G::kAlways, kIssued, Emit(E::kLetterIssued), Notice::kIssued),
    Same(Of(kIssued), C::kLetterReady, G::kSameLetter),
    Refuse(Of(kIssued), C::kLetterReady, G::kAlways, R::kAlreadyIssued),
    Refuse(kEnded, C::kLetterReady, G::kAlways, R::kOrderClosed),

    Refuse(Of(kNone), C::kLetterFailed, G::kAlways, R::kOrderUnknown),
    Refuse(kOpen, C::kLetterFailed, G::kAlways, R::kNotIssuing),
    TooLate(Of(kIssuing), C::kLetterFailed, G::kPastDeadline),
    Same(Of(kIssuing), C::kLetterFailed, G::kOldAttempt),
    Stay(Of(kIssuing), C::kLetterFailed, G::kAlways, Emit(E::kLetterAttemptFailed)),
    Refuse(Of(kIssued), C::kLetterFailed, G::kAlways, R::kAlreadyIssued),
    Refuse(kEnded, C::kLetterFailed, G::kAlways, R::kOrderClosed),

    // 3.3 and rule B5; every answer is a 3.4.
    Refuse(Of(kNone), C::kCancel, G::kAlways, R::kOrderUnknown, {}, Notice::kCancelRefused),
    Same(kOpen, C::kCancel, G::kCancelPending),
    Stay(kOpen, C::kCancel, G::kCancelByDecision, Emit(E::kCancelRequested)),
    Go(kOpen, C::kCancel, G::kAlways, kCancelled, Emit(E::kCancelRequested, E::kOrderCancelled),
       Notice::kCancelDone),
    Refuse(Of(kIssuing), C::kCancel, G::kAlways, R::kIssuePending, {}, Notice::kCancelRefused),
    Refuse(Of(kIssued), C::kCancel, G::kNotAcknowledged, R::kIssuePending, {},
           Notice::kCancelRefused),
    Refuse(Of(kIssued), C::kCancel, G::kAlways, R::kIssuedNoCancel, {}, Notice::kCancelRefused),
    Same(kEnded, C::kCancel, G::kAlways, Notice::kCancelDone),

    // The institution's answer to a 3.3; it may still close an order that it first kept open.
    Deny(Of(kNone), C::kAcceptCancel, G::kAlways, R::kOrderUnknown),
    Same(kKnown, C::kAcceptCancel, G::kKnownDecision),
    Deny(kKnown, C::kAcceptCancel, G::kDecisionLogFull, R::kTooManyDecisions),
    Deny(kOpen, C::kAcceptCancel, G::kNoCancelRequest, R::kNoCancelRequest),
    Go(kOpen, C::kAcceptCancel, G::kAlways, kCancelled, Emit(E::kOrderCancelled),
       Notice::kCancelDone),
    Deny(Of(kIssuing), C::kAcceptCancel, G::kAlways, R::kIssuePending),
    Deny(Of(kIssued), C::kAcceptCancel, G::kNotAcknowledged, R::kIssuePending),
    Deny(Of(kIssued), C::kAcceptCancel, G::kAlways, R::kIssuedNoCancel),
    Deny(kEnded, C::kAcceptCancel, G::kAlways, R::kOrderClosed),

    Deny(Of(kNone), C::kDeclineCancel, G::kAlways, R::kOrderUnknown),
    Same(kKnown, C::kDeclineCancel, G::kKnownDecision),
    Deny(kKnown, C::kDeclineCancel, G::kDecisionLogFull, R::kTooManyDecisions),
    Stay(kOpen, C::kDeclineCancel, G::kCancelPending, Emit(E::kCancelDeclined),
         Notice::kCancelRefused),
    Deny(kOpen, C::kDeclineCancel, G::kAlways, R::kNoCancelRequest),
    Deny(kIssuing | kIssued, C::kDeclineCancel, G::kAlways, R::kNoCancelRequest),
    Deny(kEnded, C::kDeclineCancel, G::kAlways, R::kOrderClosed),

    // 3.22: the platform is the authority on times, also on past ones.
    Refuse(Of(kNone), C::kOpenTimeChanged, G::kAlways, R::kOrderUnknown),
    Same(kKnown, C::kOpenTimeChanged, G::kSameOpenTime),
    Refuse(Of(kIssued), C::kOpenTimeChanged, G::kLetterRestored, R::kRestoredOpenTime),
    Stay(kKnown, C::kOpenTimeChanged, G::kAlways, Emit(E::kOpenTimeMoved)),

    // 3.23: a past deadline ends a live order at once; no deadline revives an ended one.
    Refuse(Of(kNone), C::kDeadlineChanged, G::kAlways, R::kOrderUnknown),
    Same(kKnown, C::kDeadlineChanged, G::kSameDeadline),
    Go(kLive, C::kDeadlineChanged, G::kNewDeadlinePast, kLapsed,
       Emit(E::kDeadlineMoved, E::kOrderLapsed), Notice::kFailed, R::kPastDeadline),
    Refuse(Of(kIssued), C::kDeadlineChanged, G::kLetterRestored, R::kRestoredDeadline),
    Stay(kKnown, C::kDeadlineChanged, G::kAlways, Emit(E::kDeadlineMoved)),

    // A timer that the order no longer has does nothing.
    Same(Of(kNone), C::kTimePassed, G::kAlways),
    Go(kLive, C::kTimePassed, G::kDeadlineTimer, kLapsed, Emit(E::kOrderLapsed), Notice::kFailed,
       R::kPastDeadline),
    // Past the deadline there is nothing left to ask for; the deadline's own timer ends the order.
    Same(kPremiumReceived | kIssuing, C::kTimePassed, G::kPastDeadline),
    Stay(Of(kPremiumReceived), C::kTimePassed, G::kCreditTimer, Emit(E::kCreditRequested)),
    Stay(Of(kIssuing), C::kTimePassed, G::kLetterTimer, Emit(E::kLetterRequested)),
    Same(kKnown, C::kTimePassed, G::kAlways),

    Refuse(Of(kNone), C::kIssueNoticeAccepted, G::kAlways, R::kOrderUnknown),
    Refuse(kLive | kRejected | kCancelled | kLapsed, C::kIssueNoticeAccepted, G::kAlways,
           R::kNotIssued),
    Same(Of(kIssued), C::kIssueNoticeAccepted, G::kAcknowledged),
    Stay(Of(kIssued), C::kIssueNoticeAccepted, G::kAlways, Emit(E::kIssueAcknowledged)),

    Refuse(Of(kNone), C::kIssueNoticeExpired, G::kAlways, R::kOrderUnknown),
    Refuse(kLive | kRejected | kCancelled | kLapsed, C::kIssueNoticeExpired, G::kAlways,
           R::kNotIssued),
    Same(Of(kIssued), C::kIssueNoticeExpired, G::kAcknowledged),
    Same(Of(kIssued), C::kIssueNoticeExpired, G::kExpiryKnown),
    Stay(Of(kIssued), C::kIssueNoticeExpired, G::kAlways, Emit(E::kIssueUndelivered)),

    // The order's own next step. While the institution weighs a 3.3 no letter is begun, for what
    // is being signed can no longer be cancelled.
    Go(Of(kAccepted), C::kProceed, G::kPageNotNeeded, kUnderwriting, Emit(E::kUnderwritingStarted)),
    Rest(Of(kAccepted)),
    Rest(Of(kUnderwriting)),
    Go(Of(kAwaitPremium), C::kProceed, G::kPayerDeclared, kPremiumReceived,
       Emit(E::kPremiumAccepted)),
    Rest(Of(kAwaitPremium)),
    Go(Of(kPremiumReceived), C::kProceed, G::kPastDeadline, kLapsed, Emit(E::kOrderLapsed),
       Notice::kFailed, R::kPastDeadline),
    Stay(Of(kPremiumReceived), C::kProceed, G::kCreditWanted, Emit(E::kCreditRequested)),
    {Of(kPremiumReceived),
     C::kProceed,
     G::kCreditAwaited,
     Answer::kRest,
     {},
     R::kNone,
     {},
     Notice::kNone},
    {Of(kPremiumReceived),
     C::kProceed,
     G::kCancelPending,
     Answer::kRest,
     {},
     R::kNone,
     {},
     Notice::kNone},
    Go(Of(kPremiumReceived), C::kProceed, G::kAlways, kIssuing, Emit(E::kIssuingStarted)),
    Go(Of(kIssuing), C::kProceed, G::kLetterAtHand, kIssued, Emit(E::kLetterIssued),
       Notice::kIssued),
    Stay(Of(kIssuing), C::kProceed, G::kLetterUnrequested, Emit(E::kLetterRequested)),
    Rest(Of(kIssuing)),
    Rest(kClosed | kNone),
});

// One cell: at least one rule, exactly one without a guard, and that one last.
constexpr bool CellDecided(State state, C command) {
  bool decided = false;
  for (const Rule& rule : kRules) {
    if (rule.command != command || !Contains(rule.from, state)) continue;
    if (decided) return false;
    decided = rule.guard == G::kAlways;
  }
  return decided;
}

constexpr bool EveryCellDecided() {
  for (std::size_t state = 0; state < kStateCount; ++state) {
    for (std::size_t command = 0; command < kCommandCount; ++command) {
      if (!CellDecided(static_cast<State>(state), static_cast<C>(command))) return false;
    }
  }
  return true;
}
static_assert(EveryCellDecided(), "a cell of state x command is empty, ambiguous or unreachable");

// No rule leads out of an end, and only a letter leads to ISSUED.
constexpr bool EndsAreFinal() {
  for (const Rule& rule : kRules) {
    if (!rule.to) continue;
    if ((rule.from & kClosed) != 0) return false;
    if ((*rule.to == kIssued) != (rule.notice == Notice::kIssued)) return false;
  }
  return true;
}
static_assert(EndsAreFinal(), "an ended order would come back");

}  // namespace

std::span<const Rule> Rules() { return kRules; }

}  // namespace guarantee::order
