#include "invoice/domain/build_event.h"

#include <array>
#include <variant>

namespace guarantee::invoice {
namespace {

template <typename T>
const T& Get(const Situation& s) {
  return std::get<T>(s.command);
}

DecidedBy By(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return head != nullptr ? DecidedBy{head->decision_id, head->decided_by} : DecidedBy{};
}

// Rulings 3.13: what is empty is taken from the buyer.
Delivery Completed(const RequestInvoice& request) {
  Delivery delivery = request.delivery;
  if (delivery.title.empty()) delivery.title = request.buyer.name;
  if (delivery.mail_address.empty()) delivery.mail_address = request.buyer.address;
  return delivery;
}

std::vector<Flag> FlagsOf(const RequestInvoice& request, const Delivery& delivery) {
  std::vector<Flag> flags;
  if (delivery.email.empty() && delivery.mobile.empty()) flags.push_back(Flag::kNoContact);
  if (delivery.recipient.empty()) flags.push_back(Flag::kNoRecipient);
  if (delivery.mail_address.empty()) flags.push_back(Flag::kNoMailAddress);
  if (!request.tax_number_fits) flags.push_back(Flag::kOddTaxNumber);
  return flags;
}

Event Requested(const Rule&, const Situation& s) {
  const auto& request = Get<RequestInvoice>(s);
  const Delivery delivery = Completed(request);
  return InvoiceRequested{.partner = request.partner,
                          .guarantee_no = request.guarantee_no,
                          .business_no = request.business_no,
                          .received_at = request.received_at,
                          .wait_until = request.received_at + s.policy.wait_ms,
                          .kind = request.kind,
                          .amount = request.amount,
                          .flags = FlagsOf(request, delivery),
                          .sensitive = {request.buyer, delivery, request.tax_number_fits}};
}

Event Accepted(const Rule&, const Situation& s) {
  return RequestAccepted{s.view.business_no, s.now};
}

Event Issued(const Rule&, const Situation& s) {
  const auto& issue = Get<Issue>(s);
  return InvoiceIssued{s.view.business_no, issue.number, By(s), s.now, {issue.url}};
}

Event Failed(const Rule& rule, const Situation& s) {
  const auto* fail = std::get_if<Fail>(&s.command);
  const bool said = fail != nullptr && !fail->decision.reason.empty();
  const std::string own(FactsOf(rule.reason).text);
  return InvoiceFailed{
      s.view.business_no, rule.reason, By(s), s.now, {said ? fail->decision.reason : own}};
}

Event Reversed(const Rule&, const Situation& s) {
  return InvoiceReversed{s.view.business_no, s.view.request()->blue, Get<Reverse>(s).number, By(s),
                         s.now};
}

Event Restored(const Rule&, const Situation& s) {
  const auto& restored = Get<GuaranteeRestored>(s);
  return NamesRestored{restored.partner,
                       restored.guarantee_no,
                       restored.restored_at,
                       restored.premium,
                       {restored.bidder}};
}
Event Acknowledged(const Rule&, const Situation& s) {
  const auto& accepted = Get<RestoreAccepted>(s);
  return RestoreAcknowledged{accepted.partner, accepted.guarantee_no, accepted.accepted_at};
}
Event WentBack(const Rule&, const Situation& s) {
  const auto& returned = Get<PremiumReturned>(s);
  return PremiumWentBack{returned.partner, returned.guarantee_no, returned.amount};
}

Event Denied(const Rule& rule, const Situation& s) {
  return DecisionRefused{s.view.business_no, By(s), rule.reason, s.now};
}

struct Builder {
  EventKind kind;
  Event (*build)(const Rule&, const Situation&);
};
constexpr std::array<Builder, kEventCount> kBuilders = {{
    {EventKind::kInvoiceRequested, Requested},
    {EventKind::kRequestAccepted, Accepted},
    {EventKind::kInvoiceIssued, Issued},
    {EventKind::kInvoiceFailed, Failed},
    {EventKind::kInvoiceReversed, Reversed},
    {EventKind::kNamesRestored, Restored},
    {EventKind::kRestoreAcknowledged, Acknowledged},
    {EventKind::kPremiumWentBack, WentBack},
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

}  // namespace guarantee::invoice
