#include <fmt/format.h>

#include <fstream>

#include "base/clock.h"
#include "base/money.h"
#include "crypto/digest.h"
#include "crypto/identifier.h"
#include "guarantee/rpc/v1/order.grpc.pb.h"
#include "guaranteectl/client.h"
#include "guaranteectl/commands.h"

namespace guarantee::guaranteectl {
namespace {

namespace event = guarantee::event::v1;
namespace v1 = guarantee::rpc::v1;

// What a decision may carry itself; larger files are uploaded first.
constexpr std::size_t kInlineBytesMax = 512U << 10;
constexpr std::size_t kReferenceDigits = 24;
constexpr std::size_t kChunkBytes = 64U << 10;
constexpr std::size_t kFileBytesMax = 24U << 20;

Result<std::string> ReadFile(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Refused(kUsageCode, "cannot read " + path);
  std::string bytes(kFileBytesMax + 1, '\0');
  file.read(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  bytes.resize(static_cast<std::size_t>(file.gcount()));
  if (bytes.size() > kFileBytesMax) return Refused("letter.size", path + " exceeds 24 MiB");
  if (bytes.empty()) return Refused("letter.size", path + " is empty");
  return bytes;
}

Result<void> Upload(const std::string& address, const std::string& bytes, v1::DocumentHead& head) {
  const auto stub = v1::OrderService::NewStub(rpc::Connect(address));
  grpc::ClientContext context;
  rpc::SetDeadline(context, kCallTimeout);
  const auto writer = stub->PutDocument(&context, &head);
  for (std::size_t at = 0; at < bytes.size(); at += kChunkBytes) {
    v1::DocumentChunk chunk;
    chunk.set_data(bytes.substr(at, kChunkBytes));
    if (!writer->Write(chunk)) break;  // Finish says why
  }
  writer->WritesDone();
  const grpc::Status status = writer->Finish();
  if (status.ok()) return {};
  return tl::unexpected(rpc::ToError(status));
}

Result<void> AttachLetter(const Context& context, const std::string& path,
                          event::SuppliedLetter& letter) {
  const Result<std::string> bytes = ReadFile(path);
  if (!bytes) return tl::unexpected(bytes.error());
  const std::string digest = crypto::ToHex(crypto::Sha256(*bytes));
  letter.set_sha256(digest);
  if (bytes->size() <= kInlineBytesMax) {
    letter.set_file(*bytes);
    return {};
  }
  Result<void> put = CheckAddresses(context.endpoints.order, "order");
  for (const std::string& address : context.endpoints.order) {
    v1::DocumentHead head;
    put = Upload(address, *bytes, head);
    if (put && head.sha256() != digest) {
      return Permanent("letter.digest", "the service stored other bytes than were sent");
    }
    if (put || put.error().kind != ErrorKind::kRetryable) return put;
  }
  return put;
}

Result<std::int64_t> FenOf(const Arguments& arguments, std::string_view option) {
  const Result<Money> amount = Money::Parse(arguments.Value(option));
  if (!amount) {
    return Refused(kUsageCode, fmt::format("{} must be an amount as in 500.00", option));
  }
  return amount->fen;
}

event::DecideOrder NewDecision(const Context& context, const Arguments& arguments) {
  event::DecideOrder decision;
  decision.set_decision_id(arguments.Value("--decision-id"));
  if (decision.decision_id().empty()) {
    decision.set_decision_id(crypto::MakeIdentifier(SystemClock().Now(), crypto::SystemRandom()));
  }
  decision.set_decided_by(context.decided_by);
  decision.set_reason(arguments.Value("--reason"));
  return decision;
}

std::string SentenceOf(const v1::DecideReply& reply) {
  std::string sentence = fmt::format("{}: {}", reply.business_no(), reply.result());
  if (!reply.reason().empty()) sentence += fmt::format(" ({})", reply.reason());
  if (!reply.text().empty()) sentence += fmt::format(" {}", reply.text());
  return sentence;
}

Result<Report> Decide(const Context& context, const std::string& number,
                      event::DecideOrder decision) {
  v1::DecideRequest request;
  request.mutable_selector()->set_number(number);
  request.mutable_selector()->set_partner(context.partner);
  *request.mutable_decision() = std::move(decision);
  const auto reply = Call<v1::OrderService>(context.endpoints.order, "order",
                                            &v1::OrderService::Stub::Decide, request);
  if (!reply) return tl::unexpected(reply.error());
  Report report;
  report.document = {{"decision_id", reply->decision_id()},
                     {"result", reply->result()},
                     {"businessNo", reply->business_no()}};
  if (!reply->reason().empty()) report.document["reason"] = reply->reason();
  if (!reply->text().empty()) report.document["text"] = reply->text();
  // The same decision again has its first outcome, which may have been a refusal.
  if (reply->result() == "refused" || !reply->reason().empty()) {
    report.exit = Exit::kRefused;
    report.warning = "refused: " + SentenceOf(*reply);
    return report;
  }
  report.text = SentenceOf(*reply) + fmt::format(", decision {}\n", reply->decision_id());
  return report;
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
  event::DecideOrder decision = NewDecision(context, arguments);
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
  event::DecideOrder decision = NewDecision(context, arguments);
  decision.mutable_materials()->set_bidder_name(arguments.Value("--bidder-name"));
  decision.mutable_materials()->set_bidder_code(arguments.Value("--bidder-code"));
  return Decide(context, arguments.positionals.front(), std::move(decision));
}

Result<Report> OrderPremium(const Context& context, const Arguments& arguments) {
  const Result<std::int64_t> fen = FenOf(arguments, "--amount");
  if (!fen) return tl::unexpected(fen.error());
  event::DecideOrder decision = NewDecision(context, arguments);
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
  event::DecideOrder decision = NewDecision(context, arguments);
  event::SuppliedLetter& letter = *decision.mutable_letter()->mutable_letter();
  letter.set_guarantee_no(arguments.Value("--guarantee-no"));
  const Result<void> attached = AttachLetter(context, arguments.positionals[1], letter);
  if (!attached) return tl::unexpected(attached.error());
  return Decide(context, arguments.positionals.front(), std::move(decision));
}

}  // namespace guarantee::guaranteectl
