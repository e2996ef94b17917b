#include "credit/domain/guards.h"

#include <algorithm>
#include <array>
#include <utility>

#include "credit/domain/effects.h"

namespace guarantee::credit {
namespace {

template <typename T>
const T* As(const Situation& s) {
  return std::get_if<T>(&s.command);
}

bool CrossedByGrant(const Situation& s) {
  const auto* withdraw = As<Withdraw>(s);
  const Application* application = s.view.application();
  return withdraw != nullptr && application != nullptr && application->granted_at &&
         withdraw->received_at < *application->granted_at;
}

bool KnownDecision(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return head != nullptr && FindDecision(s.view.row, head->decision_id) != nullptr;
}

bool DecisionLogFull(const Situation& s) {
  const Application* application = s.view.application();
  const auto& log = application != nullptr ? application->decisions : s.view.row.decisions;
  return machine::DecisionLogFull(log);
}

bool DeciderMissing(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return head == nullptr || head->decision_id.empty() || head->decided_by.empty();
}

bool StaleDecision(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  if (head == nullptr || head->based_on_revision == 0) return false;
  return head->based_on_revision < s.view.row.terms_revision ||
         head->based_on_revision > s.view.row.revision;
}

bool TermsUnfit(const Situation& s) {
  const auto* grant = As<Grant>(s);
  return grant == nullptr || grant->limit <= Money{} || grant->valid_begin >= grant->valid_end ||
         grant->valid_end < s.now;
}

bool LimitBelowReserved(const Situation& s) {
  const auto* grant = As<Grant>(s);
  return grant != nullptr && grant->limit < ReservedOf(s.view.row);
}

const Reservation* ReservationOf(const Situation& s) {
  if (const auto* reserve = As<Reserve>(s)) {
    return FindReservation(s.view.row, reserve->order_flow);
  }
  const auto* release = As<Release>(s);
  return release != nullptr ? FindReservation(s.view.row, release->order_flow) : nullptr;
}

bool Reserved(const Situation& s) {
  const Reservation* reservation = ReservationOf(s);
  return reservation != nullptr && !reservation->released;
}
bool ReservationReleased(const Situation& s) {
  const Reservation* reservation = ReservationOf(s);
  return reservation != nullptr && reservation->released;
}

bool AmountUnfit(const Situation& s) {
  const auto* reserve = As<Reserve>(s);
  return reserve == nullptr || reserve->amount <= Money{} || reserve->order_flow.empty();
}

bool NotInValidity(const Situation& s) {
  const auto* reserve = As<Reserve>(s);
  const auto& line = s.view.row.line;
  return reserve == nullptr || !line || !InValidity(*line, reserve->arrived_at);
}

bool ReservationsFull(const Situation& s) {
  const auto& all = s.view.row.reservations;
  const auto open =
      std::count_if(all.begin(), all.end(), [](const Reservation& r) { return !r.released; });
  return static_cast<std::size_t>(open) >= kOpenReservationsMax;
}

bool HeadroomShort(const Situation& s) {
  const auto* reserve = As<Reserve>(s);
  return reserve == nullptr || HeadroomOf(s.view.row) < reserve->amount;
}

bool TimerDue(const Situation& s) {
  const auto* passed = As<TimePassed>(s);
  const auto timer = TimerOf(s.view.row);
  return passed != nullptr && timer && *timer == Timer{passed->business_no, passed->due} &&
         s.now >= passed->due;
}

struct Check {
  Guard guard;
  bool (*holds)(const Situation&);
};

constexpr std::array<Check, kGuardCount> kChecks = {{
    {Guard::kAlways, [](const Situation&) { return true; }},
    {Guard::kApplicationOpen,
     [](const Situation& s) { return OpenApplication(s.view.row) != nullptr; }},
    {Guard::kTooManyApplications,
     [](const Situation& s) { return s.view.row.applications.size() >= kApplicationsMax; }},
    {Guard::kCrossedByGrant, CrossedByGrant},
    {Guard::kOutstanding, [](const Situation& s) { return ReservedOf(s.view.row) > Money{}; }},
    {Guard::kKnownDecision, KnownDecision},
    {Guard::kDecisionLogFull, DecisionLogFull},
    {Guard::kDeciderMissing, DeciderMissing},
    {Guard::kStaleDecision, StaleDecision},
    {Guard::kTermsUnfit, TermsUnfit},
    {Guard::kLimitBelowReserved, LimitBelowReserved},
    {Guard::kReserved, Reserved},
    {Guard::kReservationReleased, ReservationReleased},
    {Guard::kAmountUnfit, AmountUnfit},
    {Guard::kNotInValidity, NotInValidity},
    {Guard::kReservationsFull, ReservationsFull},
    {Guard::kHeadroomShort, HeadroomShort},
    {Guard::kTimerDue, TimerDue},
}};

constexpr bool ChecksInOrder() {
  for (std::size_t i = 0; i < kChecks.size(); ++i) {
    if (static_cast<std::size_t>(kChecks[i].guard) != i || kChecks[i].holds == nullptr)
      return false;
  }
  return true;
}
static_assert(ChecksInOrder(), "kChecks is read by index");

template <typename T>
std::string NumberOf(const Credit& row, const T& one) {
  if constexpr (requires { one.order_flow; }) {
    const Application* line = LineApplication(row);
    return line != nullptr ? line->business_no : "";
  } else {
    if (!one.business_no.empty()) return one.business_no;
    if constexpr (requires { one.decision; }) {
      if (const Application* open = OpenApplication(row)) return open->business_no;
    }
    return {};
  }
}

}  // namespace

View ViewOf(Credit row, std::string business_no) {
  const Application* application = FindApplication(row, business_no);
  const State state = application != nullptr ? application->state : State::kNone;
  return {state, std::move(business_no), std::move(row)};
}

std::string FocusOf(const Credit& row, const Command& command) {
  return std::visit([&row](const auto& one) { return NumberOf(row, one); }, command);
}

bool Holds(Guard guard, const Situation& situation) {
  return kChecks[static_cast<std::size_t>(guard)].holds(situation);
}

}  // namespace guarantee::credit
