#include <algorithm>
#include <utility>

#include "credit/domain/events.h"

namespace guarantee::credit {
namespace {

Application& Of(Credit& row, const std::string& business_no) {
  const auto found =
      std::find_if(row.applications.begin(), row.applications.end(),
                   [&](const Application& a) { return a.business_no == business_no; });
  if (found != row.applications.end()) return *found;
  row.applications.push_back({});
  row.applications.back().business_no = business_no;
  return row.applications.back();
}

Application& End(Credit& row, const std::string& business_no, State state) {
  Application& application = Of(row, business_no);
  application.state = state;
  if (row.line && row.line->business_no == business_no) row.line.reset();
  row.terms_revision = row.revision;
  return application;
}

void Remember(Application& application, const DecidedBy& by) {
  machine::RecordDecision(application.decisions, by.decision_id, RefusalCode::kNone);
}

void On(Credit& row, const CreditApplied& event) {
  row.partner = event.partner;
  Application& application = Of(row, event.business_no);
  application.state = State::kApplied;
  application.received_at = event.received_at;
  application.applicant = event.sensitive.applicant;
  application.attachment = event.sensitive.attachment;
  row.terms_revision = row.revision;
}

void On(Credit& row, const CreditGranted& event) {
  if (row.line) {
    Application& renewed = End(row, std::string(row.line->business_no), State::kLapsed);
    renewed.end_reason = RefusalCode::kRenewed;
  }
  Application& application = Of(row, event.business_no);
  application.state = State::kGranted;
  application.granted_at = event.at;
  row.line =
      Line{event.business_no, event.limit, event.valid_begin, event.valid_end, event.by.decided_by};
  row.terms_revision = row.revision;
  Remember(application, event.by);
}

void On(Credit& row, const CreditDeclined& event) {
  Application& application = End(row, event.business_no, State::kDeclined);
  application.end_reason = event.reason;
  application.end_text = event.sensitive.text;
  Remember(application, event.by);
}

void On(Credit& row, const CreditWithdrawn& event) {
  End(row, event.business_no, State::kWithdrawn).end_text = event.sensitive.text;
}

void On(Credit& row, const CreditLapsed& event) {
  End(row, event.business_no, State::kLapsed).end_reason = RefusalCode::kLapsed;
}

void On(Credit& row, const CreditReserved& event) {
  row.reservations.push_back(
      {event.sensitive.order_flow, event.sensitive.order_no, event.amount, false});
}

// The oldest released ones are forgotten; a repeat that late reserves anew, and the order service
// gives back at once what it has no use for.
void Forget(std::vector<Reservation>& reservations) {
  const auto released = [](const Reservation& r) { return r.released; };
  const auto count = std::count_if(reservations.begin(), reservations.end(), released);
  if (static_cast<std::size_t>(count) <= kReleasedMax) return;
  reservations.erase(std::find_if(reservations.begin(), reservations.end(), released));
}

// Kept in the order of release.
void On(Credit& row, const CreditReleased& event) {
  auto& all = row.reservations;
  const auto found = std::find_if(all.begin(), all.end(), [&](const Reservation& r) {
    return r.order_flow == event.sensitive.order_flow;
  });
  Reservation released{event.sensitive.order_flow, "", event.amount, true};
  if (found != all.end()) {
    released.order_no = found->order_no;
    all.erase(found);
  }
  all.push_back(std::move(released));
  Forget(all);
}

void On(Credit& row, const DecisionRefused& event) {
  const bool known = FindApplication(row, event.business_no) != nullptr;
  auto& log = known ? Of(row, event.business_no).decisions : row.decisions;
  machine::RecordDecision(log, event.by.decision_id, event.reason);
}

}  // namespace

Credit Apply(Credit row, const Event& event) {
  ++row.revision;
  std::visit([&row](const auto& fact) { On(row, fact); }, event);
  return row;
}

}  // namespace guarantee::credit
