#include "order/adapters/guarantee_event_codec.h"

#include "guarantee/event/v1/guarantee.pb.h"
#include "order/adapters/guarantee_codec.h"

namespace guarantee::order::letter {
namespace {

namespace event = guarantee::event::v1;
using Pointer = std::unique_ptr<google::protobuf::Message>;

std::string Word(RefusalCode code) { return std::string(FactsOf(code).word); }

template <typename Fact>
void WriteBy(const Fact& fact, event::GuaranteeDecisionBy& to) {
  to.set_decision_id(fact.decision_id);
  to.set_decided_by(fact.decided_by);
}

void WriteFile(const LetterFile& file, event::GuaranteeFile& to) {
  to.set_sha256(file.sha256);
  to.set_size_bytes(file.size_bytes);
  to.set_media_type(file.media_type);
  to.set_generated_at(file.generated_at.value);
}

// One overload an event; the head is common to all.
class Encoder {
 public:
  Encoder(const Guarantee& after, UnixMillis at) : after_(after), at_(at) {}

  Pointer operator()(const GuaranteeIssued& fact) const {
    auto out = New<event::GuaranteeIssued>(fact.at);
    out->set_amount_fen(fact.amount.fen);
    out->set_valid_begin(fact.valid_begin.value);
    out->set_valid_end(fact.valid_end.value);
    out->set_open_time(fact.open_time.value);
    out->set_purchase_deadline(fact.purchase_deadline.value);
    WriteFile(fact.sealed_letter, *out->mutable_letter());
    return out;
  }
  Pointer operator()(const IssueAcknowledged& fact) const {
    return New<event::GuaranteeIssueAcknowledged>(fact.at);
  }
  Pointer operator()(const GuaranteeRestored& fact) const {
    auto out = Of<event::GuaranteeOpened>(fact, fact.at);
    out->set_out_time_differs(fact.out_time_differs);
    out->set_bidder_differs(fact.bidder_differs);
    return out;
  }
  Pointer operator()(const PlainLetterAsked& fact) const {
    auto out = Decided<event::GuaranteeLetterAsked>(fact);
    out->set_business_no(fact.business_no);
    out->set_again(fact.again);
    return out;
  }
  Pointer operator()(const PlainLetterReceived& fact) const {
    auto out = Decided<event::GuaranteeLetterReceived>(fact);
    WriteFile(fact.letter, *out->mutable_letter());
    return out;
  }
  Pointer operator()(const PlainLetterAcknowledged& fact) const {
    return Of<event::GuaranteeLetterAcknowledged>(fact, fact.at);
  }

  Pointer operator()(const RefundRequested& fact) const {
    auto out = Of<event::GuaranteeRefundRequested>(fact, fact.received_at);
    out->set_received_at(fact.received_at.value);
    return out;
  }
  Pointer operator()(const RefundRefused& fact) const {
    auto out = Decided<event::GuaranteeRefundRefused>(fact);
    out->set_business_no(fact.business_no);
    out->set_reason(Word(fact.reason));
    return out;
  }
  Pointer operator()(const RefundWithdrawn& fact) const {
    return Of<event::GuaranteeRefundWithdrawn>(fact, fact.received_at);
  }
  Pointer operator()(const GuaranteeRefunded& fact) const {
    auto out = Decided<event::GuaranteeRefunded>(fact);
    out->set_business_no(fact.business_no);
    out->set_premium_returned(fact.premium_returned);
    out->set_credit_released(fact.credit_released);
    return out;
  }
  Pointer operator()(const RefundAcknowledged& fact) const {
    return New<event::GuaranteeRefundAcknowledged>(fact.at);
  }
  Pointer operator()(const RefundUndelivered& fact) const {
    return New<event::GuaranteeRefundUndelivered>(fact.at);
  }

