#include <fmt/format.h>

#include "crypto/digest.h"
#include "guarantee/rpc/v1/order.grpc.pb.h"
#include "guaranteectl/client.h"
#include "guaranteectl/decision_parts.h"

namespace guarantee::guaranteectl {
namespace {

namespace event = guarantee::event::v1;
namespace v1 = guarantee::rpc::v1;

constexpr std::size_t kReferenceDigits = 24;

Result<Report> Decide(const Context& context, const std::string& number,
                      event::DecideOrder decision) {
  v1::DecideRequest request;
  request.mutable_selector()->set_number(number);
  request.mutable_selector()->set_partner(context.partner);
  *request.mutable_decision() = std::move(decision);
  const auto reply = Call<v1::OrderService>(context.endpoints.tls_folder, context.endpoints.order,
                                            "order", &v1::OrderService::Stub::Decide, request);
  if (!reply) return tl::unexpected(reply.error());
  return ReportOf({reply->decision_id(), reply->business_no(), reply->result(), reply->reason(),
                   reply->text()});
}

Result<void> FillApproval(const Context& context, const Arguments& arguments,
                          event::ApproveOrder& approve) {
  if (arguments.Has("--materials-complete") && arguments.Has("--materials-pending")) {
    return Refused(kUsageCode, "--materials-complete and --materials-pending exclude each other");
  }
  // Who approves has seen the materials; only what he says otherwise withholds that.
  approve.set_materials_complete(!arguments.Has("--materials-pending"));
  if (arguments.Has("--premium")) {
    const Result<std::int64_t> fen = FenOf(arguments, "--premium");
    if (!fen) return tl::unexpected(fen.error());
    approve.set_premium_fen(*fen);
  }
  if (arguments.Has("--payer-name") || arguments.Has("--payer-account")) {
    const Result<std::string> name = RequiredValue(arguments, "--payer-name");
    if (!name) return tl::unexpected(name.error());
    const Result<std::string> account = RequiredValue(arguments, "--payer-account");
    if (!account) return tl::unexpected(account.error());
    event::PremiumPayment& payer = *approve.mutable_payer();
    payer.set_payer_name(*name);
    payer.set_payer_account(*account);
    payer.set_reference(arguments.Value("--reference"));
  }
  if (!arguments.Has("--letter")) return {};
  return AttachLetter(context, arguments.Value("--letter"), *approve.mutable_letter());
}

std::string ReferenceOf(const std::string& number, const event::PremiumPayment& payment) {
  const std::string said = fmt::format("{}\n{}\n{}\n{}", number, payment.payer_name(),
                                       payment.payer_account(), payment.amount_fen());
  return "unnamed-" + crypto::ToHex(crypto::Sha256(said)).substr(0, kReferenceDigits);
}

}  // namespace

Result<Report> OrderDecide(const Context& context, const Arguments& arguments) {
  const std::string& verdict = arguments.positionals[1];
  event::DecideOrder decision = NewDecision<event::DecideOrder>(context, arguments);
  if (verdict == "reject") {
    decision.mutable_reject();
  } else if (verdict == "approve") {
    const Result<void> filled = FillApproval(context, arguments, *decision.mutable_approve());
    if (!filled) return tl::unexpected(filled.error());
  } else if (verdict == "accept-cancel") {
    decision.mutable_accept_cancel();
  } else if (verdict == "decline-cancel") {
    decision.mutable_decline_cancel();
  } else {
    return Refused(kUsageCode,
                   fmt::format("{}: expected approve, reject, accept-cancel or decline-cancel\n"
                               "usage: {}",
                               verdict, UsageOf(*arguments.command)));
  }
  return Decide(context, arguments.positionals.front(), std::move(decision));
}

Result<Report> OrderMaterials(const Context& context, const Arguments& arguments) {
  event::DecideOrder decision = NewDecision<event::DecideOrder>(context, arguments);
  decision.mutable_materials()->set_bidder_name(arguments.Value("--bidder-name"));
  decision.mutable_materials()->set_bidder_code(arguments.Value("--bidder-code"));
  return Decide(context, arguments.positionals.front(), std::move(decision));
}

Result<Report> OrderPremium(const Context& context, const Arguments& arguments) {
  const Result<std::int64_t> fen = FenOf(arguments, "--amount");
  if (!fen) return tl::unexpected(fen.error());
  event::DecideOrder decision = NewDecision<event::DecideOrder>(context, arguments);
  event::PremiumPayment& payment = *decision.mutable_premium()->mutable_payment();
  payment.set_payer_name(arguments.Value("--payer-name"));
  payment.set_payer_account(arguments.Value("--payer-account"));
  payment.set_amount_fen(*fen);
  payment.set_reference(arguments.Value("--reference"));
  // The same sentence typed twice, as after a timeout, is one payment: without a reference of the
  // bank's the payment is named by what it says.
  if (payment.reference().empty())
    payment.set_reference(ReferenceOf(arguments.positionals.front(), payment));
  return Decide(context, arguments.positionals.front(), std::move(decision));
}

Result<Report> OrderLetter(const Context& context, const Arguments& arguments) {
  event::DecideOrder decision = NewDecision<event::DecideOrder>(context, arguments);
  event::SuppliedLetter& letter = *decision.mutable_letter()->mutable_letter();
  letter.set_guarantee_no(arguments.Value("--guarantee-no"));
  const Result<void> attached = AttachLetter(context, arguments.positionals[1], letter);
  if (!attached) return tl::unexpected(attached.error());
  return Decide(context, arguments.positionals.front(), std::move(decision));
}

}  // namespace guarantee::guaranteectl
