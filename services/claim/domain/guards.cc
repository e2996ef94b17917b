#include "claim/domain/guards.h"

#include <algorithm>
#include <array>
#include <utility>

#include "claim/domain/effects.h"

namespace guarantee::claim {
namespace {

// In a refusal (rulings 3.11: a code that differs is a discrepancy).
constexpr const char* kBeneficiaryDiffers = "受益人社会信用代码与保函不一致";

template <typename T>
const T* As(const Situation& s) {
  return std::get_if<T>(&s.command);
}

const Claim& Focus(const Situation& s) {
  static const Claim no_claim{};
  const Claim* claim = s.view.claim();
  return claim != nullptr ? *claim : no_claim;
}

bool HasTimer(const Situation& s, TimerKind kind) {
  const auto* passed = As<TimePassed>(s);
  if (passed == nullptr || passed->kind != kind || s.now < passed->due) return false;
  const auto timers = TimersOf(s.view.row);
  const Timer wanted{passed->business_no, kind, passed->due};
  return std::find(timers.begin(), timers.end(), wanted) != timers.end();
}

bool KnownDecision(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return head != nullptr && FindDecision(s.view.row, head->decision_id) != nullptr;
}

bool DecisionLogFull(const Situation& s) {
  const Claim* claim = s.view.claim();
  const auto& log = claim != nullptr ? claim->decisions : s.view.row.decisions;
  return machine::DecisionLogFull(log);
}

bool DeciderMissing(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  return head == nullptr || head->decision_id.empty() || head->decided_by.empty();
}

bool StaleDecision(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  if (head == nullptr || head->based_on_revision == 0) return false;
  return head->based_on_revision < Focus(s).terms_revision ||
         head->based_on_revision > s.view.row.revision;
}

bool PresentationUnfit(const Situation& s) {
  const auto* paper = As<Register>(s);
  return paper == nullptr || paper->business_no.empty() || paper->beneficiary.name.empty() ||
         paper->beneficiary.code.empty() || paper->presented_at > s.now ||
         paper->attachments.size() > kAttachmentsMax;
}

bool PlatformPaidFitting(const Situation& s) {
  const auto* result = As<PlatformResult>(s);
  return result != nullptr && result->paid && result->amount > Money{} &&
         result->amount <= s.view.row.guarantee.available.value_or(Money{});
}

bool SameExaminer(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  const auto& examiners = Focus(s).examiners;
  return head != nullptr &&
         std::find(examiners.begin(), examiners.end(), head->decided_by) != examiners.end();
}

bool DocumentMissing(const Situation& s) {
  if (const auto* demand = As<SetDemand>(s)) return demand->document.empty();
  const auto* consent = As<PreApproveWithdrawal>(s);
  return consent == nullptr || consent->document.empty();
}

bool DemandUnfit(const Situation& s) {
  const auto* demand = As<SetDemand>(s);
  return demand == nullptr || demand->amount <= Money{} ||
         demand->amount >= DemandOf(s.view.row, Focus(s));
}

bool AmountDiffers(const Situation& s) {
  if (const auto* confirm = As<ConfirmPayment>(s)) {
    return confirm->amount != Money{} && confirm->amount != Focus(s).ordered;
  }
  const auto* approve = As<ApprovePayment>(s);
  const Money demand = DemandOf(s.view.row, Focus(s));
  return approve == nullptr || demand <= Money{} ||
         demand > s.view.row.guarantee.available.value_or(Money{}) ||
         (approve->amount != Money{} && approve->amount != demand);
}

bool SamePerson(const Situation& s) {
  const DecisionHead* head = HeadOf(s.command);
  const auto& approvals = Focus(s).approvals;
  return head != nullptr && std::any_of(approvals.begin(), approvals.end(), [&](const Approval& a) {
           return a.decided_by == head->decided_by;
         });
}

bool DiscrepanciesMissing(const Situation& s) {
  const auto all = DiscrepanciesOf(s);
  return all.empty() || all.size() > kDiscrepanciesMax;
}

const std::string& ReferenceOf(const Situation& s) {
  static const std::string kNoReference;
  const auto* confirm = As<ConfirmPayment>(s);
  return confirm != nullptr ? confirm->reference : kNoReference;
}

bool ReferenceUsed(const Situation& s) {
  const auto& claims = s.view.row.claims;
  return std::any_of(claims.begin(), claims.end(),
                     [&](const Claim& c) { return c.payment_reference == ReferenceOf(s); });
}

bool PlatformDone(const Situation& s) {
  const PlatformAnswer answer = Focus(s).platform;
  return answer == PlatformAnswer::kPaid || answer == PlatformAnswer::kRefused ||
         answer == PlatformAnswer::kClosed;
}

bool PlatformPending(const Situation& s) {
  const PlatformAnswer answer = Focus(s).platform;
  return answer == PlatformAnswer::kAwaited || answer == PlatformAnswer::kSilent;
}

struct Check {
  Guard guard;
  bool (*holds)(const Situation&);
};

constexpr std::array<Check, kGuardCount> kChecks = {{
    {Guard::kAlways, [](const Situation&) { return true; }},
    {Guard::kClaimPending, [](const Situation& s) { return OpenClaim(s.view.row) != nullptr; }},
    {Guard::kTooManyClaims,
     [](const Situation& s) { return s.view.row.claims.size() >= kClaimsMax; }},
    {Guard::kOwn, [](const Situation& s) { return Focus(s).own; }},
    {Guard::kNotOwn, [](const Situation& s) { return !Focus(s).own; }},
    {Guard::kConsentOnFile, [](const Situation& s) { return !Focus(s).consent_document.empty(); }},
    {Guard::kWithdrawalKnown, [](const Situation& s) { return Focus(s).withdrawal_asked; }},
    {Guard::kPlatformDone, PlatformDone},
    {Guard::kPlatformPending, PlatformPending},
    {Guard::kPlatformPaidFitting, PlatformPaidFitting},
    {Guard::kPlatformPaid,
     [](const Situation& s) {
       const auto* result = As<PlatformResult>(s);
       return result != nullptr && result->paid;
     }},
    {Guard::kHoldKnown, [](const Situation& s) { return Focus(s).hold == Hold::kHeld; }},
    {Guard::kNamesKnown,
     [](const Situation& s) { return s.view.row.guarantee.tenderee.has_value(); }},
    {Guard::kKnownDecision, KnownDecision},
    {Guard::kDecisionLogFull, DecisionLogFull},
    {Guard::kDeciderMissing, DeciderMissing},
    {Guard::kStaleDecision, StaleDecision},
    {Guard::kPresentationUnfit, PresentationUnfit},
    {Guard::kHoldAwaited, [](const Situation& s) { return Focus(s).hold != Hold::kHeld; }},
    {Guard::kStillSealed, [](const Situation& s) { return Focus(s).match == Match::kOpen; }},
    {Guard::kSameExaminer, SameExaminer},
    {Guard::kDocumentMissing, DocumentMissing},
    {Guard::kDemandUnfit, DemandUnfit},
    {Guard::kAmountDiffers, AmountDiffers},
    {Guard::kSamePerson, SamePerson},
    {Guard::kFirstApproval, [](const Situation& s) { return Focus(s).approvals.empty(); }},
    // By the clock itself: the escalation may come late.
    {Guard::kPrecluded, [](const Situation& s) { return s.now >= Focus(s).examine_end; }},
    {Guard::kDiscrepanciesMissing, DiscrepanciesMissing},
    {Guard::kReferenceMissing, [](const Situation& s) { return ReferenceOf(s).empty(); }},
    {Guard::kReferenceUsed, ReferenceUsed},
    {Guard::kSamePayment,
     [](const Situation& s) { return ReferenceOf(s) == Focus(s).payment_reference; }},
    {Guard::kHoldTimer, [](const Situation& s) { return HasTimer(s, TimerKind::kHoldAnswer); }},
    {Guard::kWarningTimer,
     [](const Situation& s) { return HasTimer(s, TimerKind::kExaminationWarning); }},
    {Guard::kEndTimer, [](const Situation& s) { return HasTimer(s, TimerKind::kExaminationEnd); }},
    {Guard::kPlatformTimer,
     [](const Situation& s) { return HasTimer(s, TimerKind::kPlatformAnswer); }},
    {Guard::kComparable,
     [](const Situation& s) {
       return s.view.row.guarantee.tenderee && Focus(s).match == Match::kOpen;
     }},
}};

constexpr bool ChecksInOrder() {
  for (std::size_t i = 0; i < kChecks.size(); ++i) {
    if (static_cast<std::size_t>(kChecks[i].guard) != i || kChecks[i].holds == nullptr)
      return false;
  }
  return true;
}
static_assert(ChecksInOrder(), "kChecks is read by index");

}  // namespace

View ViewOf(Claims row, std::string business_no) {
  const Claim* claim = FindClaim(row, business_no);
  const State state = claim != nullptr ? claim->state : State::kNone;
  return {state, std::move(business_no), std::move(row)};
}

bool Holds(Guard guard, const Situation& situation) {
  return kChecks[static_cast<std::size_t>(guard)].holds(situation);
}

std::vector<std::string> DiscrepanciesOf(const Situation& s) {
  std::vector<std::string> all;
  const auto add = [&all](const std::string& text) {
    if (!text.empty() && std::find(all.begin(), all.end(), text) == all.end()) all.push_back(text);
  };
  if (const auto* refuse = As<Refuse>(s)) {
    for (const std::string& text : refuse->discrepancies) add(text);
  }
  if (Focus(s).match == Match::kDiffers) add(kBeneficiaryDiffers);
  return all;
}

bool PlatformContradicts(const Situation& s) {
  const auto* result = As<PlatformResult>(s);
  if (result == nullptr) return false;
  const Claim& claim = Focus(s);
  if (claim.state == State::kPaid) return !result->paid || result->amount != claim.paid;
  if (claim.state == State::kPaying) return !result->paid || result->amount != claim.ordered;
  if (claim.state == State::kRefused || claim.state == State::kWithdrawn) return result->paid;
  return result->paid && !PlatformPaidFitting(s);
}

}  // namespace guarantee::claim
