#include "bank-simulator/answers.h"
#include "crypto/digest.h"
#include "guarantee/event/v1/order.pb.h"
#include "guarantee/event/v1/order_decision.pb.h"

namespace guarantee::bank_simulator {
namespace {

using event::v1::DecideOrder;

bool AwaitsDecision(const event::v1::OrderHead& order) {
  return order.state() == "accepted" || order.state() == "underwriting";
}

Answered OnAccepted(const Question& question, const event::v1::OrderAccepted& accepted) {
  const event::v1::OrderHead& order = accepted.order();
  if (!AwaitsDecision(order) || IsLeft(question, order.business_no())) return std::nullopt;
  auto decision = Begin<DecideOrder>(question);
  if (accepted.amount_fen() > question.policy.approve_up_to.fen) {
    decision.mutable_reject();
  } else {
    decision.mutable_approve()->set_materials_complete(true);
  }
  return Finish(decision);
}

Answered OnPremiumRequested(const Question& question,
                            const event::v1::OrderPremiumRequested& requested) {
  auto decision = Begin<DecideOrder>(question);
  event::v1::PremiumPayment& payment = *decision.mutable_premium()->mutable_payment();
  payment.set_payer_name(question.policy.payer_name);
  payment.set_payer_account(question.policy.payer_account);
  payment.set_amount_fen(requested.premium_fen());
  payment.set_reference(question.decision_id);
  return Finish(decision);
}

Answered OnLetterRequested(const Question& question, const event::v1::OrderLetterRequested&) {
  auto decision = Begin<DecideOrder>(question);
  event::v1::SuppliedLetter& letter = *decision.mutable_letter()->mutable_letter();
  letter.set_file(question.policy.letter);
  letter.set_sha256(crypto::ToHex(crypto::Sha256(question.policy.letter)));
  return Finish(decision);
}

// Where cancelling needs no decision, the order has ended with the same event.
Answered OnCancelRequested(const Question& question,
                           const event::v1::OrderCancelRequested& requested) {
  if (requested.order().state() == "cancelled") return std::nullopt;
  auto decision = Begin<DecideOrder>(question);
  decision.mutable_accept_cancel();
  return Finish(decision);
}

}  // namespace

void AddOrderAnswers(Answerers& answerers) {
  Add<event::v1::OrderAccepted, OnAccepted>(answerers);
  Add<event::v1::OrderPremiumRequested, OnPremiumRequested>(answerers);
  Add<event::v1::OrderLetterRequested, OnLetterRequested>(answerers);
  Add<event::v1::OrderCancelRequested, OnCancelRequested>(answerers);
}

}  // namespace guarantee::bank_simulator
