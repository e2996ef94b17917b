#include "invoice/adapters/event_codec.h"

#include "guarantee/event/v1/invoice.pb.h"
#include "invoice/adapters/invoice_codec.h"

namespace guarantee::invoice {
namespace {

namespace event = guarantee::event::v1;
using Pointer = std::unique_ptr<google::protobuf::Message>;

// One overload an event; the head is common to all.
class Encoder {
 public:
  Encoder(const Invoices& after, UnixMillis at) : after_(after), at_(at) {}

  Pointer operator()(const InvoiceRequested& fact) const {
    auto out = New<event::InvoiceRequested>(fact);
    out->set_received_at(fact.received_at.value);
    out->set_wait_until(fact.wait_until.value);
    out->set_kind(std::string(KindWord(fact.kind)));
    out->set_amount_fen(fact.amount.fen);
    for (const Flag flag : fact.flags) out->add_flags(std::string(FlagWord(flag)));
    return out;
  }
  Pointer operator()(const RequestAccepted& fact) const {
    return New<event::InvoiceRequestAccepted>(fact);
  }
  Pointer operator()(const InvoiceIssued& fact) const {
    auto out = New<event::InvoiceIssued>(fact);
    SetNumber(*out->mutable_number(), fact.number);
    return out;
  }
  // The decider's own words stay with us.
  Pointer operator()(const InvoiceFailed& fact) const {
    auto out = New<event::InvoiceFailed>(fact);
    SetReason(*out, fact.reason);
    return out;
  }
  Pointer operator()(const InvoiceReversed& fact) const {
    auto out = New<event::InvoiceReversed>(fact);
    SetNumber(*out->mutable_blue(), fact.blue);
    SetNumber(*out->mutable_red(), fact.red);
    return out;
  }
  Pointer operator()(const NamesRestored& fact) const {
    auto out = New<event::InvoiceNamesRestored>(fact);
    out->set_restored_at(fact.restored_at.value);
    out->set_premium_fen(fact.premium.fen);
    return out;
  }
  Pointer operator()(const RestoreAcknowledged& fact) const {
    auto out = New<event::InvoiceRestoreAcknowledged>(fact);
    out->set_accepted_at(fact.accepted_at.value);
    return out;
  }
  Pointer operator()(const PremiumWentBack& fact) const {
    auto out = New<event::InvoicePremiumReturned>(fact);
    out->set_amount_fen(fact.amount.fen);
    return out;
  }
  Pointer operator()(const DecisionRefused& fact) const {
    auto out = New<event::InvoiceDecisionRefused>(fact);
    SetReason(*out, fact.reason);
    return out;
  }

 private:
  static void SetNumber(event::InvoiceNumbers& to, const InvoiceNumber& from) {
    to.set_invoice_no(from.number);
    to.set_invoice_code(from.code);
  }
  template <typename Message>
  static void SetReason(Message& message, RefusalCode reason) {
    message.set_reason(std::string(FactsOf(reason).word));
    message.set_text(std::string(FactsOf(reason).text));
  }

  template <typename Message, typename Fact>
  std::unique_ptr<Message> New(const Fact& fact) const {
    auto message = std::make_unique<Message>();
    event::InvoiceHead& head = *message->mutable_invoice();
    head.set_guarantee_no(after_.guarantee_no);
    head.set_revision(after_.revision);
    head.set_at(at_.value);
    State state = State::kNone;
    if constexpr (requires { fact.business_no; }) {
      head.set_business_no(fact.business_no);
      if (const Request* request = FindRequest(after_, fact.business_no)) state = request->state;
    }
    head.set_state(std::string(StateWord(state)));
    if constexpr (requires { fact.at; }) head.set_at(fact.at.value);
    if constexpr (requires { fact.by; }) {
      message->mutable_by()->set_decision_id(fact.by.decision_id);
      message->mutable_by()->set_decided_by(fact.by.decided_by);
    }
    return message;
  }

  const Invoices& after_;
  const UnixMillis at_;
};

}  // namespace

Pointer PublicEvent(const Event& event, const Invoices& after, UnixMillis at) {
  return std::visit(Encoder(after, at), event);
}

}  // namespace guarantee::invoice
