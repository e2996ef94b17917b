#include "order/domain/letter/effects.h"

#include "order/domain/letter/collect_effects.h"

namespace guarantee::order::letter {
namespace {

using Effects = std::vector<Effect>;

constexpr const char* kRefundDone = "退函成功";
constexpr const char* kCancelDone = "注销成功";
constexpr const char* kExpiredByItself = "保函到期自动注销";

void Alarm(Effects& out, AlarmKind kind) { out.push_back(RaiseAlarm{kind}); }

void Release(Effects& out, const Guarantee& after, bool released) {
  if (released) {
    out.push_back(ReleaseCredit{after.credit.flow, after.order_flow, after.amount});
  }
}

TellHeld HoldOf(const Guarantee& after) {
  TellHeld held{.business_no = after.hold->business_no,
                .available = after.available,
                .valid_end = after.valid_end,
                .restored = after.restore.has_value(),
                .tenderee_name = {},
                .tenderee_code = {}};
  if (after.restore) {
    held.tenderee_name = after.restore->names.tenderee_name;
    held.tenderee_code = after.restore->names.tenderee_code;
  }
  return held;
}

NotifyPlainLetter PlainLetterNotice(const Guarantee& after, const std::string& business_no) {
  return {business_no, after.guarantee_no, *after.plain_letter, after.restore->at};
}

void Of(Effects& out, const GuaranteeRestored& event, const Guarantee& after, const Situation&) {
  out.push_back(RequestPlainLetter{after.guarantee_no});
  out.push_back(TellRestored{after.guarantee_no, event.at, event.sensitive.names,
                             after.premium ? after.premium->amount : Money{}});
  if (event.bidder_differs) Alarm(out, AlarmKind::kBidderDiffers);
}
// Before the plain letter is there, the promise is kept by PlainLetterReceived.
void Of(Effects& out, const PlainLetterAsked& event, const Guarantee& after, const Situation&) {
  if (!after.plain_letter) return;
  if (event.again) {
    out.push_back(ResendPlainLetter{event.business_no});
  } else {
    out.push_back(PlainLetterNotice(after, event.business_no));
  }
}
void Of(Effects& out, const PlainLetterReceived&, const Guarantee& after, const Situation&) {
  for (const RestoreRequest& request : after.restore_requests) {
    out.push_back(PlainLetterNotice(after, request.business_no));
  }
}

void Of(Effects& out, const RefundRefused& event, const Guarantee& after, const Situation&) {
  out.push_back(NotifyRefund{event.business_no, after.guarantee_no, false,
                             event.sensitive.request_reason, event.sensitive.description,
                             std::nullopt});
}
void Of(Effects& out, const GuaranteeRefunded& event, const Guarantee& after, const Situation&) {
  out.push_back(NotifyRefund{event.business_no, after.guarantee_no, true, after.refund->reason,
                             kRefundDone, after.open_time});
  if (event.premium_returned) {
    out.push_back(RefundPremium{*after.premium});
    out.push_back(TellPremiumReturned{after.guarantee_no, after.premium->amount});
  }
  Release(out, after, event.credit_released);
}
void Of(Effects& out, const RefundUndelivered&, const Guarantee&, const Situation&) {
  Alarm(out, AlarmKind::kRefundNoticeExpired);
}

void Of(Effects& out, const CancellationRefused& event, const Guarantee& after, const Situation&) {
  out.push_back(
      NotifyCancel{event.business_no, after.guarantee_no, false, event.sensitive.description});
}
void Of(Effects& out, const CancellationSettled& event, const Guarantee& after, const Situation&) {
  out.push_back(NotifyCancel{event.business_no, after.guarantee_no, true, kExpiredByItself});
}
// Our own 3.9 ends with the platform's 3.10 (clarifications 7).
void Of(Effects& out, const GuaranteeCancelled& event, const Guarantee& after, const Situation&) {
  if (!event.own) {
    out.push_back(NotifyCancel{event.business_no, after.guarantee_no, true, kCancelDone});
  }
  Release(out, after, event.credit_released);
}
void Of(Effects& out, const ProposalSent& event, const Guarantee& after, const Situation&) {
  out.push_back(SendProposal{event.business_no, after.guarantee_no, after.cancellation->reason});
}
void Of(Effects& out, const ProposalOverdue&, const Guarantee&, const Situation&) {
  Alarm(out, AlarmKind::kProposalUnanswered);
}

void Of(Effects& out, const ClaimHeld&, const Guarantee& after, const Situation&) {
  out.push_back(HoldOf(after));
}
void Of(Effects& out, const ClaimPaymentRecorded& event, const Guarantee& after, const Situation&) {
  if (!after.restore) Alarm(out, AlarmKind::kPaidWhileSealed);
  Release(out, after, event.credit_released);
}

void Of(Effects& out, const GuaranteeExpired& event, const Guarantee& after, const Situation& s) {
  const bool asked =
      CancellationPending(after) || std::holds_alternative<RequestCancellation>(s.command);
  if (s.policy.notify_expiry && !asked) {
    out.push_back(NotifyCancel{after.guarantee_no, after.guarantee_no, true, kExpiredByItself});
  }
  Release(out, after, event.credit_released);
}
void Of(Effects& out, const OpenTimeMoved& event, const Guarantee& after, const Situation&) {
  const bool on_the_way =
      after.state == State::kRefunded && after.refund && !after.refund->notice_accepted_at;
  if (on_the_way) out.push_back(RenewRefundNotice{event.to});
}

// Facts that ask nothing of the outside.
void Of(Effects&, const GuaranteeIssued&, const Guarantee&, const Situation&) {}
void Of(Effects&, const IssueAcknowledged&, const Guarantee&, const Situation&) {}
void Of(Effects&, const PlainLetterAcknowledged&, const Guarantee&, const Situation&) {}
void Of(Effects&, const RefundRequested&, const Guarantee&, const Situation&) {}
void Of(Effects&, const RefundWithdrawn&, const Guarantee&, const Situation&) {}
void Of(Effects&, const RefundAcknowledged&, const Guarantee&, const Situation&) {}
void Of(Effects&, const CancellationRequested&, const Guarantee&, const Situation&) {}
void Of(Effects&, const CancellationWithdrawn&, const Guarantee&, const Situation&) {}
void Of(Effects&, const CancellationProposed&, const Guarantee&, const Situation&) {}
void Of(Effects&, const ProposalConsented&, const Guarantee&, const Situation&) {}
void Of(Effects&, const ProposalClosed&, const Guarantee&, const Situation&) {}
void Of(Effects&, const ClaimReleased&, const Guarantee&, const Situation&) {}
void Of(Effects&, const DeadlineMoved&, const Guarantee&, const Situation&) {}
void Of(Effects&, const DecisionRefused&, const Guarantee&, const Situation&) {}

// How an ended letter's end is told.
std::string EndText(State state) {
  switch (state) {
    case State::kRefunded:
      return std::string(FactsOf(RefusalCode::kRefunded).text);
    case State::kPaid:
      return std::string(FactsOf(RefusalCode::kPaid).text);
    case State::kExpired:
      return std::string(FactsOf(RefusalCode::kExpired).text);
    case State::kCancelled:
      return kCancelDone;
    case State::kNone:
    case State::kSealed:
    case State::kRestored:
      break;
  }
  return {};
}

void RefusedRefund(Effects& out, const Rule& rule, const Situation& s) {
  const auto& request = std::get<RequestRefund>(s.command);
  out.push_back(NotifyRefund{request.business_no, request.guarantee_no, false, request.reason,
                             std::string(FactsOf(rule.reason).text), std::nullopt});
}
void AnsweredCancellation(Effects& out, bool cancelled, std::string text, const Situation& s) {
  const auto& request = std::get<RequestCancellation>(s.command);
  out.push_back(
      NotifyCancel{request.business_no, request.guarantee_no, cancelled, std::move(text)});
}
void RefusedHold(Effects& out, const Rule& rule, const Situation& s) {
  out.push_back(TellHoldRefused{BusinessNoOf(s.command), rule.reason});
  if (rule.reason == RefusalCode::kCancelled || rule.reason == RefusalCode::kRefunded) {
    Alarm(out, AlarmKind::kClaimOnGivenBackLetter);
  }
}

}  // namespace

void CollectEffects(const Event& event, const Situation& after, std::vector<Effect>& out) {
  std::visit([&](const auto& fact) { Of(out, fact, after.guarantee, after); }, event);
}

void CollectNotice(const Rule& rule, const Situation& after, std::vector<Effect>& out) {
  switch (rule.notice) {
    case Notice::kNone:
      return;
    case Notice::kRefundRefused:
      return RefusedRefund(out, rule, after);
    case Notice::kCancelDone:
      return AnsweredCancellation(out, true, EndText(after.guarantee.state), after);
    case Notice::kCancelRefused:
      return AnsweredCancellation(out, false, std::string(FactsOf(rule.reason).text), after);
    case Notice::kHeld:
      out.push_back(HoldOf(after.guarantee));
      return;
    case Notice::kHoldRefused:
      return RefusedHold(out, rule, after);
    case Notice::kAlarm:
      if (std::holds_alternative<ClaimPaid>(after.command)) {
        return Alarm(out, AlarmKind::kPaymentWithoutHold);
      }
      return Alarm(out, std::holds_alternative<ProposalAccepted>(after.command)
                            ? AlarmKind::kProposalAcceptedLate
                            : AlarmKind::kCancelNoticeUnexpected);
  }
}

std::vector<Timer> TimersOf(const Guarantee& guarantee) {
  std::vector<Timer> timers;
  if (guarantee.state == State::kSealed && RefundPending(guarantee)) {
    timers.push_back({TimerKind::kOpening, guarantee.open_time});
  }
  if (IsLive(guarantee.state) && !guarantee.hold) {
    // The last moment of validity is still in time.
    timers.push_back({TimerKind::kExpiry, guarantee.valid_end + 1});
  }
  if (ProposalOpen(guarantee) && guarantee.cancellation->answer_due) {
    timers.push_back({TimerKind::kProposalAnswer, *guarantee.cancellation->answer_due});
  }
  return timers;
}

void CollectTimers(const Guarantee& before, const Guarantee& after, std::vector<Effect>& out) {
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

}  // namespace guarantee::order::letter
