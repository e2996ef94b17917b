#include "bank-simulator/answers.h"
#include "crypto/digest.h"
#include "guarantee/event/v1/invoice.pb.h"
#include "guarantee/event/v1/invoice_decision.pb.h"

namespace guarantee::bank_simulator {
namespace {

using event::v1::DecideInvoice;

constexpr std::size_t kDigits = 20;  // of a fully digital invoice's number
constexpr unsigned kBase = 10;
// A name that is reserved and never resolves.
constexpr const char* kLinkPrefix = "https://demonstration.invalid/";

// A number that no tax system gave, the same for the same event.
std::string NumberOf(const std::string& text) {
  const std::string digest = crypto::Sha256(text);
  std::string number;
  for (std::size_t at = 0; at < kDigits; ++at) {
    number += std::to_string(static_cast<unsigned char>(digest[at]) % kBase);
  }
  return number;
}

Answered OnRequestAccepted(const Question& question,
                           const event::v1::InvoiceRequestAccepted& accepted) {
  if (IsLeft(question, accepted.invoice().business_no())) return std::nullopt;
  auto decision = Begin<DecideInvoice>(question);
  decision.set_number(accepted.invoice().business_no());
  const std::string number = NumberOf(question.decision_id);
  decision.mutable_issue()->set_invoice_no(number);
  decision.mutable_issue()->set_url(kLinkPrefix + number);
  return Finish(decision);
}

}  // namespace

void AddInvoiceAnswers(Answerers& answerers) {
  Add<event::v1::InvoiceRequestAccepted, OnRequestAccepted>(answerers);
}

}  // namespace guarantee::bank_simulator
