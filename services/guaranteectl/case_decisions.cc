// Decisions on credits, claims, invoices, refunds, cancellations and plain letters.
#include <fmt/format.h>

#include "base/clock.h"
#include "contract/formats.h"
#include "crypto/digest.h"
#include "guarantee/event/v1/claim_decision.pb.h"
#include "guarantee/event/v1/credit_decision.pb.h"
#include "guarantee/event/v1/guarantee_decision.pb.h"
#include "guarantee/event/v1/invoice_decision.pb.h"
#include "guaranteectl/case_calls.h"
#include "guaranteectl/decision_parts.h"

namespace guarantee::guaranteectl {
namespace {

namespace event = guarantee::event::v1;
namespace v1 = guarantee::rpc::v1;

// What an approval of credit without options grants.
constexpr std::int64_t kLimitFenDefault = 1'000'000'000;
constexpr std::int64_t kValidDaysDefault = 365;
constexpr std::int64_t kDayMs = 86'400'000;
constexpr std::size_t kInvoiceDigits = 20;
constexpr unsigned kDecimal = 10;

v1::Selector SelectorOf(const Context& context, const std::string& number) {
  v1::Selector selector;
  selector.set_number(number);
  selector.set_partner(context.partner);
  return selector;
}

tl::unexpected<Error> WrongVerdict(const Arguments& arguments) {
  return Refused(kUsageCode, fmt::format("{}: expected approve or reject\nusage: {}",
                                         arguments.positionals[1], UsageOf(*arguments.command)));
}

enum class Verdict { kApprove, kReject };

Result<Verdict> VerdictOf(const Arguments& arguments) {
  const std::string& word = arguments.positionals[1];
  if (word == "approve") return Verdict::kApprove;
  if (word == "reject") return Verdict::kReject;
  return WrongVerdict(arguments);
}

// The option's amount; nothing given: `fallback`.
Result<std::int64_t> AmountOr(const Arguments& arguments, std::string_view option,
                              std::int64_t fallback) {
  return arguments.Has(option) ? FenOf(arguments, option) : Result<std::int64_t>(fallback);
}

Result<void> FillGrant(const Arguments& arguments, event::GrantCredit& grant) {
  const Result<std::int64_t> limit = AmountOr(arguments, "--limit", kLimitFenDefault);
  if (!limit) return tl::unexpected(limit.error());
  grant.set_limit_fen(*limit);
  grant.set_valid_from(arguments.Value("--valid-from"));
  grant.set_valid_to(arguments.Value("--valid-to"));
  if (!arguments.Has("--valid-to")) {
    grant.set_valid_to(contract::FormatDate(SystemClock().Now() + kValidDaysDefault * kDayMs));
  }
  return {};
}

// A number as a fully digital invoice has, made of `text`.
std::string DemonstrationNumber(const std::string& text) {
  const std::string digest = crypto::Sha256(text);
  std::string number;
  for (std::size_t at = 0; at < kInvoiceDigits; ++at) {
    number += std::to_string(static_cast<unsigned char>(digest[at]) % kDecimal);
  }
  return number;
}

// The tax system gives the number and perhaps a link; only a development system, which has none,
// may make them.
Result<void> FillIssue(const Context& context, const Arguments& arguments,
                       const std::string& decision_id, event::IssueInvoice& issue) {
  const bool made_up = context.endpoints.development;
  Result<std::string> number = made_up && !arguments.Has("--invoice-no")
                                   ? DemonstrationNumber(decision_id)
                                   : RequiredValue(arguments, "--invoice-no");
  if (!number) return tl::unexpected(number.error());
  const bool no_link = made_up && !arguments.Has("--url");
  issue.set_url(no_link ? "https://demonstration.invalid/" + *number : arguments.Value("--url"));
  issue.set_invoice_no(*std::move(number));
  issue.set_invoice_code(arguments.Value("--invoice-code"));
  return {};
}

std::vector<std::string> Split(const std::string& text, char mark) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t end = std::min(text.find(mark, begin), text.size());
    if (end > begin) parts.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return parts;
}

// A decision on the operation that the number means; `kind` is what the number names.
template <typename Decision>
Result<Report> DecideOperation(const Context& context, const std::string& kind,
                               const std::string& number, Decision& decision) {
  const Result<std::string> operation = OperationOf(context, kind, number);
  if (!operation) return tl::unexpected(operation.error());
  decision.set_number(*operation);
  return DecideCase(context, kind, SelectorOf(context, number), decision.decision_id(), decision);
}

// A decision of the order service on a guarantee; `kind` is what the number names.
Result<Report> DecideGuarantee(const Context& context, const std::string& kind,
                               const std::string& number, const event::DecideGuarantee& decision) {
  return DecideCase(context, kind, SelectorOf(context, number), decision.decision_id(), decision);
}

// Yes or no to what somebody applied for on a guarantee: one message of the decision for each.
template <typename Approval, typename Rejection>
Result<Report> DecideApplication(const Context& context, const Arguments& arguments,
                                 const std::string& kind,
                                 Approval* (event::DecideGuarantee::*approve)(),
                                 Rejection* (event::DecideGuarantee::*reject)()) {
  const std::string& number = arguments.positionals.front();
  const Result<Verdict> verdict = VerdictOf(arguments);
  if (!verdict) return tl::unexpected(verdict.error());
  const Result<std::string> operation = OperationOf(context, kind, number);
  if (!operation) return tl::unexpected(operation.error());
  auto decision = NewDecision<event::DecideGuarantee>(context, arguments);
  if (*verdict == Verdict::kApprove) {
    (decision.*approve)()->set_business_no(*operation);
  } else {
    (decision.*reject)()->set_business_no(*operation);
  }
  return DecideGuarantee(context, kind, number, decision);
}

}  // namespace

