#include "order/domain/build_event.h"

#include <algorithm>
#include <array>
#include <variant>
#include <vector>

namespace guarantee::order {
namespace {

template <typename T>
const T& Get(const Situation& s) {
  return std::get<T>(s.command);
}

DecisionHead HeadOrNone(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return head != nullptr ? *head : DecisionHead{};
}

bool PremiumHeld(const Order& order) {
  return order.premium && !order.premium->waived && !order.premium_refunded;
}

bool Had(const std::vector<UnixMillis>& earlier, UnixMillis value) {
  return std::find(earlier.begin(), earlier.end(), value) != earlier.end();
}

Event Accepted(const Rule&, const Situation& s) {
  const auto& apply = Get<Apply31>(s);
  return OrderAccepted{
      .partner = apply.partner,
      .order_no = apply.order_no,
      .business_no = apply.business_no,
      .amount = apply.amount,
      .applied_at = apply.applied_at,
      .received_at = apply.received_at,
      .purchase_deadline = apply.purchase_deadline,
      .open_time = apply.open_time,
      .basic_account_checked = apply.basic_account.checked,
      .opening_already_past =
          apply
              .open_time<apply.received_at, .deadline_after_opening = apply.purchase_deadline>
                  apply.open_time,
      .sensitive = {apply.sealed, apply.basic_account.bank, apply.basic_account.account}};
}

Event Spent(const Rule&, const Situation& s) {
  return RedirectSpent{s.now, Get<SpendRedirect>(s).visit_id};
}

Event Underwriting(const Rule&, const Situation& s) {
  UnderwritingStarted event{.at = s.now, .identified = false, .sensitive = {}};
  if (const auto* materials = std::get_if<CompleteMaterials>(&s.command)) {
    event.identified = true;
    event.sensitive.bidder = materials->bidder;
  }
  return event;
}

Event Identified(const Rule&, const Situation& s) {
  return BidderIdentified{s.now, {Get<CompleteMaterials>(s).bidder}};
}

Event Approved(const Rule&, const Situation& s) {
  const auto& approve = Get<Approve>(s);
  OrderApproved event{.decision_id = approve.decision.decision_id,
                      .decided_by = approve.decision.decided_by,
                      .at = s.now,
                      .quote = approve.quote,
                      .letter = approve.letter,
                      .sensitive = {approve.decision.reason, approve.guarantee_no, approve.payer}};
  if (approve.letter && !approve.letter->guarantee_no.empty()) {
    event.sensitive.guarantee_no = approve.letter->guarantee_no;
  }
  if (event.sensitive.payer) event.sensitive.payer->amount = approve.quote.premium;
  return event;
}

Event Requested(const Rule&, const Situation& s) {
  return PremiumRequested{s.order.quote.premium, s.order.quote.rate_ppm, s.order.purchase_deadline};
}

Event PremiumTaken(const Rule&, const Situation& s) {
  const auto* received = std::get_if<PremiumReceived>(&s.command);
  Payment payment = received != nullptr ? received->payment : *s.order.declared_payer;
  if (received != nullptr) payment.waived = false;  // what arrived is money
  return PremiumAccepted{payment.amount, payment.arrived_at, payment.waived, {payment}};
}

Event Returned(const Rule& rule, const Situation& s) {
  const Payment& payment = Get<PremiumReceived>(s).payment;
  return PaymentReturned{payment.amount, payment.arrived_at, rule.reason, {payment}};
}

Event CreditAsked(const Rule&, const Situation& s) {
  return CreditRequested{s.order.amount, s.now + s.policy.credit_answer_ms,
                         s.order.credit == CreditState::kAsked};
}
Event CreditHeld(const Rule&, const Situation& s) { return CreditSecured{s.order.amount}; }
Event CreditDeny(const Rule&, const Situation& s) {
  return CreditDenied{s.now, {Get<CreditRefused>(s).reason}};
}
Event CreditFree(const Rule&, const Situation& s) { return CreditReleased{s.order.amount}; }

Event Issuing(const Rule&, const Situation& s) {
  return IssuingStarted{s.order.guarantee_no, s.now};
}
Event LetterAsked(const Rule&, const Situation& s) {
  return LetterRequested{s.order.guarantee_no, s.order.letter_attempt + 1, s.now};
}
Event LetterLost(const Rule&, const Situation& s) {
  const auto& failed = Get<LetterFailed>(s);
  return LetterAttemptFailed{failed.attempt, s.now + s.policy.letter_retry_ms, {failed.reason}};
}

Event Issued(const Rule&, const Situation& s) {
  const auto* ready = std::get_if<LetterReady>(&s.command);
  Letter letter = ready != nullptr ? ready->letter : *s.order.offered_letter;
  if (letter.guarantee_no.empty()) letter.guarantee_no = s.order.guarantee_no;
  return LetterIssued{.letter = letter,
                      .amount = s.order.amount,
                      .premium = s.order.quote.premium,
                      .rate_ppm = s.order.quote.rate_ppm,
                      .open_time = s.order.open_time,
                      .at = s.now};
}

Event Acknowledged(const Rule&, const Situation& s) {
  return IssueAcknowledged{Get<IssueNoticeAccepted>(s).accepted_at};
}
Event Undelivered(const Rule&, const Situation& s) {
  return IssueUndelivered{Get<IssueNoticeExpired>(s).expired_at};
}

Event Rejected(const Rule& rule, const Situation& s) {
  const DecisionHead head = HeadOrNone(s);
  return OrderRejected{rule.reason, head.decision_id, head.decided_by, s.now, {head.reason}};
}

Event CancelAsked(const Rule&, const Situation& s) {
  const auto& cancel = Get<Cancel>(s);
  return CancelRequested{cancel.received_at, {cancel.apply_no, cancel.remark}};
}

Event Cancelled(const Rule&, const Situation& s) {
  const DecisionHead head = HeadOrNone(s);
  return OrderCancelled{head.decision_id, head.decided_by, s.now, PremiumHeld(s.order),
                        s.order.credit == CreditState::kReserved};
}

Event Declined(const Rule&, const Situation& s) {
  const DecisionHead head = HeadOrNone(s);
  return CancelDeclined{head.decision_id, head.decided_by, s.now, {head.reason}};
}

Event Lapsed(const Rule& rule, const Situation& s) {
  return OrderLapsed{rule.reason, s.now, PremiumHeld(s.order),
                     s.order.credit == CreditState::kReserved};
}

Event OpenMoved(const Rule&, const Situation& s) {
  const auto& change = Get<OpenTimeChanged>(s);
  return OpenTimeMoved{s.order.open_time, change.open_time, change.received_at,
                       Had(s.order.earlier_open_times, change.open_time)};
}
Event DeadlineSet(const Rule&, const Situation& s) {
  const auto& change = Get<DeadlineChanged>(s);
  return DeadlineMoved{s.order.purchase_deadline, change.purchase_deadline, change.received_at,
                       Had(s.order.earlier_deadlines, change.purchase_deadline)};
}

Event Denied(const Rule& rule, const Situation& s) {
  const DecisionHead head = HeadOrNone(s);
  return DecisionRefused{head.decision_id, head.decided_by, rule.reason, s.now};
}

Event Applied(const Rule&, const Situation& s) {
  const DecisionHead head = HeadOrNone(s);
  return DecisionApplied{head.decision_id, head.decided_by, s.now};
}

using Builder = Event (*)(const Rule&, const Situation&);

// In the order of EventKind.
constexpr std::array<Builder, kEventCount> kBuilders = {
    Accepted,   Spent,       Underwriting, Identified,  Approved,   Requested,   PremiumTaken,
    Returned,   CreditAsked, CreditHeld,   CreditDeny,  CreditFree, Issuing,     LetterAsked,
    LetterLost, Issued,      Acknowledged, Undelivered, Rejected,   CancelAsked, Cancelled,
    Declined,   Lapsed,      OpenMoved,    DeadlineSet, Denied,     Applied};
static_assert(kBuilders.back() != nullptr);

}  // namespace

Event BuildEvent(EventKind kind, const Rule& rule, const Situation& situation) {
  return kBuilders[static_cast<std::size_t>(kind)](rule, situation);
}

}  // namespace guarantee::order
