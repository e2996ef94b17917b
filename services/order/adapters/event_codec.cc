#include "order/adapters/event_codec.h"

#include "guarantee/event/v1/order.pb.h"
#include "order/adapters/order_codec.h"

namespace guarantee::order {
namespace {

namespace event = guarantee::event::v1;
using Pointer = std::unique_ptr<google::protobuf::Message>;

std::string Word(RefusalCode code) { return std::string(FactsOf(code).word); }

// One overload an event; the head is common to all.
class Encoder {
 public:
  Encoder(const Order& after, UnixMillis at) : after_(after), at_(at) {}

  Pointer operator()(const OrderAccepted& fact) const {
    auto out = New<event::OrderAccepted>(fact.received_at);
    out->set_amount_fen(fact.amount.fen);
    out->set_received_at(fact.received_at.value);
    out->set_purchase_deadline(fact.purchase_deadline.value);
    out->set_open_time(fact.open_time.value);
    out->set_basic_account_checked(fact.basic_account_checked);
    out->set_opening_already_past(fact.opening_already_past);
    out->set_deadline_after_opening(fact.deadline_after_opening);
    return out;
  }
  Pointer operator()(const RedirectSpent& fact) const {
    return New<event::OrderRedirectSpent>(fact.at);
  }
  Pointer operator()(const UnderwritingStarted& fact) const {
    auto out = New<event::OrderUnderwritingStarted>(fact.at);
    out->set_identified(fact.identified);
    return out;
  }
  Pointer operator()(const BidderIdentified& fact) const {
    return New<event::OrderBidderIdentified>(fact.at);
  }
  Pointer operator()(const OrderApproved& fact) const {
    auto out = New<event::OrderApproved>(fact.at);
    out->set_decision_id(fact.decision_id);
    out->set_decided_by(fact.decided_by);
    out->set_premium_fen(fact.quote.premium.fen);
    out->set_rate_ppm(fact.quote.rate_ppm);
    return out;
  }
  Pointer operator()(const PremiumRequested& fact) const {
    auto out = New<event::OrderPremiumRequested>(at_);
    out->set_premium_fen(fact.premium.fen);
    out->set_rate_ppm(fact.rate_ppm);
    out->set_purchase_deadline(fact.purchase_deadline.value);
    return out;
  }
  Pointer operator()(const PremiumAccepted& fact) const {
    auto out = New<event::OrderPremiumAccepted>(at_);
    out->set_amount_fen(fact.amount.fen);
    out->set_arrived_at(fact.arrived_at.value);
    out->set_waived(fact.waived);
    return out;
  }
  Pointer operator()(const PaymentReturned& fact) const {
    auto out = New<event::OrderPaymentReturned>(at_);
    out->set_amount_fen(fact.amount.fen);
    out->set_arrived_at(fact.arrived_at.value);
    out->set_reason(Word(fact.reason));
    return out;
  }
  Pointer operator()(const CreditRequested& fact) const {
    auto out = New<event::OrderCreditRequested>(at_);
    out->set_amount_fen(fact.amount.fen);
    out->set_answer_due(fact.answer_due.value);
    out->set_again(fact.again);
    return out;
  }
  Pointer operator()(const CreditSecured& fact) const {
    auto out = New<event::OrderCreditSecured>(at_);
    out->set_amount_fen(fact.amount.fen);
    return out;
  }
  Pointer operator()(const CreditDenied& fact) const {
    return New<event::OrderCreditDenied>(fact.at);
  }
  Pointer operator()(const CreditReleased& fact) const {
    auto out = New<event::OrderCreditReleased>(at_);
    out->set_amount_fen(fact.amount.fen);
    return out;
  }
  Pointer operator()(const IssuingStarted& fact) const {
    auto out = New<event::OrderIssuingStarted>(fact.at);
    out->set_guarantee_no(fact.guarantee_no);
    return out;
  }
  Pointer operator()(const LetterRequested& fact) const {
    auto out = New<event::OrderLetterRequested>(fact.at);
    out->set_guarantee_no(fact.guarantee_no);
    out->set_attempt(fact.attempt);
    out->set_amount_fen(after_.amount.fen);
    return out;
  }
  Pointer operator()(const LetterAttemptFailed& fact) const {
    auto out = New<event::OrderLetterAttemptFailed>(at_);
    out->set_attempt(fact.attempt);
    out->set_retry_due(fact.retry_due.value);
    return out;
  }
  Pointer operator()(const LetterIssued& fact) const {
    auto out = New<event::OrderLetterIssued>(fact.at);
    event::LetterFacts& letter = *out->mutable_letter();
    letter.set_guarantee_no(fact.letter.guarantee_no);
    letter.set_sha256(fact.letter.sha256);
    letter.set_size_bytes(fact.letter.size_bytes);
    letter.set_media_type(fact.letter.media_type);
    letter.set_generated_at(fact.letter.generated_at.value);
    letter.set_valid_begin(fact.letter.valid_begin.value);
    letter.set_valid_end(fact.letter.valid_end.value);
    out->set_amount_fen(fact.amount.fen);
    out->set_premium_fen(fact.premium.fen);
    out->set_rate_ppm(fact.rate_ppm);
    out->set_open_time(fact.open_time.value);
    return out;
  }
  Pointer operator()(const IssueAcknowledged& fact) const {
    return New<event::OrderIssueAcknowledged>(fact.at);
  }
  Pointer operator()(const IssueUndelivered& fact) const {
    return New<event::OrderIssueUndelivered>(fact.at);
  }
  Pointer operator()(const OrderRejected& fact) const {
    auto out = New<event::OrderRejected>(fact.at);
    out->set_reason(Word(fact.reason));
    out->set_decision_id(fact.decision_id);
    out->set_decided_by(fact.decided_by);
    return out;
  }
  Pointer operator()(const CancelRequested& fact) const {
    auto out = New<event::OrderCancelRequested>(fact.received_at);
    out->set_received_at(fact.received_at.value);
    return out;
  }
  Pointer operator()(const OrderCancelled& fact) const {
    auto out = New<event::OrderCancelled>(fact.at);
    out->set_decision_id(fact.decision_id);
    out->set_decided_by(fact.decided_by);
    out->set_premium_refunded(fact.premium_refunded);
    out->set_credit_released(fact.credit_released);
    return out;
  }
  Pointer operator()(const CancelDeclined& fact) const {
    auto out = New<event::OrderCancelDeclined>(fact.at);
    out->set_decision_id(fact.decision_id);
    out->set_decided_by(fact.decided_by);
    return out;
  }
  Pointer operator()(const OrderLapsed& fact) const {
    auto out = New<event::OrderLapsed>(fact.at);
    out->set_reason(Word(fact.reason));
    out->set_premium_refunded(fact.premium_refunded);
    out->set_credit_released(fact.credit_released);
    return out;
  }
  Pointer operator()(const OpenTimeMoved& fact) const {
    auto out = New<event::OrderOpenTimeMoved>(fact.received_at);
    out->set_from(fact.from.value);
    out->set_to(fact.to.value);
    out->set_returned(fact.returned);
    return out;
  }
  Pointer operator()(const DeadlineMoved& fact) const {
    auto out = New<event::OrderDeadlineMoved>(fact.received_at);
    out->set_from(fact.from.value);
    out->set_to(fact.to.value);
    out->set_returned(fact.returned);
    return out;
  }
  Pointer operator()(const DecisionApplied& fact) const {
    auto out = New<event::OrderDecisionApplied>(fact.at);
    out->set_decision_id(fact.decision_id);
    out->set_decided_by(fact.decided_by);
    return out;
  }
  Pointer operator()(const DecisionRefused& fact) const {
    auto out = New<event::OrderDecisionRefused>(fact.at);
    out->set_decision_id(fact.decision_id);
    out->set_decided_by(fact.decided_by);
    out->set_reason(Word(fact.reason));
    out->set_text(std::string(FactsOf(fact.reason).text));
    return out;
  }

 private:
  template <typename Fact>
  std::unique_ptr<Fact> New(UnixMillis at) const {
    auto fact = std::make_unique<Fact>();
    event::OrderHead& head = *fact->mutable_order();
    head.set_order_no(after_.order_no);
    head.set_business_no(after_.business_no);
    head.set_revision(after_.revision);
    head.set_at(at.value);
    head.set_state(std::string(StateWord(after_.state)));
    return fact;
  }

  const Order& after_;
  const UnixMillis at_;
};

}  // namespace

Pointer PublicEvent(const Event& event, const Order& after, UnixMillis at) {
  return std::visit(Encoder(after, at), event);
}

}  // namespace guarantee::order
