#include "order/adapters/order_codec.h"

#include <algorithm>

#include "guarantee/store/v1/order.pb.h"

namespace guarantee::order {
namespace {

namespace store = guarantee::store::v1;

void Write(const Payment& from, store::Payment& to) {
  to.set_payer_name(from.payer_name);
  to.set_payer_account(from.payer_account);
  to.set_amount_fen(from.amount.fen);
  to.set_arrived_at(from.arrived_at.value);
  to.set_reference(from.reference);
  to.set_waived(from.waived);
}

Payment Read(const store::Payment& from) {
  return {from.payer_name(),   from.payer_account(), {from.amount_fen()},
          {from.arrived_at()}, from.reference(),     from.waived()};
}

void Write(const Letter& from, store::Letter& to) {
  to.set_guarantee_no(from.guarantee_no);
  to.set_sha256(from.sha256);
  to.set_size_bytes(from.size_bytes);
  to.set_media_type(from.media_type);
  to.set_generated_at(from.generated_at.value);
  to.set_valid_begin(from.valid_begin.value);
  to.set_valid_end(from.valid_end.value);
}

Letter Read(const store::Letter& from) {
  return {from.guarantee_no(),   from.sha256(),        from.size_bytes(), from.media_type(),
          {from.generated_at()}, {from.valid_begin()}, {from.valid_end()}};
}

void Write(const SealedFields& from, store::SealedFields& to) {
  to.set_bidder_name(from.bidder_name);
  to.set_bidder_code(from.bidder_code);
  to.set_project_name(from.project_name);
  to.set_project_number(from.project_number);
  to.set_section_number(from.section_number);
  to.set_section_name(from.section_name);
  to.set_tenderee_name(from.tenderee_name);
  to.set_tenderee_code(from.tenderee_code);
}

SealedFields Read(const store::SealedFields& from) {
  return {from.bidder_name(),    from.bidder_code(),  from.project_name(),  from.project_number(),
          from.section_number(), from.section_name(), from.tenderee_name(), from.tenderee_code()};
}

void Write(const std::optional<UnixMillis>& from, store::OptionalTime* (store::Order::*field)(),
           store::Order& to) {
  if (from) (to.*field)()->set_at(from->value);
}

std::optional<UnixMillis> Read(bool present, const store::OptionalTime& time) {
  if (!present) return std::nullopt;
  return UnixMillis{time.at()};
}

void WriteTerms(const Order& order, store::Order& to) {
  to.set_partner(order.partner);
  to.set_order_no(order.order_no);
  to.set_business_no(order.business_no);
  to.set_amount_fen(order.amount.fen);
  to.set_applied_at(order.applied_at.value);
  to.set_received_at(order.received_at.value);
  to.set_purchase_deadline(order.purchase_deadline.value);
  to.set_open_time(order.open_time.value);
  Write(order.sealed, *to.mutable_sealed());
  to.set_basic_account_checked(order.basic_account.checked);
  to.set_basic_account_bank(order.basic_account.bank);
  to.set_basic_account(order.basic_account.account);
  for (const UnixMillis at : order.earlier_deadlines) to.add_earlier_deadlines(at.value);
  for (const UnixMillis at : order.earlier_open_times) to.add_earlier_open_times(at.value);
  to.set_open_time_received_at(order.open_time_received_at.value);
  to.set_deadline_received_at(order.deadline_received_at.value);
}

void WriteDecisions(const Order& order, store::Order& to) {
  to.set_decided_by(order.decided_by);
  to.set_decision_reason(order.decision_reason);
  for (const DecisionRecord& decision : order.decisions) {
    store::DecisionRecord& record = *to.add_decisions();
    record.set_decision_id(decision.decision_id);
    record.set_refusal(std::string(FactsOf(decision.refusal).word));
  }
  to.set_premium_quoted_fen(order.quote.premium.fen);
  to.set_rate_ppm(order.quote.rate_ppm);
  to.set_guarantee_no(order.guarantee_no);
  if (order.declared_payer) Write(*order.declared_payer, *to.mutable_declared_payer());
  if (order.offered_letter) Write(*order.offered_letter, *to.mutable_offered_letter());
  if (order.bidder) {
    to.mutable_bidder()->set_name(order.bidder->name);
    to.mutable_bidder()->set_code(order.bidder->code);
  }
}

void WriteProgress(const Order& order, store::Order& to) {
  Write(order.redirect_spent_at, &store::Order::mutable_redirect_spent_at, to);
  to.set_redirect_visit_id(order.redirect_visit_id);
  if (order.premium) Write(*order.premium, *to.mutable_premium());
  to.set_premium_refunded(order.premium_refunded);
  for (const std::string& reference : order.payment_references) {
    to.add_payment_references(reference);
  }
  to.set_credit(static_cast<int>(order.credit));
  Write(order.credit_answer_due, &store::Order::mutable_credit_answer_due, to);
  to.set_letter_attempt(order.letter_attempt);
  Write(order.letter_retry_due, &store::Order::mutable_letter_retry_due, to);
  if (order.letter) Write(*order.letter, *to.mutable_letter());
  Write(order.issued_at, &store::Order::mutable_issued_at, to);
  Write(order.issue_acknowledged_at, &store::Order::mutable_issue_acknowledged_at, to);
  Write(order.issue_notice_expired_at, &store::Order::mutable_issue_notice_expired_at, to);
  if (order.cancel_request) {
    store::CancelRequest& request = *to.mutable_cancel_request();
    request.set_apply_no(order.cancel_request->apply_no);
    request.set_remark(order.cancel_request->remark);
    request.set_received_at(order.cancel_request->received_at.value);
    request.set_declined(order.cancel_request->declined);
  }
  to.set_end_reason(std::string(FactsOf(order.end_reason).word));
}

void ReadTerms(const store::Order& from, Order& order) {
  order.partner = from.partner();
  order.order_no = from.order_no();
  order.business_no = from.business_no();
  order.amount = {from.amount_fen()};
  order.applied_at = {from.applied_at()};
  order.received_at = {from.received_at()};
  order.purchase_deadline = {from.purchase_deadline()};
  order.open_time = {from.open_time()};
  order.sealed = Read(from.sealed());
  order.basic_account = {from.basic_account_checked(), from.basic_account_bank(),
                         from.basic_account()};
  for (const std::int64_t at : from.earlier_deadlines()) order.earlier_deadlines.push_back({at});
  for (const std::int64_t at : from.earlier_open_times()) order.earlier_open_times.push_back({at});
  order.open_time_received_at = {from.open_time_received_at()};
  order.deadline_received_at = {from.deadline_received_at()};
}

void ReadDecisions(const store::Order& from, Order& order) {
  order.decided_by = from.decided_by();
  order.decision_reason = from.decision_reason();
  for (const store::DecisionRecord& record : from.decisions()) {
    order.decisions.push_back({record.decision_id(), RefusalOfWord(record.refusal())});
  }
  order.quote = {{from.premium_quoted_fen()}, from.rate_ppm()};
  order.guarantee_no = from.guarantee_no();
  if (from.has_declared_payer()) order.declared_payer = Read(from.declared_payer());
  if (from.has_offered_letter()) order.offered_letter = Read(from.offered_letter());
  if (from.has_bidder()) order.bidder = Identity{from.bidder().name(), from.bidder().code()};
}

void ReadProgress(const store::Order& from, Order& order) {
  order.redirect_spent_at = Read(from.has_redirect_spent_at(), from.redirect_spent_at());
  order.redirect_visit_id = from.redirect_visit_id();
  if (from.has_premium()) order.premium = Read(from.premium());
  order.premium_refunded = from.premium_refunded();
  order.payment_references.assign(from.payment_references().begin(),
                                  from.payment_references().end());
  order.credit = static_cast<CreditState>(from.credit());
  order.credit_answer_due = Read(from.has_credit_answer_due(), from.credit_answer_due());
  order.letter_attempt = from.letter_attempt();
  order.letter_retry_due = Read(from.has_letter_retry_due(), from.letter_retry_due());
  if (from.has_letter()) order.letter = Read(from.letter());
  order.issued_at = Read(from.has_issued_at(), from.issued_at());
  order.issue_acknowledged_at =
      Read(from.has_issue_acknowledged_at(), from.issue_acknowledged_at());
  order.issue_notice_expired_at =
      Read(from.has_issue_notice_expired_at(), from.issue_notice_expired_at());
  if (from.has_cancel_request()) {
    const store::CancelRequest& request = from.cancel_request();
    order.cancel_request = CancelRequest{
        request.apply_no(), request.remark(), {request.received_at()}, request.declined()};
  }
  order.end_reason = RefusalOfWord(from.end_reason());
}

}  // namespace

std::string SerializeOrder(const Order& order) {
  store::Order stored;
  stored.set_state(static_cast<int>(order.state));
  stored.set_revision(order.revision);
  stored.set_terms_revision(order.terms_revision);
  WriteTerms(order, stored);
  WriteDecisions(order, stored);
  WriteProgress(order, stored);
  return stored.SerializeAsString();
}

Result<Order> ParseOrder(std::string_view bytes) {
  store::Order stored;
  if (!stored.ParseFromArray(bytes.data(), static_cast<int>(bytes.size())) || stored.state() <= 0 ||
      stored.state() >= static_cast<int>(kStateCount)) {
    return Permanent("order.stored", "a stored order cannot be read");
  }
  Order order;
  order.state = static_cast<State>(stored.state());
  order.revision = stored.revision();
  order.terms_revision = stored.terms_revision();
  ReadTerms(stored, order);
  ReadDecisions(stored, order);
  ReadProgress(stored, order);
  return order;
}

std::string_view StateWord(State state) {
  switch (state) {
    case State::kNone:
      return "none";
    case State::kAccepted:
      return "accepted";
    case State::kUnderwriting:
      return "underwriting";
    case State::kAwaitPremium:
      return "await_premium";
    case State::kPremiumReceived:
      return "premium_received";
    case State::kIssuing:
      return "issuing";
    case State::kIssued:
      return "issued";
    case State::kRejected:
      return "rejected";
    case State::kCancelled:
      return "cancelled";
    case State::kLapsed:
      return "lapsed";
  }
  return "none";
}

RefusalCode RefusalOfWord(std::string_view word) {
  const auto found = std::find_if(kRefusals.begin(), kRefusals.end(),
                                  [word](const RefusalFacts& facts) { return facts.word == word; });
  return found == kRefusals.end() ? RefusalCode::kNone : found->code;
}

}  // namespace guarantee::order
