#include "claim/domain/build_event.h"

#include <array>
#include <variant>

#include "claim/domain/effects.h"

namespace guarantee::claim {
namespace {

template <typename T>
const T& Get(const Situation& s) {
  return std::get<T>(s.command);
}

const Claim& Focus(const Situation& s) { return *s.view.claim(); }
const std::string& Number(const Situation& s) { return s.view.business_no; }

DecidedBy By(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return head != nullptr ? DecidedBy{head->decision_id, head->decided_by} : DecidedBy{};
}

// From a 3.11 or from a registration, whose members have the same names.
template <typename Presentation>
ClaimReceived Received(const Presentation& from, UnixMillis received_at, const Rule& rule,
                       const Situation& s) {
  ClaimReceived event{.partner = from.partner,
                      .guarantee_no = from.guarantee_no,
                      .business_no = from.business_no,
                      .own = std::holds_alternative<Register>(s.command),
                      .received_at = received_at,
                      .warning_at = ExaminationWarning(received_at, s.policy),
                      .examine_end = ExaminationEnd(received_at, s.policy),
                      .hold_answer_due = std::nullopt,
                      .by = By(s),
                      .sensitive = {from.beneficiary, from.attachments}};
  if (rule.to == State::kReceived) event.hold_answer_due = s.now + s.policy.hold_answer_ms;
  auto& attachments = event.sensitive.attachments;
  if (attachments.size() > kAttachmentsMax) attachments.resize(kAttachmentsMax);
  return event;
}

Event Presented(const Rule& rule, const Situation& s) {
  if (const auto* paper = std::get_if<Register>(&s.command)) {
    return Received(*paper, paper->presented_at, rule, s);
  }
  const auto& present = Get<Present>(s);
  return Received(present, present.received_at, rule, s);
}

Event AskedAgain(const Rule&, const Situation& s) {
  return HoldAskedAgain{Number(s), s.now + s.policy.hold_answer_ms};
}

Event Locked(const Rule&, const Situation& s) {
  const auto& held = Get<GuaranteeHeld>(s);
  GuaranteeLocked event{.business_no = Number(s),
                        .available = held.available,
                        .valid_end = held.valid_end,
                        .sealed = !held.tenderee && !s.view.row.guarantee.tenderee,
                        .platform_answer_due = std::nullopt,
                        .sensitive = {held.tenderee}};
  if (Focus(s).own) event.platform_answer_due = s.now + s.policy.platform_answer_ms;
  return event;
}

Event Restored(const Rule&, const Situation& s) {
  const auto& restored = Get<GuaranteeRestored>(s);
  return NamesRestored{
      restored.partner, restored.guarantee_no, restored.restored_at, {restored.tenderee}};
}

Event Compared(const Rule&, const Situation& s) {
  return BeneficiaryCompared{
      Number(s), SameParty(Focus(s).beneficiary, s.view.row.guarantee.tenderee.value())};
}

Event Opened(const Rule&, const Situation& s) { return ExaminationOpened{Number(s), By(s), s.now}; }

Event Lowered(const Rule&, const Situation& s) {
  const auto& demand = Get<SetDemand>(s);
  return DemandLowered{Number(s), demand.amount, By(s), s.now, {demand.document}};
}

Event Approved(const Rule& rule, const Situation& s) {
  return PaymentApproved{Number(s), DemandOf(s.view.row, Focus(s)), rule.to == State::kPaying,
                         By(s), s.now};
}

// The bank's confirmation, or the platform's word on a claim that we registered.
Event Paid(const Rule&, const Situation& s) {
  const Money available = s.view.row.guarantee.available.value_or(Money{});
  if (const auto* result = std::get_if<PlatformResult>(&s.command)) {
    return ClaimPaid{
        Number(s), result->amount, {available.fen - result->amount.fen}, result->received_at,
        {},        {Number(s)}};
  }
  const auto& confirm = Get<ConfirmPayment>(s);
  const Money amount = Focus(s).ordered.value_or(Money{});
  return ClaimPaid{Number(s),       amount, {available.fen - amount.fen},
                   confirm.paid_at, By(s),  {confirm.reference}};
}

std::vector<std::string> Reasons(const Rule& rule, const Situation& s) {
  if (rule.reason == RefusalCode::kDiscrepant) return DiscrepanciesOf(s);
  if (const auto* refused = std::get_if<HoldRefused>(&s.command); refused != nullptr) {
    if (!refused->text.empty()) return {refused->text};
  }
  if (const auto* result = std::get_if<PlatformResult>(&s.command); result != nullptr) {
    if (!result->description.empty()) return {result->description};
  }
  return {std::string(FactsOf(rule.reason).text)};
}

Event Refused(const Rule& rule, const Situation& s) {
  return ClaimRefused{Number(s), rule.reason, By(s), s.now, {Reasons(rule, s)}};
}

Event Asked(const Rule&, const Situation& s) {
  return WithdrawalAsked{Number(s), s.now, {Get<Withdraw>(s).reason}};
}
Event PreApproved(const Rule&, const Situation& s) {
  return WithdrawalPreApproved{Number(s), By(s), s.now, {Get<PreApproveWithdrawal>(s).document}};
}
Event Withdrawn(const Rule&, const Situation& s) {
  const auto* withdraw = std::get_if<Withdraw>(&s.command);
  const DecisionHead* head = HeadOf(s.command);
  ClaimWithdrawn event{Number(s), By(s), s.now, {}};
  if (withdraw != nullptr) event.sensitive.reason = withdraw->reason;
  if (head != nullptr) event.sensitive.reason = head->reason;
  return event;
}

Event Clock(const Rule&, const Situation& s) {
  const bool ended = Get<TimePassed>(s).kind == TimerKind::kExaminationEnd;
  return ClockPassed{Number(s), ended ? kClockEnded : kClockWarned, s.now};
}

Event Answered(const Rule&, const Situation& s) {
  const auto& result = Get<PlatformResult>(s);
  return PlatformAnswered{Number(s), result.paid, result.paid ? result.amount : Money{},
                          PlatformContradicts(s), result.received_at};
}
Event Silent(const Rule&, const Situation& s) { return PlatformSilent{Number(s), s.now}; }
Event Closed(const Rule&, const Situation& s) {
  return RegistrationClosed{Number(s), By(s), s.now};
}

Event Denied(const Rule& rule, const Situation& s) {
  return DecisionRefused{Number(s), By(s), rule.reason, s.now};
}

using Builder = Event (*)(const Rule&, const Situation&);

// In the order of EventKind.
constexpr std::array<Builder, kEventCount> kBuilders = {
    Presented, AskedAgain, Locked,      Restored,  Compared, Opened,   Lowered, Approved, Paid,
    Refused,   Asked,      PreApproved, Withdrawn, Clock,    Answered, Silent,  Closed,   Denied};
static_assert(kBuilders.back() != nullptr);

}  // namespace

Event BuildEvent(EventKind kind, const Rule& rule, const Situation& situation) {
  return kBuilders[static_cast<std::size_t>(kind)](rule, situation);
}

}  // namespace guarantee::claim
