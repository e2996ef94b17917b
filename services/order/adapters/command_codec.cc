#include "order/adapters/command_codec.h"

#include "guarantee/event/v1/order_decision.pb.h"
#include "guarantee/partner/v1/order.pb.h"

namespace guarantee::order {
namespace {

namespace event = guarantee::event::v1;

constexpr std::size_t kDecisionIdMax = 64;
constexpr std::size_t kDecidedByMax = 128;
constexpr std::size_t kReasonMax = 1'024;

Letter ToLetter(const event::SuppliedLetter& supplied, const std::optional<DocumentFacts>& facts) {
  Letter letter;
  letter.guarantee_no = supplied.guarantee_no();
  if (facts) {
    letter.sha256 = facts->sha256;
    letter.size_bytes = facts->size_bytes;
    letter.media_type = facts->media_type;
  }
  letter.generated_at = {supplied.generated_at()};
  letter.valid_begin = {supplied.valid_begin()};
  letter.valid_end = {supplied.valid_end()};
  return letter;
}

Payment ToPayment(const event::PremiumPayment& payment, UnixMillis arrived_at, bool waived) {
  return {payment.payer_name(), payment.payer_account(), {payment.amount_fen()},
          arrived_at,           payment.reference(),     waived};
}

Result<Command> ToApprove(const event::DecideOrder& decision, DecisionHead head,
                          const std::optional<DocumentFacts>& letter, UnixMillis arrived_at) {
  const event::ApproveOrder& approve = decision.approve();
  if (approve.premium_fen() < 0)
    return Refused("decision.premium", "must not be negative", "premium_fen");
  if (approve.rate_ppm() < 0) return Refused("decision.rate", "must not be negative", "rate_ppm");
  Approve command;
  command.decision = std::move(head);
  command.quote = {{approve.premium_fen()}, approve.rate_ppm()};
  command.materials_complete = approve.materials_complete();
  if (approve.has_payer()) {
    // Money with a reference is in the decider's books and goes back if no letter comes of it;
    // without one the decider has waived the premium.
    command.payer =
        ToPayment(approve.payer(), arrived_at, /*waived=*/approve.payer().reference().empty());
    if (command.payer->reference.empty()) command.payer->reference = command.decision.decision_id;
  }
  if (approve.has_letter()) command.letter = ToLetter(approve.letter(), letter);
  return Command{std::move(command)};
}

void FillTimes(Letter& letter, const Order& order, UnixMillis now, const Policy& policy) {
  if (letter.generated_at.value == 0) letter.generated_at = now;
  if (letter.valid_begin.value == 0) letter.valid_begin = letter.generated_at;
  if (letter.valid_end.value == 0) letter.valid_end = ValidEndFor(order.open_time, policy);
}

}  // namespace

Apply31 ToCommand(const partner::v1::OrderApply& request, const std::string& partner,
                  UnixMillis received_at) {
  Apply31 apply;
  apply.partner = partner;
  apply.order_no = request.order_no();
  apply.business_no = request.business_no();
  apply.amount = {request.em_amount_fen()};
  apply.applied_at = {request.apply_time()};
  apply.received_at = received_at;
  apply.purchase_deadline = {request.bzj_end_time()};
  apply.open_time = {request.open_time()};
  apply.sealed = {request.bidder_name(), request.bidder_code(),  request.project_name(),
                  request.project_no(),  request.tenders_no(),   request.tenders_name(),
                  request.tenderee(),    request.tenderee_code()};
  apply.basic_account = {request.icheck() == partner::v1::YES_NO_YES, request.kh_bank(),
                         request.yh_account()};
  return apply;
}

Cancel ToCommand(const partner::v1::OrderCancelApply& request, UnixMillis received_at) {
  return {request.apply_no(), request.remark(), received_at};
}

Result<Command> ToCommand(const event::DecideOrder& decision,
                          const std::optional<DocumentFacts>& letter, UnixMillis arrived_at) {
  if (decision.decision_id().empty() || decision.decision_id().size() > kDecisionIdMax) {
    return Refused("decision.id", "must have 1 to 64 bytes", "decision_id");
  }
  if (decision.decided_by().empty() || decision.decided_by().size() > kDecidedByMax) {
    return Refused("decision.decided_by", "must have 1 to 128 bytes", "decided_by");
  }
  if (decision.reason().size() > kReasonMax) {
    return Refused("decision.reason", "must have at most 1024 bytes", "reason");
  }
  DecisionHead head{decision.decision_id(), decision.decided_by(), decision.reason(),
                    decision.based_on_revision()};
  switch (decision.decision_case()) {
    case event::DecideOrder::kApprove:
      return ToApprove(decision, std::move(head), letter, arrived_at);
    case event::DecideOrder::kReject:
      return Command{Reject{std::move(head)}};
    case event::DecideOrder::kPremium:
      return Command{PremiumReceived{ToPayment(decision.premium().payment(), arrived_at, false),
                                     std::move(head)}};
    case event::DecideOrder::kLetter:
      return Command{
          LetterReady{ToLetter(decision.letter().letter(), letter), false, std::move(head)}};
    case event::DecideOrder::kAcceptCancel:
      return Command{AcceptCancel{std::move(head)}};
    case event::DecideOrder::kDeclineCancel:
      return Command{DeclineCancel{std::move(head)}};
    case event::DecideOrder::kMaterials:
      return Command{CompleteMaterials{
          {decision.materials().bidder_name(), decision.materials().bidder_code()},
          std::move(head)}};
    case event::DecideOrder::DECISION_NOT_SET:
      break;
  }
  return Refused("decision.empty", "says nothing this program knows", "decision");
}

void Bind(Command& command, const Order& order, const std::string& minted_guarantee_no,
          UnixMillis now, const Policy& policy) {
  if (auto* approve = std::get_if<Approve>(&command)) {
    const Quote standard = QuoteFor(order.amount, policy);
    if (approve->quote.premium.fen == 0) approve->quote.premium = standard.premium;
    if (approve->quote.rate_ppm == 0) approve->quote.rate_ppm = standard.rate_ppm;
    const bool brings_number = approve->letter && !approve->letter->guarantee_no.empty();
    if (approve->guarantee_no.empty()) {
      approve->guarantee_no = brings_number ? approve->letter->guarantee_no : minted_guarantee_no;
    }
    if (approve->letter) FillTimes(*approve->letter, order, now, policy);
  } else if (auto* ready = std::get_if<LetterReady>(&command)) {
    FillTimes(ready->letter, order, now, policy);
  }
}

const event::SuppliedLetter* LetterOf(const event::DecideOrder& decision) {
  if (decision.has_approve() && decision.approve().has_letter()) {
    return &decision.approve().letter();
  }
  if (decision.has_letter() && decision.letter().has_letter()) return &decision.letter().letter();
  return nullptr;
}

std::string GuaranteeNumberOf(const Command& command) {
  if (const auto* approve = std::get_if<Approve>(&command)) {
    return approve->letter ? approve->letter->guarantee_no : std::string();
  }
  if (const auto* ready = std::get_if<LetterReady>(&command)) return ready->letter.guarantee_no;
  return {};
}

}  // namespace guarantee::order
