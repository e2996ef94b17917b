#include "credit/domain/credit.h"

#include <algorithm>

namespace guarantee::credit {
namespace {

const Application* InState(const Credit& row, State state) {
  const auto found = std::find_if(row.applications.begin(), row.applications.end(),
                                  [&](const Application& a) { return a.state == state; });
  return found == row.applications.end() ? nullptr : &*found;
}

}  // namespace

const Application* FindApplication(const Credit& row, std::string_view business_no) {
  const auto found =
      std::find_if(row.applications.begin(), row.applications.end(),
                   [&](const Application& a) { return a.business_no == business_no; });
  return found == row.applications.end() ? nullptr : &*found;
}

const Application* OpenApplication(const Credit& row) { return InState(row, State::kApplied); }

const Application* LineApplication(const Credit& row) {
  if (const Application* granted = InState(row, State::kGranted)) return granted;
  if (const Application* open = OpenApplication(row)) return open;
  return row.applications.empty() ? nullptr : &row.applications.back();
}

const Application* ShownApplication(const Credit& row) {
  const Application* open = OpenApplication(row);
  return open != nullptr ? open : LineApplication(row);
}

const Reservation* FindReservation(const Credit& row, std::string_view order_flow) {
  const auto found = std::find_if(row.reservations.begin(), row.reservations.end(),
                                  [&](const Reservation& r) { return r.order_flow == order_flow; });
  return found == row.reservations.end() ? nullptr : &*found;
}

const DecisionRecord* FindDecision(const Credit& row, const std::string& decision_id) {
  if (const auto* known = machine::FindDecision(row.decisions, decision_id)) return known;
  for (const Application& application : row.applications) {
    if (const auto* known = machine::FindDecision(application.decisions, decision_id)) return known;
  }
  return nullptr;
}

Money ReservedOf(const Credit& row) {
  Money sum;
  for (const Reservation& reservation : row.reservations) {
    if (!reservation.released) sum.fen += reservation.amount.fen;
  }
  return sum;
}

Money HeadroomOf(const Credit& row) {
  if (!row.line) return {};
  return {row.line->limit.fen - ReservedOf(row).fen};
}

bool InValidity(const Line& line, UnixMillis at) {
  return at >= line.valid_begin && at <= line.valid_end;
}

Standing StandingOf(const std::optional<Credit>& row, Money need, UnixMillis at) {
  if (!row) return Standing::kNoCredit;
  if (row->line) {
    if (!InValidity(*row->line, at)) return Standing::kNoCredit;
    return HeadroomOf(*row) >= need ? Standing::kReady : Standing::kShort;
  }
  const Application* latest = LineApplication(*row);
  if (latest == nullptr || latest->state != State::kDeclined) return Standing::kNoCredit;
  return Standing::kDeclined;
}

}  // namespace guarantee::credit
