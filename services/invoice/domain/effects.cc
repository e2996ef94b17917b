#include "invoice/domain/effects.h"

#include <algorithm>

#include "invoice/domain/collect_effects.h"

namespace guarantee::invoice {
namespace {

bool Has(const std::vector<Timer>& timers, const Timer& timer) {
  return std::find(timers.begin(), timers.end(), timer) != timers.end();
}

Notify Failed(const Situation& after) {
  if (const Request* request = after.view.request()) {
    return {request->business_no, after.view.row.guarantee_no, false, request->kind, {}, ""};
  }
  const auto& request = std::get<RequestInvoice>(after.command);
  return {request.business_no, request.guarantee_no, false, request.kind, {}, ""};
}

}  // namespace

void CollectEffects(const Event& event, const Situation& after, std::vector<Effect>& out) {
  if (const auto* requested = std::get_if<InvoiceRequested>(&event)) {
    if (!requested->flags.empty()) {
      out.push_back(RaiseAlarm{requested->business_no, AlarmKind::kFlagged});
    }
  }
  if (std::holds_alternative<PremiumWentBack>(event)) {
    if (const Request* issued = IssuedRequest(after.view.row)) {
      out.push_back(RaiseAlarm{issued->business_no, AlarmKind::kRedLetterDue});
    }
  }
}

void CollectNotice(const Rule& rule, const Situation& after, std::vector<Effect>& out) {
  switch (rule.notice) {
    case Notice::kNone:
      return;
    case Notice::kIssued: {
      const Request* request = after.view.request();
      out.push_back(Notify{request->business_no, after.view.row.guarantee_no, true, request->kind,
                           request->blue, request->url});
      return;
    }
    case Notice::kFailed:
      out.push_back(Failed(after));
      return;
  }
}

std::vector<Timer> TimersOf(const Invoices& row) {
  std::vector<Timer> timers;
  for (const Request& request : row.requests) {
    if (request.state != State::kWaiting) continue;
    timers.push_back({request.business_no, request.wait_until});
  }
  return timers;
}

void CollectTimers(const Invoices& before, const Invoices& after, std::vector<Effect>& out) {
  const auto had = TimersOf(before);
  const auto has = TimersOf(after);
  for (const Timer& timer : had) {
    if (!Has(has, timer)) out.push_back(ClearTimer{timer.business_no});
  }
  for (const Timer& timer : has) {
    if (!Has(had, timer)) out.push_back(SetTimer{timer.business_no, timer.due});
  }
}

}  // namespace guarantee::invoice
