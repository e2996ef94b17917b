#include "order/domain/effects.h"

#include "order/domain/collect_effects.h"

namespace guarantee::order {
namespace {

using Effects = std::vector<Effect>;

void Alarm(Effects& out, AlarmKind kind) { out.push_back(RaiseAlarm{kind}); }

void GiveBack(Effects& out, const Order& after, bool premium, bool credit, RefusalCode reason) {
  if (premium) out.push_back(RefundPremium{*after.premium, reason});
  if (credit) out.push_back(ReleaseCredit{after.amount});
}

void Of(Effects& out, const OrderAccepted& event, const Order&, const Situation&) {
  if (event.opening_already_past) Alarm(out, AlarmKind::kOpeningAlreadyPast);
  if (event.deadline_after_opening) Alarm(out, AlarmKind::kDeadlineAfterOpening);
}
void Of(Effects& out, const PaymentReturned& event, const Order&, const Situation&) {
  out.push_back(RefundPremium{event.sensitive.payment, event.reason});
}
void Of(Effects& out, const CreditRequested& event, const Order&, const Situation&) {
  out.push_back(ReserveCredit{event.amount});
  if (event.again) Alarm(out, AlarmKind::kCreditUnanswered);
}
void Of(Effects& out, const CreditReleased& event, const Order&, const Situation&) {
  out.push_back(ReleaseCredit{event.amount});
}
void Of(Effects& out, const LetterRequested& event, const Order& after, const Situation& s) {
  out.push_back(RequestLetter{event.guarantee_no, event.attempt, after.amount, event.at,
                              ValidEndFor(after.open_time, s.policy)});
}
void Of(Effects& out, const IssueUndelivered&, const Order&, const Situation&) {
  Alarm(out, AlarmKind::kIssueNoticeExpired);
}
void Of(Effects& out, const OrderCancelled& event, const Order& after, const Situation&) {
  GiveBack(out, after, event.premium_refunded, event.credit_released, RefusalCode::kNone);
}
void Of(Effects& out, const OrderLapsed& event, const Order& after, const Situation&) {
  GiveBack(out, after, event.premium_refunded, event.credit_released, event.reason);
}
void Of(Effects& out, const OpenTimeMoved& event, const Order& after, const Situation& s) {
  if (event.returned) Alarm(out, AlarmKind::kTimeReturned);
  if (after.letter && after.letter->valid_end < ValidEndFor(after.open_time, s.policy)) {
    Alarm(out, AlarmKind::kValidityTooShort);
  }
}
void Of(Effects& out, const DeadlineMoved& event, const Order& after, const Situation&) {
  if (event.returned) Alarm(out, AlarmKind::kTimeReturned);
  if (event.to > after.open_time) Alarm(out, AlarmKind::kDeadlineAfterOpening);
  if (after.state == State::kIssued && !after.issue_acknowledged_at) {
    out.push_back(RenewIssueNotice{event.to});
  }
}

// Facts that ask nothing of the outside.
void Of(Effects&, const RedirectSpent&, const Order&, const Situation&) {}
void Of(Effects&, const UnderwritingStarted&, const Order&, const Situation&) {}
void Of(Effects&, const BidderIdentified&, const Order&, const Situation&) {}
void Of(Effects&, const OrderApproved&, const Order&, const Situation&) {}
void Of(Effects&, const PremiumRequested&, const Order&, const Situation&) {}
void Of(Effects&, const PremiumAccepted&, const Order&, const Situation&) {}
void Of(Effects&, const CreditSecured&, const Order&, const Situation&) {}
void Of(Effects&, const CreditDenied&, const Order&, const Situation&) {}
void Of(Effects&, const IssuingStarted&, const Order&, const Situation&) {}
void Of(Effects&, const LetterAttemptFailed&, const Order&, const Situation&) {}
void Of(Effects&, const LetterIssued&, const Order&, const Situation&) {}
void Of(Effects&, const IssueAcknowledged&, const Order&, const Situation&) {}
void Of(Effects&, const OrderRejected&, const Order&, const Situation&) {}
void Of(Effects&, const CancelRequested&, const Order&, const Situation&) {}
void Of(Effects&, const CancelDeclined&, const Order&, const Situation&) {}
void Of(Effects&, const DecisionApplied&, const Order&, const Situation&) {}
void Of(Effects&, const DecisionRefused&, const Order&, const Situation&) {}

std::string ApplyNo(const Situation& s) {
  if (const auto* cancel = std::get_if<Cancel>(&s.command)) return cancel->apply_no;
  return s.order.cancel_request ? s.order.cancel_request->apply_no : s.order.order_no;
}

// The institution's own words where it declined, else the refusal's text.
std::string Remark(const Rule& rule, const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return head != nullptr ? head->reason : std::string(FactsOf(rule.reason).text);
}

NotifyIssued IssuedNotice(const Situation& s) {
  const Order& order = s.order;
  return {.business_no = order.business_no,
          .order_no = order.order_no,
          .letter = *order.letter,
          .payer_name = order.premium->payer_name,
          .payer_account = order.premium->payer_account,
          .institution_name = s.policy.institution_name,
          .insurer_code = s.policy.insurer_code,
          .quote = order.quote,
          .not_after = order.purchase_deadline};
}

// A second 3.1 under a used number gets a failure of its own; every other one is the order's.
void Failed(Effects& out, const Rule& rule, const Situation& s) {
  const auto* apply = std::get_if<Apply31>(&s.command);
  const std::string& business_no = apply != nullptr ? apply->business_no : s.order.business_no;
  out.push_back(NotifyFailed{business_no, s.order.order_no, rule.reason});
  if (rule.to && s.order.cancel_request) out.push_back(NotifyCancel{ApplyNo(s), true, {}});
}

}  // namespace

void CollectEffects(const Event& event, const Situation& after, std::vector<Effect>& out) {
  std::visit([&](const auto& fact) { Of(out, fact, after.order, after); }, event);
}

void CollectNotice(const Rule& rule, const Situation& after, std::vector<Effect>& out) {
  switch (rule.notice) {
    case Notice::kNone:
      return;
    case Notice::kIssued:
      out.push_back(IssuedNotice(after));
      return;
    case Notice::kFailed:
      return Failed(out, rule, after);
    case Notice::kCancelDone:
      out.push_back(NotifyCancel{ApplyNo(after), true, {}});
      return;
    case Notice::kCancelRefused:
      out.push_back(NotifyCancel{ApplyNo(after), false, Remark(rule, after)});
      return;
  }
}

std::vector<Timer> TimersOf(const Order& order) {
  std::vector<Timer> timers;
  if (IsOpen(order.state) || order.state == State::kIssuing) {
    // The deadline itself is still in time.
    timers.push_back({TimerKind::kPurchaseDeadline, order.purchase_deadline + 1});
  }
  if (order.letter_retry_due) timers.push_back({TimerKind::kLetterRetry, *order.letter_retry_due});
  if (order.credit_answer_due) {
    timers.push_back({TimerKind::kCreditAnswer, *order.credit_answer_due});
  }
  return timers;
}

void CollectTimers(const Order& before, const Order& after, std::vector<Effect>& out) {
  const auto find = [](const std::vector<Timer>& timers, TimerKind kind) -> const Timer* {
    for (const Timer& timer : timers) {
      if (timer.kind == kind) return &timer;
    }
    return nullptr;
  };
  const auto had = TimersOf(before);
  const auto has = TimersOf(after);
  for (const Timer& timer : had) {
    if (find(has, timer.kind) == nullptr) out.push_back(ClearTimer{timer.kind});
  }
  for (const Timer& timer : has) {
    const Timer* old = find(had, timer.kind);
    if (old == nullptr || old->due != timer.due) out.push_back(SetTimer{timer.kind, timer.due});
  }
}

}  // namespace guarantee::order
