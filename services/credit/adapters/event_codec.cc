#include "credit/adapters/event_codec.h"

#include "credit/adapters/credit_codec.h"
#include "guarantee/event/v1/credit.pb.h"

namespace guarantee::credit {
namespace {

namespace event = guarantee::event::v1;
using Pointer = std::unique_ptr<google::protobuf::Message>;

template <typename Fact>
std::string NumberOf(const Fact& fact, const Credit& after) {
  if constexpr (requires { fact.business_no; }) {
    return fact.business_no;
  } else {
    const Application* line = LineApplication(after);
    return line != nullptr ? line->business_no : std::string();
  }
}

// One overload an event; the head is common to all.
class Encoder {
 public:
  explicit Encoder(const Credit& after) : after_(after) {}

  Pointer operator()(const CreditApplied& fact) const {
    auto out = New<event::CreditApplied>(fact);
    out->set_received_at(fact.received_at.value);
    out->mutable_credit()->set_at(fact.received_at.value);
    return out;
  }
  Pointer operator()(const CreditGranted& fact) const {
    auto out = New<event::CreditGranted>(fact);
    out->set_limit_fen(fact.limit.fen);
    out->set_valid_begin(fact.valid_begin.value);
    out->set_valid_end(fact.valid_end.value);
    return out;
  }
  // What the decider said of the applicant stays with us; the reason's own text goes out.
  Pointer operator()(const CreditDeclined& fact) const {
    auto out = New<event::CreditDeclined>(fact);
    SetReason(*out, fact.reason);
    return out;
  }
  Pointer operator()(const CreditWithdrawn& fact) const {
    return New<event::CreditWithdrawn>(fact);
  }
  Pointer operator()(const CreditLapsed& fact) const { return New<event::CreditLapsed>(fact); }
  Pointer operator()(const CreditReserved& fact) const {
    auto out = New<event::CreditReserved>(fact);
    out->set_amount_fen(fact.amount.fen);
    out->set_headroom_fen(fact.headroom.fen);
    return out;
  }
  Pointer operator()(const CreditReleased& fact) const {
    auto out = New<event::CreditReleased>(fact);
    out->set_amount_fen(fact.amount.fen);
    return out;
  }
  Pointer operator()(const DecisionRefused& fact) const {
    auto out = New<event::CreditDecisionRefused>(fact);
    SetReason(*out, fact.reason);
    return out;
  }

 private:
  template <typename Message>
  static void SetReason(Message& message, RefusalCode reason) {
    message.set_reason(std::string(FactsOf(reason).word));
    message.set_text(std::string(FactsOf(reason).text));
  }

  template <typename Message, typename Fact>
  std::unique_ptr<Message> New(const Fact& fact) const {
    auto message = std::make_unique<Message>();
    event::CreditHead& head = *message->mutable_credit();
    const std::string number = NumberOf(fact, after_);
    const Application* application = FindApplication(after_, number);
    head.set_business_no(number);
    head.set_revision(after_.revision);
    head.set_state(
        std::string(StateWord(application != nullptr ? application->state : State::kNone)));
    if constexpr (requires { fact.at; }) head.set_at(fact.at.value);
    if constexpr (requires { fact.by; }) {
      message->mutable_by()->set_decision_id(fact.by.decision_id);
      message->mutable_by()->set_decided_by(fact.by.decided_by);
    }
    return message;
  }

  const Credit& after_;
};

}  // namespace

std::string BusinessNoOf(const Event& event, const Credit& after) {
  return std::visit([&after](const auto& fact) { return NumberOf(fact, after); }, event);
}

Pointer PublicEvent(const Event& event, const Credit& after) {
  return std::visit(Encoder(after), event);
}

}  // namespace guarantee::credit
