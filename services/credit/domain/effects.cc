#include "credit/domain/effects.h"

#include "credit/domain/collect_effects.h"

namespace guarantee::credit {
namespace {

Notify Declined(const Situation& after) {
  if (const auto* apply = std::get_if<ApplyForCredit>(&after.command)) {
    return {apply->business_no, false, apply->applicant, std::nullopt, std::nullopt};
  }
  const Application* application = after.view.application();
  return {application->business_no, false, application->applicant, std::nullopt, std::nullopt};
}

Notify Granted(const Situation& after) {
  const Application* application = after.view.application();
  const Line& line = after.view.row.line.value();
  return {application->business_no, true, application->applicant, line.valid_begin, line.valid_end};
}

// What is reserved, as it was at first.
TellReserved Reserved(const Situation& after) {
  const std::string& order_flow = std::get<Reserve>(after.command).order_flow;
  return {order_flow, FindReservation(after.view.row, order_flow)->amount};
}

TellRefused Refused(const Rule& rule, const Situation& after) {
  const RefusalFacts& facts = FactsOf(rule.reason);
  return {std::get<Reserve>(after.command).order_flow, std::string(facts.word),
          std::string(facts.text)};
}

}  // namespace

void CollectEffects(const Event& event, const Situation& after, std::vector<Effect>& out) {
  const auto* lapsed = std::get_if<CreditLapsed>(&event);
  if (lapsed == nullptr || ReservedOf(after.view.row) == Money{}) return;
  out.push_back(RaiseAlarm{lapsed->business_no, AlarmKind::kLapsedWhileReserved});
}

void CollectNotice(const Rule& rule, const Situation& after, std::vector<Effect>& out) {
  switch (rule.notice) {
    case Notice::kNone:
      return;
    case Notice::kGranted:
      out.push_back(Granted(after));
      return;
    case Notice::kDeclined:
      out.push_back(Declined(after));
      return;
    case Notice::kReserved:
      out.push_back(Reserved(after));
      return;
    case Notice::kReservationRefused:
      out.push_back(Refused(rule, after));
      // A late repeat of an order that has ended stops nobody.
      if (rule.reason == RefusalCode::kReservationReleased) return;
      out.push_back(RaiseAlarm{after.view.business_no, AlarmKind::kReservationRefused});
      return;
  }
}

std::optional<Timer> TimerOf(const Credit& row) {
  if (!row.line) return std::nullopt;
  return Timer{row.line->business_no, row.line->valid_end + 1};
}

void CollectTimers(const Credit& before, const Credit& after, std::vector<Effect>& out) {
  const auto had = TimerOf(before);
  const auto has = TimerOf(after);
  if (had == has) return;
  if (had && (!has || has->business_no != had->business_no)) {
    out.push_back(ClearTimer{had->business_no});
  }
  if (has) out.push_back(SetTimer{has->business_no, has->due});
}

}  // namespace guarantee::credit