  Pointer operator()(const CancellationRequested& fact) const {
    auto out = Of<event::GuaranteeCancellationRequested>(fact, fact.received_at);
    out->set_received_at(fact.received_at.value);
    return out;
  }
  Pointer operator()(const CancellationRefused& fact) const {
    auto out = Decided<event::GuaranteeCancellationRefused>(fact);
    out->set_business_no(fact.business_no);
    out->set_reason(Word(fact.reason));
    return out;
  }
  Pointer operator()(const CancellationWithdrawn& fact) const {
    return Of<event::GuaranteeCancellationWithdrawn>(fact, fact.received_at);
  }
  Pointer operator()(const CancellationSettled& fact) const {
    return Of<event::GuaranteeCancellationSettled>(fact, fact.at);
  }
  Pointer operator()(const GuaranteeCancelled& fact) const {
    auto out = Decided<event::GuaranteeCancelled>(fact);
    out->set_business_no(fact.business_no);
    out->set_own(fact.own);
    out->set_credit_released(fact.credit_released);
    return out;
  }
  Pointer operator()(const CancellationProposed& fact) const {
    auto out = Decided<event::GuaranteeCancellationProposed>(fact);
    out->set_business_no(fact.business_no);
    return out;
  }
  Pointer operator()(const ProposalSent& fact) const {
    auto out = Of<event::GuaranteeCancellationProposalSent>(fact, fact.at);
    out->set_answer_due(fact.answer_due.value);
    return out;
  }
  Pointer operator()(const ProposalConsented& fact) const {
    return Of<event::GuaranteeCancellationConsented>(fact, fact.at);
  }
  Pointer operator()(const ProposalOverdue& fact) const {
    return Of<event::GuaranteeCancellationOverdue>(fact, fact.at);
  }
  Pointer operator()(const ProposalClosed& fact) const {
    auto out = Decided<event::GuaranteeCancellationProposalClosed>(fact);
    out->set_business_no(fact.business_no);
    return out;
  }

  Pointer operator()(const ClaimHeld& fact) const {
    auto out = Of<event::GuaranteeClaimHeld>(fact, fact.at);
    out->set_received_at(fact.received_at.value);
    return out;
  }
  Pointer operator()(const ClaimPaymentRecorded& fact) const {
    auto out = Of<event::GuaranteeClaimPaid>(fact, at_);
    out->set_amount_fen(fact.amount.fen);
    out->set_reference(fact.reference);
    out->set_paid_at(fact.paid_at.value);
    out->set_credit_released(fact.credit_released);
    return out;
  }
  Pointer operator()(const ClaimReleased& fact) const {
    return Of<event::GuaranteeClaimReleased>(fact, fact.at);
  }
  Pointer operator()(const GuaranteeExpired& fact) const {
    auto out = New<event::GuaranteeExpired>(fact.at);
    out->set_credit_released(fact.credit_released);
    return out;
  }
  Pointer operator()(const OpenTimeMoved& fact) const {
    return Moved<event::GuaranteeOpenTimeMoved>(fact);
  }
  Pointer operator()(const DeadlineMoved& fact) const {
    return Moved<event::GuaranteeDeadlineMoved>(fact);
  }
  Pointer operator()(const DecisionRefused& fact) const {
    auto out = New<event::GuaranteeDecisionRefused>(fact.at);
    out->set_decision_id(fact.decision_id);
    out->set_decided_by(fact.decided_by);
    out->set_reason(Word(fact.reason));
    out->set_text(std::string(FactsOf(fact.reason).text));
    return out;
  }

  Pointer operator()(const RefundPremium& effect) const {
    auto out = New<event::GuaranteePremiumRefundDue>(at_);
    out->set_amount_fen(effect.premium.amount.fen);
    out->set_reference(effect.premium.reference);
    return out;
  }

 private:
  template <typename Message>
  std::unique_ptr<Message> New(UnixMillis at) const {
    auto message = std::make_unique<Message>();
    event::GuaranteeHead& head = *message->mutable_guarantee();
    head.set_guarantee_no(after_.guarantee_no);
    head.set_order_no(after_.order_no);
    head.set_revision(after_.revision);
    head.set_at(at.value);
    head.set_state(std::string(StateWord(after_.state)));
    head.set_available_fen(after_.available.fen);
    return message;
  }
  // A fact about one operation.
  template <typename Message, typename Fact>
  std::unique_ptr<Message> Of(const Fact& fact, UnixMillis at) const {
    auto message = New<Message>(at);
    message->set_business_no(fact.business_no);
    return message;
  }
  template <typename Message, typename Fact>
  std::unique_ptr<Message> Decided(const Fact& fact) const {
    auto message = New<Message>(fact.at);
    WriteBy(fact, *message->mutable_by());
    return message;
  }
  template <typename Message, typename Fact>
  std::unique_ptr<Message> Moved(const Fact& fact) const {
    auto message = New<Message>(fact.received_at);
    message->set_from(fact.from.value);
    message->set_to(fact.to.value);
    return message;
  }

  const Guarantee& after_;
  const UnixMillis at_;
};

}  // namespace

Pointer PublicEvent(const Event& event, const Guarantee& after, UnixMillis at) {
  return std::visit(Encoder(after, at), event);
}
Pointer PublicTask(const RefundPremium& effect, const Guarantee& after, UnixMillis at) {
  return Encoder(after, at)(effect);
}

}  // namespace guarantee::order::letter
