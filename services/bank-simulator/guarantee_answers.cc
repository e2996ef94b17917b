#include "bank-simulator/answers.h"
#include "crypto/digest.h"
#include "guarantee/event/v1/guarantee.pb.h"
#include "guarantee/event/v1/guarantee_decision.pb.h"

namespace guarantee::bank_simulator {
namespace {

using event::v1::DecideGuarantee;

DecideGuarantee About(const Question& question, const event::v1::GuaranteeHead& guarantee) {
  auto decision = Begin<DecideGuarantee>(question);
  decision.set_number(guarantee.guarantee_no());
  return decision;
}

Answered OnRefundRequested(const Question& question,
                           const event::v1::GuaranteeRefundRequested& requested) {
  if (IsLeft(question, requested.business_no())) return std::nullopt;
  DecideGuarantee decision = About(question, requested.guarantee());
  decision.mutable_approve_refund()->set_business_no(requested.business_no());
  return Finish(decision);
}

Answered OnCancellationRequested(const Question& question,
                                 const event::v1::GuaranteeCancellationRequested& requested) {
  if (IsLeft(question, requested.business_no())) return std::nullopt;
  DecideGuarantee decision = About(question, requested.guarantee());
  decision.mutable_approve_cancellation()->set_business_no(requested.business_no());
  return Finish(decision);
}

Answered WithPlainLetter(const Question& question, const event::v1::GuaranteeHead& guarantee) {
  DecideGuarantee decision = About(question, guarantee);
  event::v1::SuppliedLetter& letter = *decision.mutable_plain_letter()->mutable_letter();
  letter.set_file(question.policy.plain_letter);
  letter.set_sha256(crypto::ToHex(crypto::Sha256(question.policy.plain_letter)));
  return Finish(decision);
}

Answered OnOpened(const Question& question, const event::v1::GuaranteeOpened& opened) {
  return WithPlainLetter(question, opened.guarantee());
}

}  // namespace

void AddGuaranteeAnswers(Answerers& answerers) {
  Add<event::v1::GuaranteeRefundRequested, OnRefundRequested>(answerers);
  Add<event::v1::GuaranteeCancellationRequested, OnCancellationRequested>(answerers);
  Add<event::v1::GuaranteeOpened, OnOpened>(answerers);
}

}  // namespace guarantee::bank_simulator