Result<Report> CreditDecide(const Context& context, const Arguments& arguments) {
  const std::string& number = arguments.positionals.front();
  const Result<Verdict> verdict = VerdictOf(arguments);
  if (!verdict) return tl::unexpected(verdict.error());
  auto decision = NewDecision<event::DecideCredit>(context, arguments);
  if (*verdict == Verdict::kReject) {
    decision.mutable_decline();
  } else if (Result<void> filled = FillGrant(arguments, *decision.mutable_grant()); !filled) {
    return tl::unexpected(filled.error());
  }
  return DecideOperation(context, "credit", number, decision);
}

Result<Report> ClaimDecide(const Context& context, const Arguments& arguments) {
  const std::string& number = arguments.positionals.front();
  const Result<Verdict> verdict = VerdictOf(arguments);
  if (!verdict) return tl::unexpected(verdict.error());
  auto decision = NewDecision<event::DecideClaim>(context, arguments);
  if (*verdict == Verdict::kApprove) {
    const Result<std::int64_t> amount = AmountOr(arguments, "--amount", 0);
    if (!amount) return tl::unexpected(amount.error());
    decision.mutable_approve()->set_amount_fen(*amount);
  } else {
    for (const std::string& one : Split(arguments.Value("--discrepancies"), ';')) {
      decision.mutable_refuse()->add_discrepancies(one);
    }
    decision.mutable_refuse();
  }
  return DecideOperation(context, "claim", number, decision);
}

Result<Report> ClaimConfirm(const Context& context, const Arguments& arguments) {
  const std::string& number = arguments.positionals.front();
  const Result<std::int64_t> amount = AmountOr(arguments, "--amount", 0);
  if (!amount) return tl::unexpected(amount.error());
  auto decision = NewDecision<event::DecideClaim>(context, arguments);
  decision.mutable_confirm()->set_reference(arguments.Value("--reference"));
  decision.mutable_confirm()->set_amount_fen(*amount);
  return DecideOperation(context, "claim", number, decision);
}

// The guarantee tells the partner: a claim that is not there yet has none.
Result<Report> ClaimRegister(const Context& context, const Arguments& arguments) {
  const Result<v1::Summary> guarantee =
      ShowCase(context, "guarantee", arguments.positionals.front());
  if (!guarantee) return tl::unexpected(guarantee.error());
  auto decision = NewDecision<event::DecideClaim>(context, arguments);
  event::RegisterClaim& paper = *decision.mutable_register_();
  paper.set_beneficiary_name(arguments.Value("--beneficiary-name"));
  paper.set_beneficiary_code(arguments.Value("--beneficiary-code"));
  for (const std::string& one : Split(arguments.Value("--attachments"), ';')) {
    paper.add_attachments(one);
  }
  v1::Selector selector;
  selector.set_number(guarantee->number());
  selector.set_partner(guarantee->partner());
  return DecideCase(context, "claim", selector, decision.decision_id(), decision);
}

Result<Report> InvoiceDecide(const Context& context, const Arguments& arguments) {
  const std::string& number = arguments.positionals.front();
  const Result<Verdict> verdict = VerdictOf(arguments);
  if (!verdict) return tl::unexpected(verdict.error());
  auto decision = NewDecision<event::DecideInvoice>(context, arguments);
  if (*verdict == Verdict::kReject) {
    decision.mutable_fail();
  } else if (Result<void> filled =
                 FillIssue(context, arguments, decision.decision_id(), *decision.mutable_issue());
             !filled) {
    return tl::unexpected(filled.error());
  }
  return DecideOperation(context, "invoice", number, decision);
}

Result<Report> InvoiceReverse(const Context& context, const Arguments& arguments) {
  auto decision = NewDecision<event::DecideInvoice>(context, arguments);
  const Result<std::string> red = RequiredValue(arguments, "--red-no");
  if (!red) return tl::unexpected(red.error());
  decision.mutable_reverse()->set_red_no(*red);
  decision.mutable_reverse()->set_red_code(arguments.Value("--red-code"));
  return DecideOperation(context, "invoice", arguments.positionals.front(), decision);
}

Result<Report> RefundDecide(const Context& context, const Arguments& arguments) {
  return DecideApplication(context, arguments, "refund",
                           &event::DecideGuarantee::mutable_approve_refund,
                           &event::DecideGuarantee::mutable_reject_refund);
}

Result<Report> CancellationDecide(const Context& context, const Arguments& arguments) {
  return DecideApplication(context, arguments, "cancellation",
                           &event::DecideGuarantee::mutable_approve_cancellation,
                           &event::DecideGuarantee::mutable_reject_cancellation);
}

Result<Report> CancellationPropose(const Context& context, const Arguments& arguments) {
  auto decision = NewDecision<event::DecideGuarantee>(context, arguments);
  decision.mutable_propose_cancellation()->set_business_no(arguments.Value("--business-no"));
  return DecideGuarantee(context, "guarantee", arguments.positionals.front(), decision);
}

Result<Report> GuaranteeLetter(const Context& context, const Arguments& arguments) {
  auto decision = NewDecision<event::DecideGuarantee>(context, arguments);
  const Result<void> attached = AttachLetter(context, arguments.positionals[1],
                                             *decision.mutable_plain_letter()->mutable_letter());
  if (!attached) return tl::unexpected(attached.error());
  return DecideGuarantee(context, "guarantee", arguments.positionals.front(), decision);
}

}  // namespace guarantee::guaranteectl
