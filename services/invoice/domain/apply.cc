#include <algorithm>
#include <utility>

#include "invoice/domain/events.h"

namespace guarantee::invoice {
namespace {

Request& Of(Invoices& row, const std::string& business_no) {
  const auto found = std::find_if(row.requests.begin(), row.requests.end(),
                                  [&](const Request& r) { return r.business_no == business_no; });
  if (found != row.requests.end()) return *found;
  row.requests.push_back({});
  row.requests.back().business_no = business_no;
  return row.requests.back();
}

template <typename Fact>
void Name(Invoices& row, const Fact& event) {
  row.partner = event.partner;
  row.guarantee_no = event.guarantee_no;
  row.terms_revision = row.revision;
}

// A decision or an own step led to `state`.
template <typename Fact>
Request& Move(Invoices& row, const Fact& event, State state) {
  Request& request = Of(row, event.business_no);
  request.state = state;
  row.terms_revision = row.revision;
  if constexpr (requires { event.by; }) {
    machine::RecordDecision(request.decisions, event.by.decision_id, RefusalCode::kNone);
  }
  return request;
}

void On(Invoices& row, const InvoiceRequested& event) {
  Name(row, event);
  Request& request = Move(row, event, State::kWaiting);
  request.received_at = event.received_at;
  request.wait_until = event.wait_until;
  request.kind = event.kind;
  request.amount = event.amount;
  request.flags = event.flags;
  request.buyer = event.sensitive.buyer;
  request.delivery = event.sensitive.delivery;
  request.tax_number_fits = event.sensitive.tax_number_fits;
}
void On(Invoices& row, const RequestAccepted& event) { Move(row, event, State::kRequested); }
void On(Invoices& row, const InvoiceIssued& event) {
  Request& request = Move(row, event, State::kIssued);
  request.blue = event.number;
  request.url = event.sensitive.url;
}
void On(Invoices& row, const InvoiceFailed& event) {
  Request& request = Move(row, event, State::kFailed);
  request.end_reason = event.reason;
  request.end_text = event.sensitive.text;
}
void On(Invoices& row, const InvoiceReversed& event) {
  Move(row, event, State::kReversed).red = event.red;
}

void On(Invoices& row, const NamesRestored& event) {
  Name(row, event);
  row.guarantee.bidder = event.sensitive.bidder;
  row.guarantee.premium = event.premium;
  row.guarantee.restored_at = event.restored_at;
}
void On(Invoices& row, const RestoreAcknowledged& event) {
  Name(row, event);
  row.guarantee.accepted_at = event.accepted_at;
}
void On(Invoices& row, const PremiumWentBack& event) {
  Name(row, event);
  row.guarantee.returned = event.amount;
}

void On(Invoices& row, const DecisionRefused& event) {
  const bool known = FindRequest(row, event.business_no) != nullptr;
  auto& log = known ? Of(row, event.business_no).decisions : row.decisions;
  machine::RecordDecision(log, event.by.decision_id, event.reason);
}

}  // namespace

Invoices Apply(Invoices row, const Event& event) {
  ++row.revision;
  std::visit([&row](const auto& fact) { On(row, fact); }, event);
  return row;
}

}  // namespace guarantee::invoice
