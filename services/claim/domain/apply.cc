#include <algorithm>
#include <utility>

#include "claim/domain/events.h"

namespace guarantee::claim {
namespace {

Claim& Of(Claims& row, const std::string& business_no) {
  const auto found = std::find_if(row.claims.begin(), row.claims.end(),
                                  [&](const Claim& c) { return c.business_no == business_no; });
  if (found != row.claims.end()) return *found;
  row.claims.push_back({});
  row.claims.back().business_no = business_no;
  return row.claims.back();
}

// One decision may have several events.
void Remember(Claim& claim, const DecidedBy& by) {
  if (machine::FindDecision(claim.decisions, by.decision_id) != nullptr) return;
  machine::RecordDecision(claim.decisions, by.decision_id, RefusalCode::kNone);
}

void End(Claim& claim, State state, RefusalCode reason) {
  claim.state = state;
  claim.end_reason = reason;
  claim.hold_answer_due.reset();
}

void On(Claims& row, const ClaimReceived& event) {
  row.partner = event.partner;
  row.guarantee_no = event.guarantee_no;
  Claim& claim = Of(row, event.business_no);
  claim.state = State::kReceived;
  claim.own = event.own;
  claim.received_at = event.received_at;
  claim.warning_at = event.warning_at;
  claim.examine_end = event.examine_end;
  claim.beneficiary = event.sensitive.beneficiary;
  claim.attachments = event.sensitive.attachments;
  claim.hold = event.hold_answer_due ? Hold::kAsked : Hold::kNone;
  claim.hold_answer_due = event.hold_answer_due;
  claim.terms_revision = row.revision;
  Remember(claim, event.by);
}

void On(Claims& row, const HoldAskedAgain& event) {
  Of(row, event.business_no).hold_answer_due = event.answer_due;
}

void On(Claims& row, const GuaranteeLocked& event) {
  row.guarantee.available = event.available;
  row.guarantee.valid_end = event.valid_end;
  if (event.sensitive.tenderee) row.guarantee.tenderee = event.sensitive.tenderee;
  Claim& claim = Of(row, event.business_no);
  claim.hold = Hold::kHeld;
  claim.hold_answer_due.reset();
  claim.terms_revision = row.revision;
  if (!event.platform_answer_due) return;
  claim.platform = PlatformAnswer::kAwaited;
  claim.platform_answer_due = event.platform_answer_due;
}

void On(Claims& row, const NamesRestored& event) {
  row.partner = event.partner;
  row.guarantee_no = event.guarantee_no;
  row.guarantee.tenderee = event.sensitive.tenderee;
}

void On(Claims& row, const BeneficiaryCompared& event) {
  Claim& claim = Of(row, event.business_no);
  claim.match = event.same ? Match::kSame : Match::kDiffers;
  claim.terms_revision = row.revision;
}

void On(Claims& row, const ExaminationOpened& event) {
  Claim& claim = Of(row, event.business_no);
  claim.state = State::kExamining;
  auto& examiners = claim.examiners;
  if (std::find(examiners.begin(), examiners.end(), event.by.decided_by) == examiners.end()) {
    examiners.push_back(event.by.decided_by);
  }
  Remember(claim, event.by);
}

void On(Claims& row, const DemandLowered& event) {
  Claim& claim = Of(row, event.business_no);
  claim.demand = event.amount;
  claim.approvals.clear();
  claim.terms_revision = row.revision;
  Remember(claim, event.by);
}

void On(Claims& row, const PaymentApproved& event) {
  Claim& claim = Of(row, event.business_no);
  claim.approvals.push_back({event.by.decided_by, event.amount});
  Remember(claim, event.by);
  if (!event.final) return;
  claim.state = State::kPaying;
  claim.ordered = event.amount;
}

void On(Claims& row, const ClaimPaid& event) {
  row.guarantee.available = event.available;
  Claim& claim = Of(row, event.business_no);
  claim.paid = event.amount;
  claim.payment_reference = event.sensitive.reference;
  End(claim, State::kPaid, RefusalCode::kNone);
  Remember(claim, event.by);
}

void On(Claims& row, const ClaimRefused& event) {
  Claim& claim = Of(row, event.business_no);
  claim.discrepancies = event.sensitive.discrepancies;
  if (event.reason == RefusalCode::kHoldRefused) claim.hold = Hold::kRefused;
  End(claim, State::kRefused, event.reason);
  Remember(claim, event.by);
}

void On(Claims& row, const WithdrawalAsked& event) {
  Claim& claim = Of(row, event.business_no);
  claim.withdrawal_asked = true;
  claim.withdrawal_reason = event.sensitive.reason;
}

void On(Claims& row, const WithdrawalPreApproved& event) {
  Claim& claim = Of(row, event.business_no);
  claim.consent_document = event.sensitive.document;
  Remember(claim, event.by);
}

void On(Claims& row, const ClaimWithdrawn& event) {
  Claim& claim = Of(row, event.business_no);
  // The first reason is kept.
  if (!claim.withdrawal_asked) claim.withdrawal_reason = event.sensitive.reason;
  claim.withdrawal_asked = true;
  End(claim, State::kWithdrawn, RefusalCode::kNone);
  Remember(claim, event.by);
}

void On(Claims& row, const ClockPassed& event) {
  Claim& claim = Of(row, event.business_no);
  claim.clock = std::max(claim.clock, event.percent);
}

void On(Claims& row, const PlatformAnswered& event) {
  Claim& claim = Of(row, event.business_no);
  claim.platform = event.paid ? PlatformAnswer::kPaid : PlatformAnswer::kRefused;
  claim.platform_answer_due.reset();
}

void On(Claims& row, const PlatformSilent& event) {
  Claim& claim = Of(row, event.business_no);
  claim.platform = PlatformAnswer::kSilent;
  claim.platform_answer_due.reset();
}

void On(Claims& row, const RegistrationClosed& event) {
  Claim& claim = Of(row, event.business_no);
  claim.platform = PlatformAnswer::kClosed;
  claim.platform_answer_due.reset();
  Remember(claim, event.by);
}

void On(Claims& row, const DecisionRefused& event) {
  const bool known = FindClaim(row, event.business_no) != nullptr;
  auto& log = known ? Of(row, event.business_no).decisions : row.decisions;
  machine::RecordDecision(log, event.by.decision_id, event.reason);
}

}  // namespace

Claims Apply(Claims row, const Event& event) {
  ++row.revision;
  std::visit([&row](const auto& fact) { On(row, fact); }, event);
  return row;
}

}  // namespace guarantee::claim
