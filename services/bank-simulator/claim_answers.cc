#include "bank-simulator/answers.h"
#include "guarantee/event/v1/claim.pb.h"
#include "guarantee/event/v1/claim_decision.pb.h"

namespace guarantee::bank_simulator {
namespace {

using event::v1::DecideClaim;

constexpr const char* kExamining = "examining";
constexpr const char* kDiscrepancy = "受益人与保函不符";

DecideClaim About(const Question& question, const event::v1::ClaimHead& claim,
                  const char* by = kFirstPerson) {
  auto decision = Begin<DecideClaim>(question, by);
  decision.set_number(claim.business_no());
  return decision;
}

// Held: pay, or examine until the names are open. One that we registered ourselves is the
// platform's to answer.
Answered OnLocked(const Question& question, const event::v1::ClaimGuaranteeLocked& locked) {
  const bool own = locked.platform_answer_due() != 0;
  if (own || IsLeft(question, locked.claim().business_no())) return std::nullopt;
  DecideClaim decision = About(question, locked.claim());
  if (locked.sealed()) {
    decision.mutable_open();
  } else if (locked.available_fen() <= question.policy.approve_up_to.fen) {
    decision.mutable_approve();
  } else {
    return std::nullopt;
  }
  return Finish(decision);
}

// Those compared before the hold are answered when it comes; examined are only those of others.
Answered OnCompared(const Question& question, const event::v1::ClaimBeneficiaryCompared& compared) {
  if (IsLeft(question, compared.claim().business_no())) return std::nullopt;
  DecideClaim decision = About(question, compared.claim());
  if (!compared.same()) {
    decision.mutable_refuse()->add_discrepancies(kDiscrepancy);
    return Finish(decision);
  }
  if (compared.claim().state() != kExamining) return std::nullopt;
  decision.mutable_approve();
  return Finish(decision);
}

Answered OnApproved(const Question& question, const event::v1::ClaimPaymentApproved& approved) {
  if (approved.amount_fen() > question.policy.approve_up_to.fen) return std::nullopt;
  if (approved.final()) {
    DecideClaim decision = About(question, approved.claim());
    decision.mutable_confirm()->set_reference(question.decision_id);
    return Finish(decision);
  }
  // The first approval may be a person's; the second must be another's.
  if (approved.by().decided_by() == kSecondPerson) return std::nullopt;
  DecideClaim decision = About(question, approved.claim(), kSecondPerson);
  decision.mutable_approve()->set_amount_fen(approved.amount_fen());
  return Finish(decision);
}

}  // namespace

void AddClaimAnswers(Answerers& answerers) {
  Add<event::v1::ClaimGuaranteeLocked, OnLocked>(answerers);
  Add<event::v1::ClaimBeneficiaryCompared, OnCompared>(answerers);
  Add<event::v1::ClaimPaymentApproved, OnApproved>(answerers);
}

}  // namespace guarantee::bank_simulator
