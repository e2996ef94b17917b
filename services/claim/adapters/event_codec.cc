#include "claim/adapters/event_codec.h"

#include "claim/adapters/claim_codec.h"
#include "guarantee/event/v1/claim.pb.h"

namespace guarantee::claim {
namespace {

namespace event = guarantee::event::v1;
using Pointer = std::unique_ptr<google::protobuf::Message>;

// One overload an event; the head is common to all.
class Encoder {
 public:
  Encoder(const Claims& after, UnixMillis at) : after_(after), at_(at) {}

  Pointer operator()(const ClaimReceived& fact) const {
    auto out = New<event::ClaimPresented>(fact);
    out->set_own(fact.own);
    out->set_received_at(fact.received_at.value);
    out->set_warning_at(fact.warning_at.value);
    out->set_examine_end(fact.examine_end.value);
    return out;
  }
  Pointer operator()(const HoldAskedAgain& fact) const {
    auto out = New<event::ClaimHoldAskedAgain>(fact);
    out->set_answer_due(fact.answer_due.value);
    return out;
  }
  Pointer operator()(const GuaranteeLocked& fact) const {
    auto out = New<event::ClaimGuaranteeLocked>(fact);
    out->set_available_fen(fact.available.fen);
    out->set_valid_end(fact.valid_end.value);
    out->set_sealed(fact.sealed);
    out->set_platform_answer_due(fact.platform_answer_due.value_or(UnixMillis{}).value);
    return out;
  }
  Pointer operator()(const NamesRestored& fact) const {
    auto out = New<event::ClaimNamesRestored>(fact);
    out->set_restored_at(fact.restored_at.value);
    return out;
  }
  Pointer operator()(const BeneficiaryCompared& fact) const {
    auto out = New<event::ClaimBeneficiaryCompared>(fact);
    out->set_same(fact.same);
    return out;
  }
  Pointer operator()(const ExaminationOpened& fact) const {
    return New<event::ClaimExaminationOpened>(fact);
  }
  Pointer operator()(const DemandLowered& fact) const {
    auto out = New<event::ClaimDemandLowered>(fact);
    out->set_amount_fen(fact.amount.fen);
    return out;
  }
  Pointer operator()(const PaymentApproved& fact) const {
    auto out = New<event::ClaimPaymentApproved>(fact);
    out->set_amount_fen(fact.amount.fen);
    out->set_final(fact.final);
    return out;
  }
  Pointer operator()(const ClaimPaid& fact) const {
    auto out = New<event::ClaimPaymentConfirmed>(fact);
    out->set_amount_fen(fact.amount.fen);
    out->set_available_fen(fact.available.fen);
    out->set_paid_at(fact.paid_at.value);
    return out;
  }
  Pointer operator()(const ClaimRefused& fact) const {
    auto out = New<event::ClaimRefused>(fact);
    SetReason(*out, fact.reason);
    return out;
  }
  Pointer operator()(const WithdrawalAsked& fact) const {
    return New<event::ClaimWithdrawalAsked>(fact);
  }
  Pointer operator()(const WithdrawalPreApproved& fact) const {
    return New<event::ClaimWithdrawalPreApproved>(fact);
  }
  Pointer operator()(const ClaimWithdrawn& fact) const { return New<event::ClaimWithdrawn>(fact); }
  Pointer operator()(const ClockPassed& fact) const {
    auto out = New<event::ClaimClockPassed>(fact);
    out->set_percent(fact.percent);
    return out;
  }
  Pointer operator()(const PlatformAnswered& fact) const {
    auto out = New<event::ClaimPlatformAnswered>(fact);
    out->set_paid(fact.paid);
    out->set_amount_fen(fact.amount.fen);
    out->set_contradicts(fact.contradicts);
    return out;
  }
  Pointer operator()(const PlatformSilent& fact) const {
    return New<event::ClaimPlatformSilent>(fact);
  }
  Pointer operator()(const RegistrationClosed& fact) const {
    return New<event::ClaimRegistrationClosed>(fact);
  }
  Pointer operator()(const DecisionRefused& fact) const {
    auto out = New<event::ClaimDecisionRefused>(fact);
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
    event::ClaimHead& head = *message->mutable_claim();
    head.set_guarantee_no(after_.guarantee_no);
    head.set_revision(after_.revision);
    head.set_at(at_.value);
    State state = State::kNone;
    if constexpr (requires { fact.business_no; }) {
      head.set_business_no(fact.business_no);
      if (const Claim* claim = FindClaim(after_, fact.business_no)) state = claim->state;
    }
    head.set_state(std::string(StateWord(state)));
    if constexpr (requires { fact.at; }) head.set_at(fact.at.value);
    if constexpr (requires { fact.by; }) {
      message->mutable_by()->set_decision_id(fact.by.decision_id);
      message->mutable_by()->set_decided_by(fact.by.decided_by);
    }
    return message;
  }

  const Claims& after_;
  const UnixMillis at_;
};

}  // namespace

Pointer PublicEvent(const Event& event, const Claims& after, UnixMillis at) {
  return std::visit(Encoder(after, at), event);
}

}  // namespace guarantee::claim
