#include "invoice/adapters/command_codec.h"

#include <tuple>
#include <utility>

#include "contract/formats.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/event/v1/invoice_decision.pb.h"
#include "guarantee/partner/v1/invoice.pb.h"

namespace guarantee::invoice {
namespace {

namespace event = guarantee::event::v1;

// Bytes.
constexpr std::size_t kDecisionIdMax = 64;
constexpr std::size_t kDecidedByMax = 128;
constexpr std::size_t kTextMax = 1'024;
constexpr std::size_t kNumberMax = 256;

Result<void> Check(const std::string& text, std::size_t least, std::size_t most,
                   const char* field) {
  if (text.size() >= least && text.size() <= most) return {};
  return Refused("decision.length",
                 "must have " + std::to_string(least) + " to " + std::to_string(most) + " bytes",
                 field);
}

Result<void> CheckHead(const event::DecideInvoice& decision) {
  for (const auto& [text, least, most, field] :
       {std::tuple{&decision.decision_id(), std::size_t{1}, kDecisionIdMax, "decision_id"},
        std::tuple{&decision.decided_by(), std::size_t{1}, kDecidedByMax, "decided_by"},
        std::tuple{&decision.reason(), std::size_t{0}, kTextMax, "reason"},
        std::tuple{&decision.number(), std::size_t{0}, kNumberMax, "number"}}) {
    if (Result<void> checked = Check(*text, least, most, field); !checked) return checked;
  }
  return {};
}

// Whether a number is well formed is the domain's to say.
Result<void> CheckNumber(const std::string& number, const char* number_field,
                         const std::string& code, const char* code_field) {
  if (Result<void> checked = Check(number, 0, kNumberMax, number_field); !checked) return checked;
  return Check(code, 0, kNumberMax, code_field);
}

Result<void> CheckIssue(const event::IssueInvoice& issue, std::size_t link_length_max) {
  const std::string& url = issue.url();
  if (contract::CodePoints(url) > link_length_max) {
    return Refused("decision.length",
                   "must have at most " + std::to_string(link_length_max) + " characters", "url");
  }
  if (!url.empty() && contract::ClassifyAttachment(url) != contract::AttachmentForm::kLink) {
    return Refused("decision.link", "must be a link", "url");
  }
  return CheckNumber(issue.invoice_no(), "invoice_no", issue.invoice_code(), "invoice_code");
}

Result<void> CheckBody(const event::DecideInvoice& decision, std::size_t link_length_max) {
  switch (decision.decision_case()) {
    case event::DecideInvoice::kIssue:
      return CheckIssue(decision.issue(), link_length_max);
    case event::DecideInvoice::kFail:
      return Check(decision.fail().reason(), 0, kTextMax, "fail.reason");
    case event::DecideInvoice::kReverse:
      return CheckNumber(decision.reverse().red_no(), "red_no", decision.reverse().red_code(),
                         "red_code");
    case event::DecideInvoice::DECISION_NOT_SET:
      break;
  }
  return Refused("decision.empty", "says nothing this program knows", "decision");
}

}  // namespace

Command ToCommand(const partner::v1::InvoiceApply& request, const std::string& partner,
                  UnixMillis received_at) {
  RequestInvoice command;
  command.partner = partner;
  command.guarantee_no = request.guarantee_no();
  command.business_no = request.business_no();
  command.received_at = received_at;
  const bool special = request.type() == partner::v1::INVOICE_TYPE_SPECIAL;
  command.kind = special ? Kind::kSpecial : Kind::kOrdinary;
  command.amount = {request.amount_fen()};
  command.buyer = {request.bidder_name(), request.bidder_code(), request.address(),
                   request.phone(),       request.bank(),        request.account()};
  command.delivery = {request.invoice_rise(), request.invoice_address(), request.jbr_name(),
                      request.email(), request.mobile()};
  command.tax_number_fits = contract::IsUscc(request.bidder_code());
  return command;
}

Command ToCommand(const event::GuaranteeRestored& message, const std::string& partner) {
  return GuaranteeRestored{partner,
                           message.guarantee_no(),
                           {message.bidder_name(), message.bidder_code()},
                           {message.premium_fen()},
                           {message.restored_at()}};
}

Command ToCommand(const event::PremiumReturned& message, const std::string& partner) {
  return PremiumReturned{partner, message.guarantee_no(), {message.amount_fen()}};
}

Result<Command> ToCommand(const event::DecideInvoice& decision, std::size_t link_length_max) {
  if (Result<void> head = CheckHead(decision); !head) return tl::unexpected(head.error());
  if (Result<void> body = CheckBody(decision, link_length_max); !body) {
    return tl::unexpected(body.error());
  }
  DecisionHead head{decision.decision_id(), decision.decided_by(), decision.reason(),
                    decision.based_on_revision()};
  const std::string& number = decision.number();
  if (decision.has_issue()) {
    const event::IssueInvoice& issue = decision.issue();
    return Command{
        Issue{std::move(head), number, {issue.invoice_no(), issue.invoice_code()}, issue.url()}};
  }
  if (decision.has_reverse()) {
    const event::ReverseInvoice& reverse = decision.reverse();
    return Command{Reverse{std::move(head), number, {reverse.red_no(), reverse.red_code()}}};
  }
  if (!decision.fail().reason().empty()) head.reason = decision.fail().reason();
  return Command{Fail{std::move(head), number}};
}

}  // namespace guarantee::invoice
