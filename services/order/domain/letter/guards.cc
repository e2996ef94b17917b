#include "order/domain/letter/guards.h"

#include <algorithm>
#include <array>
#include <string>

#include "order/domain/letter/effects.h"

namespace guarantee::order::letter {
namespace {

constexpr std::size_t kSha256HexLength = 64;

template <typename T>
const T* As(const Situation& s) {
  return std::get_if<T>(&s.command);
}

template <typename T>
bool Has(const std::vector<T>& memory, const T& value) {
  return std::find(memory.begin(), memory.end(), value) != memory.end();
}

bool IsHex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'); }

bool HasTimer(const Situation& s, TimerKind kind) {
  const auto* passed = As<TimePassed>(s);
  if (passed == nullptr || passed->kind != kind || s.now < passed->due) return false;
  const auto timers = TimersOf(s.guarantee);
  return std::find(timers.begin(), timers.end(), Timer{kind, passed->due}) != timers.end();
}

// 3.7

bool BeforeRestoreGate(const Situation& s) {
  return ReceivedAtOf(s.command) + s.policy.restore_early_ms < s.guarantee.open_time;
}
bool CannotOpen(const Situation& s) {
  const auto* request = As<RequestRestore>(s);
  return request == nullptr || !request->names;
}
bool IsRestored(const Situation& s) { return s.guarantee.restore.has_value(); }
bool NotRestored(const Situation& s) { return !s.guarantee.restore; }
bool SameKey(const Situation& s) {
  const auto* request = As<RequestRestore>(s);
  return request != nullptr && s.guarantee.restore && !request->key_fingerprint.empty() &&
         request->key_fingerprint == s.guarantee.restore->key_fingerprint;
}
bool SamePlaintexts(const Situation& s) {
  const auto* request = As<RequestRestore>(s);
  return request != nullptr && s.guarantee.restore && request->names &&
         *request->names == s.guarantee.restore->names;
}
bool SameRestore(const Situation& s) {
  const RestoreRequest* known = FindRestore(s.guarantee, BusinessNoOf(s.command));
  return known != nullptr && known->received_at == ReceivedAtOf(s.command);
}
// A promised 3.8 is never forgotten, so promises are bounded.
bool TooManyRestores(const Situation& s) {
  return s.guarantee.restore && !s.guarantee.plain_letter &&
         s.guarantee.restore_requests.size() >= kRememberedRestoresMax &&
         FindRestore(s.guarantee, BusinessNoOf(s.command)) == nullptr;
}

bool LetterUnfit(const Situation& s) {
  const auto* ready = As<PlainLetterReady>(s);
  if (ready == nullptr) return true;
  const LetterFile& file = ready->letter;
  return file.size_bytes <= 0 || file.media_type.empty() ||
         file.sha256.size() != kSha256HexLength ||
         !std::all_of(file.sha256.begin(), file.sha256.end(), IsHex) ||
         file.sha256 == s.guarantee.sealed_letter.sha256;
}
bool RestoreUnknown(const Situation& s) {
  const std::string number = BusinessNoOf(s.command);
  return !number.empty() && FindRestore(s.guarantee, number) == nullptr;
}

// Decisions

bool KnownDecision(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return head != nullptr &&
         machine::FindDecision(s.guarantee.decisions, head->decision_id) != nullptr;
}
bool StaleDecision(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  if (head == nullptr || head->based_on_revision == 0) return false;
  return head->based_on_revision < s.guarantee.terms_revision ||
         head->based_on_revision > s.guarantee.revision;
}

// Operations

bool Answered(const Situation& s, OperationKind kind) {
  return FindOperation(s.guarantee, kind, BusinessNoOf(s.command)) != nullptr;
}
bool Withdrawn(const Situation& s, OperationKind kind) {
  const Operation* known = FindOperation(s.guarantee, kind, BusinessNoOf(s.command));
  return known != nullptr && known->outcome == OperationOutcome::kWithdrawn;
}
// The number that the command names, where an empty one stands for the open operation.
bool Names(const Situation& s, const std::string& business_no) {
  const std::string named = BusinessNoOf(s.command);
  return named.empty() || named == business_no;
}

bool RefundNamed(const Situation& s) {
  return RefundPending(s.guarantee) && s.guarantee.refund->business_no == BusinessNoOf(s.command);
}
bool RefundKnown(const Situation& s) {
  return RefundNamed(s) || Answered(s, OperationKind::kRefund);
}
bool RefundOvertaken(const Situation& s) {
  return RefundPending(s.guarantee) && s.now >= s.guarantee.open_time;
}
bool NoRefundPending(const Situation& s) {
  return !RefundPending(s.guarantee) || !Names(s, s.guarantee.refund->business_no);
}
bool RefundAnswered(const Situation& s) {
  if (RefundPending(s.guarantee)) return Answered(s, OperationKind::kRefund);
  return Answered(s, OperationKind::kRefund) ||
         (s.guarantee.refund && BusinessNoOf(s.command).empty());
}
bool RefundNamedLate(const Situation& s) {
  return RefundNamed(s) && ReceivedAtOf(s.command) >= s.guarantee.open_time;
}
bool OtherRefundNotice(const Situation& s) {
  return !s.guarantee.refund || s.guarantee.refund->status != RefundStatus::kApproved ||
         s.guarantee.refund->business_no != BusinessNoOf(s.command);
}

bool CancellationOpen(const Situation& s) {
  return CancellationPending(s.guarantee) || ProposalOpen(s.guarantee);
}
bool CancellationNamed(const Situation& s) {
  return CancellationPending(s.guarantee) &&
         s.guarantee.cancellation->business_no == BusinessNoOf(s.command);
}
bool CancellationKnown(const Situation& s) {
  return CancellationNamed(s) || Answered(s, OperationKind::kCancellation);
}
// Answered otherwise than by a success, which may be told again.
bool CancellationSettled(const Situation& s) {
  const Operation* known =
      FindOperation(s.guarantee, OperationKind::kCancellation, BusinessNoOf(s.command));
  return known != nullptr && known->outcome != OperationOutcome::kDone;
}
bool NoCancellationOpen(const Situation& s) {
  return !CancellationOpen(s) || !Names(s, s.guarantee.cancellation->business_no);
}
bool CancellationAnswered(const Situation& s) {
  const bool answered =
      Answered(s, OperationKind::kCancellation) || Answered(s, OperationKind::kProposal);
  if (CancellationOpen(s)) return answered;
  return answered || (s.guarantee.cancellation && BusinessNoOf(s.command).empty());
}
bool CancellationNamedLate(const Situation& s) {
  return CancellationNamed(s) && ReceivedAtOf(s.command) > s.guarantee.valid_end;
}

bool ProposalUnsent(const Situation& s) {
  return ProposalOpen(s.guarantee) && !s.guarantee.cancellation->sent_at;
}
bool ProposalUnanswered(const Situation& s) {
  return ProposalOpen(s.guarantee) && !s.guarantee.cancellation->overdue;
}
bool ProposalNotConsented(const Situation& s) {
  return ProposalOpen(s.guarantee) &&
         s.guarantee.cancellation->status != CancellationStatus::kConsented;
}
bool ProposalToSend(const Situation& s) {
  return ProposalUnsent(s) && s.guarantee.issue_acknowledged_at;
}
bool ProposalNamed(const Situation& s) {
  return ProposalOpen(s.guarantee) &&
         s.guarantee.cancellation->business_no == BusinessNoOf(s.command);
}
bool ProposalConsented(const Situation& s) { return ProposalNamed(s) && !ProposalNotConsented(s); }
bool BusinessNumberUsed(const Situation& s) {
  const std::string number = BusinessNoOf(s.command);
  return number.empty() || Answered(s, OperationKind::kProposal) ||
         Answered(s, OperationKind::kCancellation) ||
         (s.guarantee.cancellation && s.guarantee.cancellation->business_no == number);
}
bool SaysCancelled(const Situation& s) {
  const auto* notice = As<CancelNoticeReceived>(s);
  return notice != nullptr && notice->cancelled;
}

// Claims

bool HeldForThis(const Situation& s) {
  return s.guarantee.hold && s.guarantee.hold->business_no == BusinessNoOf(s.command);
}
bool PaymentKnown(const Situation& s) {
  const auto* paid = As<ClaimPaid>(s);
  return paid != nullptr && Has(s.guarantee.payment_references, paid->reference);
}
bool PaymentUnfit(const Situation& s) {
  const auto* paid = As<ClaimPaid>(s);
  return paid == nullptr || paid->reference.empty() || paid->amount.fen <= 0 ||
         paid->amount > s.guarantee.available;
}
bool PaysAll(const Situation& s) {
  const auto* paid = As<ClaimPaid>(s);
  return paid != nullptr && HeldForThis(s) && paid->amount == s.guarantee.available;
}

// Times

bool SameOpenTime(const Situation& s) {
  const auto* change = As<OpenTimeChanged>(s);
  return change != nullptr && change->open_time == s.guarantee.open_time;
}
bool SameDeadline(const Situation& s) {
  const auto* change = As<DeadlineChanged>(s);
  return change != nullptr && change->purchase_deadline == s.guarantee.purchase_deadline;
}

using Predicate = bool (*)(const Situation&);
struct Check {
  Guard guard;
  Predicate holds;
};

constexpr std::array<Check, kGuardCount> kChecks = {{
    {Guard::kAlways, [](const Situation&) { return true; }},
    {Guard::kSameOrder,
     [](const Situation& s) {
       const auto* issue = As<Issue>(s);
       return issue != nullptr && issue->order_flow == s.guarantee.order_flow;
     }},
    {Guard::kAcknowledged,
     [](const Situation& s) { return s.guarantee.issue_acknowledged_at.has_value(); }},
    {Guard::kBeforeRestoreGate, BeforeRestoreGate},
    {Guard::kCannotOpen, CannotOpen},
    {Guard::kRestored, IsRestored},
    {Guard::kSameRestore, SameRestore},
    {Guard::kSameKey, SameKey},
    {Guard::kSamePlaintexts, SamePlaintexts},
    {Guard::kTooManyRestores, TooManyRestores},
    {Guard::kNotRestored, NotRestored},
    {Guard::kLetterUnfit, LetterUnfit},
    {Guard::kPlainLetterKnown,
     [](const Situation& s) { return s.guarantee.plain_letter.has_value(); }},
    {Guard::kNoPlainLetter, [](const Situation& s) { return !s.guarantee.plain_letter; }},
    {Guard::kRestoreUnknown, RestoreUnknown},
    {Guard::kPlainNoticeKnown,
     [](const Situation& s) { return s.guarantee.plain_acknowledged_at.has_value(); }},
    {Guard::kKnownDecision, KnownDecision},
    {Guard::kDecisionLogFull,
     [](const Situation& s) { return s.guarantee.decisions.size() >= kRememberedDecisionsMax; }},
    {Guard::kStaleDecision, StaleDecision},
    {Guard::kBeforeOpening, [](const Situation& s) { return s.now < s.guarantee.open_time; }},
    {Guard::kPastValidity, [](const Situation& s) { return s.now > s.guarantee.valid_end; }},
    {Guard::kReceivedBeforeOpening,
     [](const Situation& s) {
       return !s.guarantee.restore && ReceivedAtOf(s.command) < s.guarantee.open_time;
     }},
    {Guard::kReceivedAfterOpening,
     [](const Situation& s) { return ReceivedAtOf(s.command) >= s.guarantee.open_time; }},
    {Guard::kReceivedAfterValidity,
     [](const Situation& s) { return ReceivedAtOf(s.command) > s.guarantee.valid_end; }},
    {Guard::kRefundKnown, RefundKnown},
    {Guard::kRefundPending, [](const Situation& s) { return RefundPending(s.guarantee); }},
    {Guard::kRefundOvertaken, RefundOvertaken},
    {Guard::kNoRefundPending, NoRefundPending},
    {Guard::kRefundAnswered, RefundAnswered},
    {Guard::kRefundNamed, RefundNamed},
    {Guard::kRefundNamedLate, RefundNamedLate},
    {Guard::kRefundWithdrawn,
     [](const Situation& s) { return Withdrawn(s, OperationKind::kRefund); }},
    {Guard::kOtherRefundNotice, OtherRefundNotice},
    {Guard::kRefundNoticeAccepted,
     [](const Situation& s) {
       return s.guarantee.refund && s.guarantee.refund->notice_accepted_at;
     }},
    {Guard::kRefundNoticeExpired,
     [](const Situation& s) {
       return s.guarantee.refund && s.guarantee.refund->notice_expired_at;
     }},
    {Guard::kCancellationKnown, CancellationKnown},
    {Guard::kCancellationSettled, CancellationSettled},
    {Guard::kCancellationPending,
     [](const Situation& s) { return CancellationPending(s.guarantee); }},
    {Guard::kCancellationOpen, CancellationOpen},
    {Guard::kNoCancellationOpen, NoCancellationOpen},
    {Guard::kCancellationAnswered, CancellationAnswered},
    {Guard::kCancellationNamed, CancellationNamed},
    {Guard::kCancellationNamedLate, CancellationNamedLate},
    {Guard::kCancellationWithdrawn,
     [](const Situation& s) { return Withdrawn(s, OperationKind::kCancellation); }},
    {Guard::kProposalOpen, [](const Situation& s) { return ProposalOpen(s.guarantee); }},
    {Guard::kProposalUnanswered, ProposalUnanswered},
    {Guard::kProposalNotConsented, ProposalNotConsented},
    {Guard::kProposalUnsent, ProposalUnsent},
    {Guard::kProposalToSend, ProposalToSend},
    {Guard::kBusinessNumberUsed, BusinessNumberUsed},
    {Guard::kProposalNamed, ProposalNamed},
    {Guard::kProposalConsented, ProposalConsented},
    {Guard::kConcludesProposal,
     [](const Situation& s) { return ProposalNamed(s) && SaysCancelled(s); }},
    {Guard::kDeclinesProposal,
     [](const Situation& s) { return ProposalNamed(s) && !SaysCancelled(s); }},
    {Guard::kSaysCancelled, SaysCancelled},
    {Guard::kHeld, [](const Situation& s) { return s.guarantee.hold.has_value(); }},
    {Guard::kHeldForThis, HeldForThis},
    {Guard::kClaimAnswered, [](const Situation& s) { return Answered(s, OperationKind::kClaim); }},
    {Guard::kNothingLeft, [](const Situation& s) { return s.guarantee.available.fen <= 0; }},
    {Guard::kPaymentKnown, PaymentKnown},
    {Guard::kPaymentUnfit, PaymentUnfit},
    {Guard::kPaysAll, PaysAll},
    {Guard::kSameOpenTime, SameOpenTime},
    {Guard::kSameDeadline, SameDeadline},
    {Guard::kOpenTimeReliedOn,
     [](const Situation& s) { return s.guarantee.hold || CancellationOpen(s); }},
    {Guard::kOpeningTimer, [](const Situation& s) { return HasTimer(s, TimerKind::kOpening); }},
    {Guard::kExpiryTimer, [](const Situation& s) { return HasTimer(s, TimerKind::kExpiry); }},
    {Guard::kAnswerTimer,
     [](const Situation& s) { return HasTimer(s, TimerKind::kProposalAnswer); }},
}};

constexpr bool ChecksInOrder() {
  for (std::size_t i = 0; i < kChecks.size(); ++i) {
    if (static_cast<std::size_t>(kChecks[i].guard) != i || kChecks[i].holds == nullptr) {
      return false;
    }
  }
  return true;
}
static_assert(ChecksInOrder(), "kChecks is read by index");

}  // namespace

const Operation* FindOperation(const Guarantee& guarantee, OperationKind kind,
                               const std::string& business_no) {
  if (business_no.empty()) return nullptr;
  const auto found = std::find_if(
      guarantee.operations.begin(), guarantee.operations.end(),
      [&](const Operation& one) { return one.kind == kind && one.business_no == business_no; });
  return found == guarantee.operations.end() ? nullptr : &*found;
}

bool Holds(Guard guard, const Situation& situation) {
  return kChecks[static_cast<std::size_t>(guard)].holds(situation);
}

}  // namespace guarantee::order::letter
