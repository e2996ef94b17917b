#include "claim/domain/effects.h"

#include <algorithm>

#include "claim/domain/collect_effects.h"

namespace guarantee::claim {
namespace {

using Effects = std::vector<Effect>;

constexpr const char* kPaidText = "赔付成功";
constexpr const char* kListSeparator = "；";

void Alarm(Effects& out, const std::string& business_no, AlarmKind kind) {
  out.push_back(RaiseAlarm{business_no, kind});
}

const char* OutcomeOf(State state) {
  if (state == State::kPaid) return "paid";
  return state == State::kRefused ? "refused" : "withdrawn";
}

// A hold that is still being asked for is given back as well: the answer may be on its way.
void GiveBack(Effects& out, const Claim& claim) {
  if (claim.hold == Hold::kAsked || claim.hold == Hold::kHeld) {
    out.push_back(CloseHold{claim.business_no, OutcomeOf(claim.state)});
  }
}

void Of(Effects& out, const HoldAskedAgain& event, const Claim& after) {
  out.push_back(AskHold{event.business_no, after.received_at, after.own});
  Alarm(out, event.business_no, AlarmKind::kHoldUnanswered);
}
void Of(Effects& out, const GuaranteeLocked& event, const Claim&) {
  if (event.sealed) Alarm(out, event.business_no, AlarmKind::kHeldWhileSealed);
}
void Of(Effects& out, const BeneficiaryCompared& event, const Claim&) {
  if (!event.same) Alarm(out, event.business_no, AlarmKind::kBeneficiaryDiffers);
}
void Of(Effects& out, const ClaimPaid& event, const Claim& after) {
  out.push_back(
      TellPaid{event.business_no, event.amount, event.sensitive.reference, event.paid_at});
  GiveBack(out, after);
}
void Of(Effects& out, const ClaimRefused& event, const Claim& after) {
  GiveBack(out, after);
  if (after.own && event.reason == RefusalCode::kHoldRefused) {
    Alarm(out, event.business_no, AlarmKind::kRegistrationRefused);
  }
}
void Of(Effects& out, const WithdrawalAsked& event, const Claim&) {
  Alarm(out, event.business_no, AlarmKind::kConsentAsked);
}
void Of(Effects& out, const ClaimWithdrawn&, const Claim& after) { GiveBack(out, after); }
void Of(Effects& out, const ClockPassed& event, const Claim&) {
  Alarm(
      out, event.business_no,
      event.percent == kClockEnded ? AlarmKind::kExaminationEnded : AlarmKind::kExaminationWarning);
}
void Of(Effects& out, const PlatformAnswered& event, const Claim&) {
  if (event.contradicts) Alarm(out, event.business_no, AlarmKind::kPlatformContradicts);
}
void Of(Effects& out, const PlatformSilent& event, const Claim&) {
  Alarm(out, event.business_no, AlarmKind::kPlatformSilent);
}

// Facts that ask nothing of the outside.
void Of(Effects&, const ClaimReceived&, const Claim&) {}
void Of(Effects&, const NamesRestored&, const Claim&) {}
void Of(Effects&, const ExaminationOpened&, const Claim&) {}
void Of(Effects&, const DemandLowered&, const Claim&) {}
void Of(Effects&, const PaymentApproved&, const Claim&) {}
void Of(Effects&, const WithdrawalPreApproved&, const Claim&) {}
void Of(Effects&, const RegistrationClosed&, const Claim&) {}
void Of(Effects&, const DecisionRefused&, const Claim&) {}

std::string Joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : kListSeparator) + text;
  return all;
}

// A claim that we registered gets the platform's 3.12 and none of ours. What is refused without a
// claim, or under a number of our own, answers the request alone.
void Refused(Effects& out, const Rule& rule, const Situation& after, const Claim* claim) {
  const std::string text(FactsOf(rule.reason).text);
  if (const auto* present = std::get_if<Present>(&after.command)) {
    out.push_back(NotifyRefused{present->business_no, present->guarantee_no, text});
    return;
  }
  if (claim == nullptr || claim->own) return;
  out.push_back(
      NotifyRefused{claim->business_no, after.view.row.guarantee_no, Joined(claim->discrepancies)});
}

void Paid(Effects& out, const Situation& after, const Claim& claim) {
  if (claim.own) return;
  out.push_back(NotifyPaid{claim.business_no, after.view.row.guarantee_no,
                           claim.paid.value_or(Money{}), after.policy.contact_name,
                           after.policy.contact_phone, kPaidText});
}

const Timer* Find(const std::vector<Timer>& timers, const Timer& like) {
  const auto found = std::find_if(timers.begin(), timers.end(), [&](const Timer& t) {
    return t.kind == like.kind && t.business_no == like.business_no;
  });
  return found == timers.end() ? nullptr : &*found;
}

}  // namespace

void CollectEffects(const Event& event, const Situation& after, std::vector<Effect>& out) {
  static const Claim no_claim{};
  const Claim* claim = after.view.claim();
  std::visit([&](const auto& fact) { Of(out, fact, claim != nullptr ? *claim : no_claim); }, event);
}

void CollectNotice(const Rule& rule, const Situation& after, std::vector<Effect>& out) {
  const Claim* claim = after.view.claim();
  switch (rule.notice) {
    case Notice::kNone:
      return;
    case Notice::kPaid:
      return Paid(out, after, *claim);
    case Notice::kRefused:
      return Refused(out, rule, after, claim);
    case Notice::kRegistered:
      out.push_back(NotifyRegistered{claim->business_no, after.view.row.guarantee_no,
                                     claim->beneficiary, claim->attachments});
      return;
    case Notice::kAskHold:
      out.push_back(AskHold{claim->business_no, claim->received_at, claim->own});
      return;
    case Notice::kRelease:
      out.push_back(CloseHold{after.view.business_no, OutcomeOf(after.view.state)});
      return;
  }
}

std::vector<Timer> TimersOf(const Claims& row) {
  std::vector<Timer> timers;
  for (const Claim& claim : row.claims) {
    const auto add = [&](TimerKind kind, UnixMillis due) {
      timers.push_back({claim.business_no, kind, due});
    };
    if (claim.hold_answer_due) add(TimerKind::kHoldAnswer, *claim.hold_answer_due);
    if (IsOpen(claim.state) && claim.clock < kClockWarned) {
      add(TimerKind::kExaminationWarning, claim.warning_at);
    }
    if (IsOpen(claim.state) && claim.clock < kClockEnded) {
      add(TimerKind::kExaminationEnd, claim.examine_end);
    }
    if (claim.platform_answer_due) add(TimerKind::kPlatformAnswer, *claim.platform_answer_due);
  }
  return timers;
}

void CollectTimers(const Claims& before, const Claims& after, std::vector<Effect>& out) {
  const auto had = TimersOf(before);
  const auto has = TimersOf(after);
  for (const Timer& timer : had) {
    if (Find(has, timer) == nullptr) out.push_back(ClearTimer{timer.business_no, timer.kind});
  }
  for (const Timer& timer : has) {
    const Timer* old = Find(had, timer);
    if (old == nullptr || old->due != timer.due) {
      out.push_back(SetTimer{timer.business_no, timer.kind, timer.due});
    }
  }
}

}  // namespace guarantee::claim
