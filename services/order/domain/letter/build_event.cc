#include "order/domain/letter/build_event.h"

#include <algorithm>
#include <array>
#include <variant>

namespace guarantee::order::letter {
namespace {

constexpr std::int64_t kSecondMs = 1'000;

template <typename T>
const T& Get(const Situation& s) {
  return std::get<T>(s.command);
}

DecisionHead HeadOrNone(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return head != nullptr ? *head : DecisionHead{};
}

// The head where the decision itself is what closes the operation, else none.
template <typename T>
DecisionHead HeadOfOnly(const Situation& s) {
  return std::holds_alternative<T>(s.command) ? HeadOrNone(s) : DecisionHead{};
}

// The decider's words where there are any, else the refusal's.
std::string Description(const DecisionHead& head, RefusalCode reason) {
  return head.reason.empty() ? std::string(FactsOf(reason).text) : head.reason;
}

Event Issued(const Rule&, const Situation& s) {
  const auto& issue = Get<Issue>(s);
  return GuaranteeIssued{.partner = issue.partner,
                         .guarantee_no = issue.guarantee_no,
                         .order_no = issue.order_no,
                         .amount = issue.amount,
                         .at = s.now,
                         .valid_begin = issue.valid_begin,
                         .valid_end = issue.valid_end,
                         .open_time = issue.open_time,
                         .purchase_deadline = issue.purchase_deadline,
                         .sealed_letter = issue.sealed_letter,
                         .sensitive = {issue.order_flow, issue.premium, issue.credit}};
}

Event Acknowledged(const Rule&, const Situation& s) {
  return IssueAcknowledged{Get<IssueNoticeAccepted>(s).accepted_at};
}

// The protocol's times have whole seconds.
Event Restored(const Rule&, const Situation& s) {
  const auto& request = Get<RequestRestore>(s);
  const bool differs =
      request.out_time && request.out_time->value / kSecondMs !=
                              s.guarantee.sealed_letter.generated_at.value / kSecondMs;
  return GuaranteeRestored{
      .business_no = request.business_no,
      .received_at = request.received_at,
      .at = s.now,
      .out_time_differs = differs,
      .bidder_differs = request.bidder_differs,
      .sensitive = {request.names.value_or(RestoredNames{}), request.key_fingerprint}};
}

Event LetterAsked(const Rule&, const Situation& s) {
  const auto& known = s.guarantee.restore_requests;
  std::string number = BusinessNoOf(s.command);
  if (number.empty() && !known.empty()) number = known.front().business_no;
  const auto* request = std::get_if<RequestRestore>(&s.command);
  const DecisionHead head = HeadOrNone(s);
  PlainLetterAsked event;
  if (request != nullptr) event.received_at = request->received_at;
  event.at = s.now;
  event.again = FindRestore(s.guarantee, number) != nullptr;
  event.business_no = std::move(number);
  event.decision_id = head.decision_id;
  event.decided_by = head.decided_by;
  return event;
}

Event LetterReceived(const Rule&, const Situation& s) {
  const auto& ready = Get<PlainLetterReady>(s);
  return PlainLetterReceived{ready.letter, ready.decision.decision_id, ready.decision.decided_by,
                             s.now};
}
Event LetterAcknowledged(const Rule&, const Situation& s) {
  const auto& accepted = Get<PlainNoticeAccepted>(s);
  return PlainLetterAcknowledged{accepted.business_no, accepted.accepted_at};
}

Event RefundAsked(const Rule&, const Situation& s) {
  const auto& request = Get<RequestRefund>(s);
  return RefundRequested{request.business_no, request.received_at, {request.reason}};
}

RefusalCode WhyRefundFails(const Situation& s) {
  if (s.guarantee.state == State::kExpired) return RefusalCode::kExpired;
  return std::holds_alternative<RejectRefund>(s.command) ? RefusalCode::kRefundDeclined
                                                         : RefusalCode::kOpenedRefundFails;
}
Event RefundDenied(const Rule& rule, const Situation& s) {
  const auto* request = std::get_if<RequestRefund>(&s.command);
  if (request != nullptr && rule.answer == machine::Answer::kRefuse) {
    return RefundRefused{request->business_no,
                         rule.reason,
                         {},
                         {},
                         s.now,
                         {std::string(FactsOf(rule.reason).text), request->reason}};
  }
  const DecisionHead head = HeadOfOnly<RejectRefund>(s);
  const RefusalCode reason = WhyRefundFails(s);
  const Refund& refund = *s.guarantee.refund;
  return RefundRefused{refund.business_no, reason, head.decision_id,
                       head.decided_by,    s.now,  {Description(head, reason), refund.reason}};
}
Event RefundGone(const Rule&, const Situation& s) {
  const auto& withdraw = Get<WithdrawRefund>(s);
  return RefundWithdrawn{withdraw.business_no, withdraw.received_at, {withdraw.reason}};
}
Event Refunded(const Rule&, const Situation& s) {
  const DecisionHead head = HeadOrNone(s);
  const auto& premium = s.guarantee.premium;
  const bool held = premium && !premium->waived && !s.guarantee.premium_returned;
  return GuaranteeRefunded{
      s.guarantee.refund->business_no, head.decision_id, head.decided_by, s.now, held,
      s.guarantee.credit.reserved};
}
Event RefundKnownToPlatform(const Rule&, const Situation& s) {
  return RefundAcknowledged{Get<RefundNoticeAccepted>(s).accepted_at};
}
Event RefundLost(const Rule&, const Situation& s) {
  return RefundUndelivered{Get<RefundNoticeExpired>(s).expired_at};
}

Event CancelAsked(const Rule&, const Situation& s) {
  const auto& request = Get<RequestCancellation>(s);
  return CancellationRequested{request.business_no, request.received_at, {request.reason}};
}
Event CancelDenied(const Rule& rule, const Situation& s) {
  const auto* request = std::get_if<RequestCancellation>(&s.command);
  if (request != nullptr) {
    return CancellationRefused{
        request->business_no, rule.reason, {}, {}, s.now, {std::string(FactsOf(rule.reason).text)}};
  }
  const DecisionHead head = HeadOfOnly<RejectCancellation>(s);
  const RefusalCode reason = std::holds_alternative<RejectCancellation>(s.command)
                                 ? RefusalCode::kCancellationDeclined
                                 : RefusalCode::kClaimOpen;
  return CancellationRefused{s.guarantee.cancellation->business_no,
                             reason,
                             head.decision_id,
                             head.decided_by,
                             s.now,
                             {Description(head, reason)}};
}
Event CancelGone(const Rule&, const Situation& s) {
  const auto& withdraw = Get<WithdrawCancellation>(s);
  return CancellationWithdrawn{withdraw.business_no, withdraw.received_at, {withdraw.reason}};
}
Event CancelSettled(const Rule&, const Situation& s) {
  return CancellationSettled{s.guarantee.cancellation->business_no, s.now};
}
Event Cancelled(const Rule&, const Situation& s) {
  const DecisionHead head = HeadOrNone(s);
  const Cancellation& cancellation = *s.guarantee.cancellation;
  return GuaranteeCancelled{
      cancellation.business_no,   cancellation.own, head.decision_id, head.decided_by, s.now,
      s.guarantee.credit.reserved};
}

Event Proposed(const Rule&, const Situation& s) {
  const auto& propose = Get<ProposeCancellation>(s);
  return CancellationProposed{propose.business_no,
                              propose.decision.decision_id,
                              propose.decision.decided_by,
                              s.now,
                              {propose.decision.reason}};
}
Event ProposalGoes(const Rule&, const Situation& s) {
  return ProposalSent{s.guarantee.cancellation->business_no, s.now,
                      s.now + s.policy.proposal_answer_ms};
}
Event Consented(const Rule&, const Situation& s) {
  return ProposalConsented{s.guarantee.cancellation->business_no,
                           Get<ProposalAccepted>(s).accepted_at};
}
Event Overdue(const Rule&, const Situation& s) {
  return ProposalOverdue{s.guarantee.cancellation->business_no, s.now};
}
Event ProposalEnds(const Rule&, const Situation& s) {
  const DecisionHead head = HeadOfOnly<RejectCancellation>(s);
  return ProposalClosed{s.guarantee.cancellation->business_no, head.decision_id, head.decided_by,
                        s.now};
}

Event Held(const Rule&, const Situation& s) {
  const auto& claim = Get<ClaimReceived>(s);
  return ClaimHeld{claim.business_no, claim.received_at, s.now, s.guarantee.available};
}
Event PaymentTold(const Rule& rule, const Situation& s) {
  const auto& paid = Get<ClaimPaid>(s);
  const bool paid_out = rule.to == State::kPaid;
  return ClaimPaymentRecorded{.business_no = paid.business_no,
                              .amount = paid.amount,
                              .available = {s.guarantee.available.fen - paid.amount.fen},
                              .reference = paid.reference,
                              .paid_at = paid.paid_at,
                              .paid_out = paid_out,
                              .credit_released = paid_out && s.guarantee.credit.reserved};
}
Event Released(const Rule&, const Situation& s) {
  return ClaimReleased{s.guarantee.hold->business_no, s.now};
}

Event Expired(const Rule&, const Situation& s) {
  return GuaranteeExpired{s.now, s.guarantee.credit.reserved};
}
Event OpenMoved(const Rule&, const Situation& s) {
  const auto& change = Get<OpenTimeChanged>(s);
  return OpenTimeMoved{s.guarantee.open_time, change.open_time, change.received_at};
}
Event DeadlineSet(const Rule&, const Situation& s) {
  const auto& change = Get<DeadlineChanged>(s);
  return DeadlineMoved{s.guarantee.purchase_deadline, change.purchase_deadline, change.received_at};
}
Event Denied(const Rule& rule, const Situation& s) {
  const DecisionHead head = HeadOrNone(s);
  return DecisionRefused{head.decision_id, head.decided_by, rule.reason, s.now};
}

using Builder = Event (*)(const Rule&, const Situation&);

// In the order of EventKind.
constexpr std::array<Builder, kEventCount> kBuilders = {Issued,
                                                        Acknowledged,
                                                        Restored,
                                                        LetterAsked,
                                                        LetterReceived,
                                                        LetterAcknowledged,
                                                        RefundAsked,
                                                        RefundDenied,
                                                        RefundGone,
                                                        Refunded,
                                                        RefundKnownToPlatform,
                                                        RefundLost,
                                                        CancelAsked,
                                                        CancelDenied,
                                                        CancelGone,
                                                        CancelSettled,
                                                        Cancelled,
                                                        Proposed,
                                                        ProposalGoes,
                                                        Consented,
                                                        Overdue,
                                                        ProposalEnds,
                                                        Held,
                                                        PaymentTold,
                                                        Released,
                                                        Expired,
                                                        OpenMoved,
                                                        DeadlineSet,
                                                        Denied};
static_assert(kBuilders.back() != nullptr);

}  // namespace

Event BuildEvent(EventKind kind, const Rule& rule, const Situation& situation) {
  return kBuilders[static_cast<std::size_t>(kind)](rule, situation);
}

}  // namespace guarantee::order::letter
