#include "credit/domain/build_event.h"

#include <array>
#include <variant>

namespace guarantee::credit {
namespace {

template <typename T>
const T& Get(const Situation& s) {
  return std::get<T>(s.command);
}

DecidedBy By(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return head != nullptr ? DecidedBy{head->decision_id, head->decided_by} : DecidedBy{};
}

Event Applied(const Rule&, const Situation& s) {
  const auto& apply = Get<ApplyForCredit>(s);
  return CreditApplied{
      apply.partner, apply.business_no, apply.received_at, {apply.applicant, apply.attachment}};
}

Event Granted(const Rule&, const Situation& s) {
  const auto& grant = Get<Grant>(s);
  return CreditGranted{s.view.business_no, grant.limit, grant.valid_begin,
                       grant.valid_end,    By(s),       s.now};
}

Event Declined(const Rule& rule, const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  const std::string own(FactsOf(rule.reason).text);
  const bool said = head != nullptr && !head->reason.empty();
  return CreditDeclined{s.view.business_no, rule.reason, By(s), s.now, {said ? head->reason : own}};
}

Event Withdrawn(const Rule&, const Situation& s) {
  return CreditWithdrawn{s.view.business_no, s.now, {Get<Withdraw>(s).reason}};
}

Event Lapsed(const Rule&, const Situation& s) { return CreditLapsed{s.view.business_no, s.now}; }

Event Reserved(const Rule&, const Situation& s) {
  const auto& reserve = Get<Reserve>(s);
  const Money left{HeadroomOf(s.view.row).fen - reserve.amount.fen};
  return CreditReserved{reserve.amount, left, s.now, {reserve.order_flow, reserve.order_no}};
}

Event Released(const Rule&, const Situation& s) {
  const auto& release = Get<Release>(s);
  const Reservation* reservation = FindReservation(s.view.row, release.order_flow);
  const Money amount = reservation != nullptr ? reservation->amount : Money{};
  return CreditReleased{amount, s.now, {release.order_flow}};
}

Event Denied(const Rule& rule, const Situation& s) {
  return DecisionRefused{s.view.business_no, By(s), rule.reason, s.now};
}

struct Builder {
  EventKind kind;
  Event (*build)(const Rule&, const Situation&);
};
constexpr std::array<Builder, kEventCount> kBuilders = {{
    {EventKind::kCreditApplied, Applied},
    {EventKind::kCreditGranted, Granted},
    {EventKind::kCreditDeclined, Declined},
    {EventKind::kCreditWithdrawn, Withdrawn},
    {EventKind::kCreditLapsed, Lapsed},
    {EventKind::kCreditReserved, Reserved},
    {EventKind::kCreditReleased, Released},
    {EventKind::kDecisionRefused, Denied},
}};
constexpr bool BuildersInOrder() {
  for (std::size_t i = 0; i < kBuilders.size(); ++i) {
    if (static_cast<std::size_t>(kBuilders[i].kind) != i || kBuilders[i].build == nullptr)
      return false;
  }
  return true;
}
static_assert(BuildersInOrder(), "kBuilders is read by index");

}  // namespace

Event BuildEvent(EventKind kind, const Rule& rule, const Situation& situation) {
  return kBuilders[static_cast<std::size_t>(kind)].build(rule, situation);
}

}  // namespace guarantee::credit
