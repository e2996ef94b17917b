#include "claim/domain/transitions.h"

namespace guarantee::claim {
namespace {

using C = CommandKind;
using E = EventKind;
using G = Guard;
using R = RefusalCode;

using W = machine::Write<ClaimKinds>;
using machine::In;
using machine::Of;
using machine::StateSet;

constexpr State kNone = State::kNone, kReceived = State::kReceived, kExamining = State::kExamining,
                kPaying = State::kPaying, kPaid = State::kPaid, kRefused = State::kRefused,
                kWithdrawn = State::kWithdrawn;

constexpr StateSet kWeighed = In(kReceived, kExamining);  // nothing is decided yet
constexpr StateSet kOpen = kWeighed | Of(kPaying);
constexpr StateSet kEnded = In(kPaid, kRefused, kWithdrawn);
constexpr StateSet kKnown = kOpen | kEnded;
constexpr StateSet kAny = kKnown | Of(kNone);

// A decision's refusal is published.
constexpr Rule Deny(StateSet from, C command, G guard, R reason) {
  return W::Refuse(from, command, guard, reason, W::Emit(E::kDecisionRefused));
}
// What comes first in every decision: its id, and room to remember it.
constexpr Rule Again(C command) { return W::Same(kAny, command, G::kKnownDecision); }
constexpr Rule LogFull(C command) {
  return Deny(kAny, command, G::kDecisionLogFull, R::kTooManyDecisions);
}
constexpr Rule Nobody(C command) {
  return Deny(kAny, command, G::kDeciderMissing, R::kDeciderMissing);
}
constexpr Rule Unknown(C command) { return Deny(Of(kNone), command, G::kAlways, R::kClaimUnknown); }
constexpr Rule Stale(C command, StateSet from) {
  return Deny(from, command, G::kStaleDecision, R::kStaleDecision);
}
constexpr Rule Ordered(C command) {
  return Deny(Of(kPaying), command, G::kAlways, R::kPaymentOrdered);
}
constexpr Rule Over(C command) { return Deny(kEnded, command, G::kAlways, R::kAlreadyDecided); }

constexpr auto kRules = std::to_array<Rule>({
    // 3.11. An acknowledged request is never without a claim: what cannot be taken is refused.
    W::Refuse(Of(kNone), C::kPresent, G::kTooManyClaims, R::kTooManyClaims, {}, Notice::kRefused),
    W::Go(Of(kNone), C::kPresent, G::kClaimPending, kRefused,
          W::Emit(E::kClaimReceived, E::kClaimRefused), Notice::kRefused, R::kClaimOpen),
    W::Go(Of(kNone), C::kPresent, G::kAlways, kReceived, W::Emit(E::kClaimReceived),
          Notice::kAskHold),
    W::Refuse(kKnown, C::kPresent, G::kOwn, R::kNumberUsed, {}, Notice::kRefused),
    W::Same(kKnown, C::kPresent, G::kAlways),

    // 3.19: the bidder's call, the beneficiary's right.
    W::Refuse(Of(kNone), C::kWithdraw, G::kAlways, R::kClaimUnknown),
    W::Go(kWeighed, C::kWithdraw, G::kConsentOnFile, kWithdrawn, W::Emit(E::kClaimWithdrawn)),
    W::Refuse(kWeighed, C::kWithdraw, G::kWithdrawalKnown, R::kConsentNeeded),
    W::Refuse(kWeighed, C::kWithdraw, G::kAlways, R::kConsentNeeded, W::Emit(E::kWithdrawalAsked)),
    W::Refuse(In(kPaying, kPaid, kRefused), C::kWithdraw, G::kAlways, R::kDecided),
    W::Same(Of(kWithdrawn), C::kWithdraw, G::kAlways),

    // The platform's 3.12 ends a claim that we registered, unless we ordered the payment: then the
    // bank's word counts.
    W::Refuse(Of(kNone), C::kPlatformResult, G::kAlways, R::kClaimUnknown),
    W::Refuse(kKnown, C::kPlatformResult, G::kNotOwn, R::kNotRegistered),
    W::Same(kKnown, C::kPlatformResult, G::kPlatformDone),
    W::Go(kWeighed, C::kPlatformResult, G::kPlatformPaidFitting, kPaid,
          W::Emit(E::kPlatformAnswered, E::kClaimPaid)),
    W::Stay(kWeighed, C::kPlatformResult, G::kPlatformPaid, W::Emit(E::kPlatformAnswered)),
    W::Go(kWeighed, C::kPlatformResult, G::kAlways, kRefused,
          W::Emit(E::kPlatformAnswered, E::kClaimRefused), Notice::kNone, R::kPlatformRefused),
    W::Stay(Of(kPaying) | kEnded, C::kPlatformResult, G::kAlways, W::Emit(E::kPlatformAnswered)),

    // The handshake. A hold that nobody needs any more is given back at once.
    W::Refuse(Of(kNone), C::kGuaranteeHeld, G::kAlways, R::kClaimUnknown, {}, Notice::kRelease),
    W::Same(kWeighed, C::kGuaranteeHeld, G::kHoldKnown),
    W::Stay(kWeighed, C::kGuaranteeHeld, G::kOwn, W::Emit(E::kGuaranteeLocked),
            Notice::kRegistered),
    W::Stay(kWeighed, C::kGuaranteeHeld, G::kAlways, W::Emit(E::kGuaranteeLocked)),
    W::Same(Of(kPaying), C::kGuaranteeHeld, G::kAlways),
    W::Same(kEnded, C::kGuaranteeHeld, G::kAlways, Notice::kRelease),

    W::Refuse(Of(kNone), C::kHoldRefused, G::kAlways, R::kClaimUnknown),
    W::Refuse(kWeighed, C::kHoldRefused, G::kHoldKnown, R::kHoldKnown),
    W::Go(kWeighed, C::kHoldRefused, G::kAlways, kRefused, W::Emit(E::kClaimRefused),
          Notice::kRefused, R::kHoldRefused),
    W::Refuse(Of(kPaying), C::kHoldRefused, G::kAlways, R::kHoldKnown),
    W::Same(kEnded, C::kHoldRefused, G::kAlways),

    W::Same(kAny, C::kGuaranteeRestored, G::kNamesKnown),
    W::Stay(kAny, C::kGuaranteeRestored, G::kAlways, W::Emit(E::kNamesRestored)),

    // Decisions: first the id, then who, then what it was based on, then what it says.
    Again(C::kRegister),
    LogFull(C::kRegister),
    Nobody(C::kRegister),
    Deny(Of(kNone), C::kRegister, G::kTooManyClaims, R::kTooManyClaims),
    Deny(Of(kNone), C::kRegister, G::kClaimPending, R::kClaimOpen),
    Deny(Of(kNone), C::kRegister, G::kPresentationUnfit, R::kPresentationUnfit),
    W::Go(Of(kNone), C::kRegister, G::kAlways, kReceived, W::Emit(E::kClaimReceived),
          Notice::kAskHold),
    Deny(kKnown, C::kRegister, G::kAlways, R::kNumberUsed),

    Again(C::kOpenExamination),
    LogFull(C::kOpenExamination),
    Nobody(C::kOpenExamination),
    Unknown(C::kOpenExamination),
    Stale(C::kOpenExamination, kWeighed),
    W::Go(Of(kReceived), C::kOpenExamination, G::kAlways, kExamining,
          W::Emit(E::kExaminationOpened)),
    W::Same(Of(kExamining), C::kOpenExamination, G::kSameExaminer),
    W::Stay(Of(kExamining), C::kOpenExamination, G::kAlways, W::Emit(E::kExaminationOpened)),
    Ordered(C::kOpenExamination),
    Over(C::kOpenExamination),

    Again(C::kSetDemand),
    LogFull(C::kSetDemand),
    Nobody(C::kSetDemand),
    Unknown(C::kSetDemand),
    Stale(C::kSetDemand, kWeighed),
    Deny(kWeighed, C::kSetDemand, G::kHoldAwaited, R::kHoldAwaited),
    Deny(kWeighed, C::kSetDemand, G::kDocumentMissing, R::kDocumentMissing),
    Deny(kWeighed, C::kSetDemand, G::kDemandUnfit, R::kDemandUnfit),
    W::Stay(kWeighed, C::kSetDemand, G::kAlways, W::Emit(E::kDemandLowered)),
    Ordered(C::kSetDemand),
    Over(C::kSetDemand),

    // No payment without the hold, none before the names are compared, none by one person.
    Again(C::kApprovePayment),
    LogFull(C::kApprovePayment),
    Nobody(C::kApprovePayment),
    Unknown(C::kApprovePayment),
    Stale(C::kApprovePayment, kWeighed),
    Deny(kWeighed, C::kApprovePayment, G::kHoldAwaited, R::kHoldAwaited),
    Deny(kWeighed, C::kApprovePayment, G::kStillSealed, R::kStillSealed),
    Deny(kWeighed, C::kApprovePayment, G::kAmountDiffers, R::kAmountDiffers),
    W::Go(Of(kReceived), C::kApprovePayment, G::kAlways, kExamining,
          W::Emit(E::kExaminationOpened, E::kPaymentApproved)),
    Deny(Of(kExamining), C::kApprovePayment, G::kSamePerson, R::kSamePerson),
    W::Stay(Of(kExamining), C::kApprovePayment, G::kFirstApproval, W::Emit(E::kPaymentApproved)),
    W::Go(Of(kExamining), C::kApprovePayment, G::kAlways, kPaying, W::Emit(E::kPaymentApproved)),
    Ordered(C::kApprovePayment),
    Over(C::kApprovePayment),

    // One refusal with every discrepancy, inside the clock.
    Again(C::kRefuse),
    LogFull(C::kRefuse),
    Nobody(C::kRefuse),
    Unknown(C::kRefuse),
    Stale(C::kRefuse, kWeighed),
    Deny(kWeighed, C::kRefuse, G::kPrecluded, R::kPrecluded),
    Deny(kWeighed, C::kRefuse, G::kDiscrepanciesMissing, R::kDiscrepanciesMissing),
    W::Go(Of(kReceived), C::kRefuse, G::kAlways, kRefused,
          W::Emit(E::kExaminationOpened, E::kClaimRefused), Notice::kRefused, R::kDiscrepant),
    W::Go(Of(kExamining), C::kRefuse, G::kAlways, kRefused, W::Emit(E::kClaimRefused),
          Notice::kRefused, R::kDiscrepant),
    Ordered(C::kRefuse),
    Over(C::kRefuse),

    Again(C::kPreApproveWithdrawal),
    LogFull(C::kPreApproveWithdrawal),
    Nobody(C::kPreApproveWithdrawal),
    Unknown(C::kPreApproveWithdrawal),
    Stale(C::kPreApproveWithdrawal, kWeighed),
    Deny(kWeighed, C::kPreApproveWithdrawal, G::kDocumentMissing, R::kDocumentMissing),
    W::Same(kWeighed, C::kPreApproveWithdrawal, G::kConsentOnFile),
    W::Stay(kWeighed, C::kPreApproveWithdrawal, G::kAlways, W::Emit(E::kWithdrawalPreApproved)),
    Ordered(C::kPreApproveWithdrawal),
    Over(C::kPreApproveWithdrawal),

    Again(C::kConfirmPayment),
    LogFull(C::kConfirmPayment),
    Nobody(C::kConfirmPayment),
    Unknown(C::kConfirmPayment),
    Deny(kWeighed, C::kConfirmPayment, G::kAlways, R::kNotPaying),
    Deny(Of(kPaying), C::kConfirmPayment, G::kReferenceMissing, R::kReferenceMissing),
    Deny(Of(kPaying), C::kConfirmPayment, G::kReferenceUsed, R::kReferenceUsed),
    Deny(Of(kPaying), C::kConfirmPayment, G::kAmountDiffers, R::kAmountDiffers),
    W::Go(Of(kPaying), C::kConfirmPayment, G::kAlways, kPaid, W::Emit(E::kClaimPaid),
          Notice::kPaid),
    W::Same(Of(kPaid), C::kConfirmPayment, G::kSamePayment),
    Over(C::kConfirmPayment),

    // The operator ends what the platform left open.
    Again(C::kCloseRegistered),
    LogFull(C::kCloseRegistered),
    Nobody(C::kCloseRegistered),
    Unknown(C::kCloseRegistered),
    Deny(kKnown, C::kCloseRegistered, G::kNotOwn, R::kNotRegistered),
    Stale(C::kCloseRegistered, kWeighed),
    W::Go(kWeighed, C::kCloseRegistered, G::kAlways, kWithdrawn,
          W::Emit(E::kRegistrationClosed, E::kClaimWithdrawn)),
    Ordered(C::kCloseRegistered),
    W::Stay(kEnded, C::kCloseRegistered, G::kPlatformPending, W::Emit(E::kRegistrationClosed)),
    Over(C::kCloseRegistered),

    // A timer that the claim no longer has does nothing.
    W::Same(Of(kNone), C::kTimePassed, G::kAlways),
    W::Stay(kWeighed, C::kTimePassed, G::kHoldTimer, W::Emit(E::kHoldAskedAgain)),
    W::Stay(kOpen, C::kTimePassed, G::kWarningTimer, W::Emit(E::kClockPassed)),
    W::Stay(kOpen, C::kTimePassed, G::kEndTimer, W::Emit(E::kClockPassed)),
    W::Stay(kKnown, C::kTimePassed, G::kPlatformTimer, W::Emit(E::kPlatformSilent)),
    W::Same(kKnown, C::kTimePassed, G::kAlways),

    W::Stay(kWeighed, C::kProceed, G::kComparable, W::Emit(E::kBeneficiaryCompared)),
    W::Rest(kAny),
});

static_assert(machine::EveryCellDecided(kRules), "a cell is empty, ambiguous or unreachable");
static_assert(machine::EndsAreFinal(kRules, kEnded), "an ended claim would come back");

// Only a decision that two persons took leads to PAYING, only from an examination, and only the
// bank's confirmation tells the platform that we paid.
constexpr bool PaymentIsGuarded() {
  for (const Rule& rule : kRules) {
    if (rule.to && *rule.to == kPaying &&
        (rule.command != C::kApprovePayment || rule.from != Of(kExamining))) {
      return false;
    }
    if (rule.notice == Notice::kPaid && rule.command != C::kConfirmPayment) return false;
  }
  return true;
}
static_assert(PaymentIsGuarded());

}  // namespace

std::span<const Rule> Rules() { return kRules; }

}  // namespace guarantee::claim
