#include <algorithm>
#include <utility>

#include "order/domain/letter/events.h"

namespace guarantee::order::letter {
namespace {

template <typename T>
void Remember(std::vector<T>& memory, T value, std::size_t max) {
  if (memory.size() >= max) memory.erase(memory.begin());
  memory.push_back(std::move(value));
}

void RecordDecision(Guarantee& guarantee, const std::string& decision_id) {
  machine::RecordDecision(guarantee.decisions, decision_id, RefusalCode::kNone);
}

void Answer(Guarantee& guarantee, OperationKind kind, const std::string& business_no,
            OperationOutcome outcome, const std::string& withdraw_reason = {}) {
  Remember(guarantee.operations, Operation{kind, business_no, outcome, withdraw_reason},
           kRememberedOperationsMax);
}

void End(Guarantee& guarantee, State state, bool credit_released) {
  guarantee.state = state;
  guarantee.terms_revision = guarantee.revision;
  if (credit_released) guarantee.credit.reserved = false;
}

// An operation that was refused at once leaves the one on file alone.
void FinishRefund(Guarantee& guarantee, const std::string& business_no, RefundStatus status) {
  if (RefundPending(guarantee) && guarantee.refund->business_no == business_no) {
    guarantee.refund->status = status;
  }
}

void FinishCancellation(Guarantee& guarantee, const std::string& business_no,
                        CancellationStatus status) {
  const bool open = CancellationPending(guarantee) || ProposalOpen(guarantee);
  if (!open || guarantee.cancellation->business_no != business_no) return;
  guarantee.cancellation->status = status;
  guarantee.cancellation->answer_due.reset();
}

void On(Guarantee& guarantee, const GuaranteeIssued& event) {
  const std::int64_t revision = guarantee.revision;
  guarantee = Guarantee{};
  guarantee.revision = revision;
  guarantee.terms_revision = revision;
  guarantee.state = State::kSealed;
  guarantee.partner = event.partner;
  guarantee.guarantee_no = event.guarantee_no;
  guarantee.order_no = event.order_no;
  guarantee.order_flow = event.sensitive.order_flow;
  guarantee.amount = event.amount;
  guarantee.available = event.amount;
  guarantee.issued_at = event.at;
  guarantee.valid_begin = event.valid_begin;
  guarantee.valid_end = event.valid_end;
  guarantee.open_time = event.open_time;
  guarantee.purchase_deadline = event.purchase_deadline;
  guarantee.sealed_letter = event.sealed_letter;
  guarantee.premium = event.sensitive.premium;
  guarantee.credit = event.sensitive.credit;
}

void On(Guarantee& guarantee, const IssueAcknowledged& event) {
  guarantee.issue_acknowledged_at = event.at;
}

void On(Guarantee& guarantee, const GuaranteeRestored& event) {
  if (guarantee.state == State::kSealed) guarantee.state = State::kRestored;
  guarantee.restore = Restore{event.sensitive.names, event.sensitive.key_fingerprint, event.at};
  guarantee.restore_requests = {{event.business_no, event.received_at}};
  guarantee.terms_revision = guarantee.revision;
}

void On(Guarantee& guarantee, const PlainLetterAsked& event) {
  RecordDecision(guarantee, event.decision_id);
  if (!event.again) {
    const RestoreRequest request{event.business_no, event.received_at.value_or(event.at)};
    return Remember(guarantee.restore_requests, request, kRememberedRestoresMax);
  }
  if (!event.received_at) return;
  for (RestoreRequest& one : guarantee.restore_requests) {
    if (one.business_no == event.business_no) one.received_at = *event.received_at;
  }
}

void On(Guarantee& guarantee, const PlainLetterReceived& event) {
  guarantee.plain_letter = event.letter;
  RecordDecision(guarantee, event.decision_id);
}

void On(Guarantee& guarantee, const PlainLetterAcknowledged& event) {
  guarantee.plain_acknowledged_at = event.at;
}

void On(Guarantee& guarantee, const RefundRequested& event) {
  guarantee.refund = Refund{event.business_no, event.sensitive.reason, RefundStatus::kRequested,
                            event.received_at, std::nullopt,           std::nullopt};
  guarantee.terms_revision = guarantee.revision;
}

void On(Guarantee& guarantee, const RefundRefused& event) {
  FinishRefund(guarantee, event.business_no, RefundStatus::kRefused);
  Answer(guarantee, OperationKind::kRefund, event.business_no, OperationOutcome::kRefused);
  RecordDecision(guarantee, event.decision_id);
}

void On(Guarantee& guarantee, const RefundWithdrawn& event) {
  FinishRefund(guarantee, event.business_no, RefundStatus::kWithdrawn);
  Answer(guarantee, OperationKind::kRefund, event.business_no, OperationOutcome::kWithdrawn,
         event.sensitive.reason);
}

void On(Guarantee& guarantee, const GuaranteeRefunded& event) {
  End(guarantee, State::kRefunded, event.credit_released);
  FinishRefund(guarantee, event.business_no, RefundStatus::kApproved);
  Answer(guarantee, OperationKind::kRefund, event.business_no, OperationOutcome::kDone);
  guarantee.premium_returned = guarantee.premium_returned || event.premium_returned;
  RecordDecision(guarantee, event.decision_id);
}

void On(Guarantee& guarantee, const RefundAcknowledged& event) {
  if (guarantee.refund) guarantee.refund->notice_accepted_at = event.at;
}
void On(Guarantee& guarantee, const RefundUndelivered& event) {
  if (guarantee.refund) guarantee.refund->notice_expired_at = event.at;
}

void On(Guarantee& guarantee, const CancellationRequested& event) {
  guarantee.cancellation = Cancellation{.business_no = event.business_no,
                                        .reason = event.sensitive.reason,
                                        .own = false,
                                        .status = CancellationStatus::kRequested,
                                        .requested_at = event.received_at,
                                        .sent_at = std::nullopt,
                                        .answer_due = std::nullopt,
                                        .overdue = false};
  guarantee.terms_revision = guarantee.revision;
}

void On(Guarantee& guarantee, const CancellationRefused& event) {
  FinishCancellation(guarantee, event.business_no, CancellationStatus::kRefused);
  Answer(guarantee, OperationKind::kCancellation, event.business_no, OperationOutcome::kRefused);
  RecordDecision(guarantee, event.decision_id);
}

void On(Guarantee& guarantee, const CancellationWithdrawn& event) {
  FinishCancellation(guarantee, event.business_no, CancellationStatus::kWithdrawn);
  Answer(guarantee, OperationKind::kCancellation, event.business_no, OperationOutcome::kWithdrawn,
         event.sensitive.reason);
}

void On(Guarantee& guarantee, const CancellationSettled& event) {
  FinishCancellation(guarantee, event.business_no, CancellationStatus::kDone);
  Answer(guarantee, OperationKind::kCancellation, event.business_no, OperationOutcome::kDone);
}

void On(Guarantee& guarantee, const GuaranteeCancelled& event) {
  End(guarantee, State::kCancelled, event.credit_released);
  FinishCancellation(guarantee, event.business_no, CancellationStatus::kDone);
  Answer(guarantee, event.own ? OperationKind::kProposal : OperationKind::kCancellation,
         event.business_no, OperationOutcome::kDone);
  RecordDecision(guarantee, event.decision_id);
}

void On(Guarantee& guarantee, const CancellationProposed& event) {
  guarantee.cancellation = Cancellation{.business_no = event.business_no,
                                        .reason = event.sensitive.reason,
                                        .own = true,
                                        .status = CancellationStatus::kProposed,
                                        .requested_at = event.at,
                                        .sent_at = std::nullopt,
                                        .answer_due = std::nullopt,
                                        .overdue = false};
  guarantee.terms_revision = guarantee.revision;
  RecordDecision(guarantee, event.decision_id);
}

void On(Guarantee& guarantee, const ProposalSent& event) {
  if (!guarantee.cancellation) return;
  guarantee.cancellation->sent_at = event.at;
  guarantee.cancellation->answer_due = event.answer_due;
}
void On(Guarantee& guarantee, const ProposalConsented&) {
  if (guarantee.cancellation) guarantee.cancellation->status = CancellationStatus::kConsented;
}
void On(Guarantee& guarantee, const ProposalOverdue&) {
  if (!guarantee.cancellation) return;
  guarantee.cancellation->answer_due.reset();
  guarantee.cancellation->overdue = true;
}
void On(Guarantee& guarantee, const ProposalClosed& event) {
  FinishCancellation(guarantee, event.business_no, CancellationStatus::kClosed);
  Answer(guarantee, OperationKind::kProposal, event.business_no, OperationOutcome::kRefused);
  RecordDecision(guarantee, event.decision_id);
}

void On(Guarantee& guarantee, const ClaimHeld& event) {
  guarantee.hold = ClaimHold{event.business_no, event.received_at};
  guarantee.terms_revision = guarantee.revision;
}

void On(Guarantee& guarantee, const ClaimPaymentRecorded& event) {
  guarantee.available = event.available;
  Remember(guarantee.payment_references, event.reference, kRememberedPaymentsMax);
  if (event.paid_out) End(guarantee, State::kPaid, event.credit_released);
}

void On(Guarantee& guarantee, const ClaimReleased& event) {
  guarantee.hold.reset();
  Answer(guarantee, OperationKind::kClaim, event.business_no, OperationOutcome::kDone);
}

void On(Guarantee& guarantee, const GuaranteeExpired& event) {
  End(guarantee, State::kExpired, event.credit_released);
}

void On(Guarantee& guarantee, const OpenTimeMoved& event) {
  guarantee.open_time = event.to;
  guarantee.terms_revision = guarantee.revision;
}
void On(Guarantee& guarantee, const DeadlineMoved& event) {
  guarantee.purchase_deadline = event.to;
  guarantee.terms_revision = guarantee.revision;
}

void On(Guarantee& guarantee, const DecisionRefused& event) {
  if (event.reason == RefusalCode::kTooManyDecisions) return;
  machine::RecordDecision(guarantee.decisions, event.decision_id, event.reason);
}

}  // namespace

Guarantee Apply(Guarantee guarantee, const Event& event) {
  ++guarantee.revision;
  std::visit([&guarantee](const auto& fact) { On(guarantee, fact); }, event);
  return guarantee;
}

}  // namespace guarantee::order::letter
