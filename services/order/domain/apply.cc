#include <algorithm>
#include <utility>

#include "order/domain/events.h"

namespace guarantee::order {
namespace {

template <typename T>
void Remember(std::vector<T>& memory, T value, std::size_t max) {
  if (memory.size() >= max) memory.erase(memory.begin());
  memory.push_back(std::move(value));
}

void RememberPayment(Order& order, const std::string& reference) {
  if (!reference.empty()) Remember(order.payment_references, reference, kRememberedPaymentsMax);
}

void RecordDecision(Order& order, const std::string& decision_id, RefusalCode refusal) {
  machine::RecordDecision(order.decisions, decision_id, refusal);
}

void End(Order& order, State state, RefusalCode reason) {
  order.state = state;
  order.end_reason = reason;
  order.credit_answer_due.reset();
  order.letter_retry_due.reset();
}

void GiveBack(Order& order, bool premium_refunded, bool credit_released) {
  order.premium_refunded = order.premium_refunded || premium_refunded;
  if (credit_released) order.credit = CreditState::kReleased;
}

void On(Order& order, const OrderAccepted& event) {
  const std::int64_t revision = order.revision;
  order = Order{};
  order.revision = revision;
  order.terms_revision = revision;
  order.state = State::kAccepted;
  order.partner = event.partner;
  order.order_no = event.order_no;
  order.business_no = event.business_no;
  order.amount = event.amount;
  order.applied_at = event.applied_at;
  order.received_at = event.received_at;
  order.purchase_deadline = event.purchase_deadline;
  order.open_time = event.open_time;
  order.sealed = event.sensitive.sealed;
  order.basic_account = {event.basic_account_checked, event.sensitive.basic_bank,
                         event.sensitive.basic_account};
}

void On(Order& order, const RedirectSpent& event) {
  order.redirect_spent_at = event.at;
  order.redirect_visit_id = event.visit_id;
}

void On(Order& order, const UnderwritingStarted& event) {
  order.state = State::kUnderwriting;
  if (!event.identified) return;
  order.bidder = event.sensitive.bidder;
  order.terms_revision = order.revision;
}

void On(Order& order, const BidderIdentified& event) {
  order.bidder = event.sensitive.bidder;
  order.terms_revision = order.revision;
}

void On(Order& order, const OrderApproved& event) {
  order.state = State::kAwaitPremium;
  order.decided_by = event.decided_by;
  order.decision_reason = event.sensitive.reason;
  order.quote = event.quote;
  order.guarantee_no = event.sensitive.guarantee_no;
  order.declared_payer = event.sensitive.payer;
  order.offered_letter = event.letter;
  RecordDecision(order, event.decision_id, RefusalCode::kNone);
}

void On(Order&, const PremiumRequested&) {}

void On(Order& order, const PremiumAccepted& event) {
  order.state = State::kPremiumReceived;
  order.premium = event.sensitive.payment;
  RememberPayment(order, event.sensitive.payment.reference);
}

void On(Order& order, const PaymentReturned& event) {
  RememberPayment(order, event.sensitive.payment.reference);
}

void On(Order& order, const CreditRequested& event) {
  order.credit = CreditState::kAsked;
  order.credit_answer_due = event.answer_due;
}

void On(Order& order, const CreditSecured&) {
  order.credit = CreditState::kReserved;
  order.credit_answer_due.reset();
}

void On(Order& order, const CreditDenied&) {
  order.credit = CreditState::kDenied;
  order.credit_answer_due.reset();
}

void On(Order& order, const CreditReleased&) { order.credit = CreditState::kReleased; }

void On(Order& order, const IssuingStarted& event) {
  order.state = State::kIssuing;
  order.guarantee_no = event.guarantee_no;
}

void On(Order& order, const LetterRequested& event) {
  order.letter_attempt = event.attempt;
  order.letter_retry_due.reset();
}

void On(Order& order, const LetterAttemptFailed& event) {
  order.letter_retry_due = event.retry_due;
}

void On(Order& order, const LetterIssued& event) {
  order.state = State::kIssued;
  order.letter = event.letter;
  order.guarantee_no = event.letter.guarantee_no;
  order.issued_at = event.at;
  order.letter_retry_due.reset();
}

void On(Order& order, const IssueAcknowledged& event) { order.issue_acknowledged_at = event.at; }
void On(Order& order, const IssueUndelivered& event) { order.issue_notice_expired_at = event.at; }

void On(Order& order, const OrderRejected& event) {
  End(order, State::kRejected, event.reason);
  order.decided_by = event.decided_by;
  order.decision_reason = event.sensitive.reason;
  RecordDecision(order, event.decision_id, RefusalCode::kNone);
}

void On(Order& order, const CancelRequested& event) {
  order.cancel_request =
      CancelRequest{event.sensitive.apply_no, event.sensitive.remark, event.received_at, false};
}

void On(Order& order, const OrderCancelled& event) {
  End(order, State::kCancelled, RefusalCode::kNone);
  GiveBack(order, event.premium_refunded, event.credit_released);
  RecordDecision(order, event.decision_id, RefusalCode::kNone);
}

void On(Order& order, const CancelDeclined& event) {
  if (order.cancel_request) order.cancel_request->declined = true;
  RecordDecision(order, event.decision_id, RefusalCode::kNone);
}

void On(Order& order, const OrderLapsed& event) {
  End(order, State::kLapsed, event.reason);
  GiveBack(order, event.premium_refunded, event.credit_released);
}

void On(Order& order, const OpenTimeMoved& event) {
  Remember(order.earlier_open_times, event.from, kRememberedTimesMax);
  order.open_time = event.to;
  order.open_time_received_at = event.received_at;
  order.terms_revision = order.revision;
}

void On(Order& order, const DeadlineMoved& event) {
  Remember(order.earlier_deadlines, event.from, kRememberedTimesMax);
  order.purchase_deadline = event.to;
  order.deadline_received_at = event.received_at;
  order.terms_revision = order.revision;
}

void On(Order& order, const DecisionApplied& event) {
  RecordDecision(order, event.decision_id, RefusalCode::kNone);
}

void On(Order& order, const DecisionRefused& event) {
  if (event.reason == RefusalCode::kTooManyDecisions) return;
  RecordDecision(order, event.decision_id, event.reason);
}

}  // namespace

Order Apply(Order order, const Event& event) {
  ++order.revision;
  std::visit([&order](const auto& fact) { On(order, fact); }, event);
  return order;
}

}  // namespace guarantee::order
