#include "order/adapters/guarantee_command_codec.h"

#include <utility>

#include "guarantee/event/v1/guarantee_decision.pb.h"
#include "guarantee/event/v1/handshake.pb.h"
#include "guarantee/partner/v1/letter.pb.h"
#include "guarantee/partner/v1/order.pb.h"

namespace guarantee::order::letter {
namespace {

namespace event = guarantee::event::v1;
namespace partner = guarantee::partner::v1;

// Bytes, as decisions on orders have them.
constexpr std::size_t kDecisionIdMax = 64;
constexpr std::size_t kDecidedByMax = 128;
constexpr std::size_t kReasonMax = 1'024;
constexpr std::size_t kBusinessNoMax = 256;

LetterFile FileOf(const event::SuppliedLetter& supplied, const std::optional<DocumentFacts>& facts,
                  UnixMillis arrived_at) {
  LetterFile file;
  if (facts) {
    file.sha256 = facts->sha256;
    file.size_bytes = facts->size_bytes;
    file.media_type = facts->media_type;
  }
  file.generated_at = {supplied.generated_at()};
  if (supplied.generated_at() == 0) file.generated_at = arrived_at;
  return file;
}

std::string NumberOf(const event::DecideGuarantee& decision) {
  switch (decision.decision_case()) {
    case event::DecideGuarantee::kApproveRefund:
      return decision.approve_refund().business_no();
    case event::DecideGuarantee::kRejectRefund:
      return decision.reject_refund().business_no();
    case event::DecideGuarantee::kApproveCancellation:
      return decision.approve_cancellation().business_no();
    case event::DecideGuarantee::kRejectCancellation:
      return decision.reject_cancellation().business_no();
    case event::DecideGuarantee::kProposeCancellation:
      return decision.propose_cancellation().business_no();
    case event::DecideGuarantee::kSendAgain:
      return decision.send_again().business_no();
    case event::DecideGuarantee::kPlainLetter:
    case event::DecideGuarantee::DECISION_NOT_SET:
      break;
  }
  return {};
}

Result<void> CheckForm(const event::DecideGuarantee& decision) {
  if (decision.decision_id().empty() || decision.decision_id().size() > kDecisionIdMax) {
    return Refused("decision.id", "must have 1 to 64 bytes", "decision_id");
  }
  if (decision.decided_by().empty() || decision.decided_by().size() > kDecidedByMax) {
    return Refused("decision.decided_by", "must have 1 to 128 bytes", "decided_by");
  }
  if (decision.reason().size() > kReasonMax) {
    return Refused("decision.reason", "must have at most 1024 bytes", "reason");
  }
  if (NumberOf(decision).size() > kBusinessNoMax) {
    return Refused("decision.business_no", "must have at most 256 bytes", "business_no");
  }
  return {};
}

}  // namespace

Issue IssueOf(const Order& order, const std::string& order_flow, const std::string& credit_flow) {
  Issue issue{.partner = order.partner,
              .guarantee_no = order.letter->guarantee_no,
              .order_no = order.order_no,
              .order_flow = order_flow,
              .amount = order.amount,
              .valid_begin = order.letter->valid_begin,
              .valid_end = order.letter->valid_end,
              .open_time = order.open_time,
              .purchase_deadline = order.purchase_deadline,
              .sealed_letter = {order.letter->sha256, order.letter->size_bytes,
                                order.letter->media_type, order.letter->generated_at},
              .premium = std::nullopt,
              .credit = {order.credit == CreditState::kReserved, credit_flow}};
  if (order.premium) {
    issue.premium =
        Premium{order.premium->amount, order.premium->payer_name, order.premium->payer_account,
                order.premium->reference, order.premium->waived};
  }
  return issue;
}

RequestRestore ToCommand(const partner::RestoreApply& request, Opening opening,
                         UnixMillis received_at) {
  RequestRestore command{.business_no = request.business_no(),
                         .received_at = received_at,
                         .out_time = std::nullopt,
                         .key_fingerprint = std::move(opening.key_fingerprint),
                         .names = std::move(opening.names),
                         .bidder_differs = opening.bidder_differs};
  if (request.has_out_time()) command.out_time = UnixMillis{request.out_time()};
  return command;
}

RequestRefund ToCommand(const partner::RefundApply& request, UnixMillis received_at) {
  return {request.business_no(), request.guarantee_no(), request.reason(), received_at};
}
RequestCancellation ToCommand(const partner::CancelApply& request, UnixMillis received_at) {
  return {request.business_no(), request.guarantee_no(), request.reason(), received_at};
}
CancelNoticeReceived ToCommand(const partner::CancelNotice& notice, UnixMillis received_at) {
  return {notice.business_no(), notice.operate_result() == partner::OUTCOME_SUCCESS, received_at};
}
WithdrawRefund ToCommand(const partner::RefundRevocation& request, UnixMillis received_at) {
  return {request.business_no(), request.reason(), received_at};
}
WithdrawCancellation ToCommand(const partner::CancelRevocation& request, UnixMillis received_at) {
  return {request.business_no(), request.reason(), received_at};
}
OpenTimeChanged ToCommand(const partner::OpenTimeMaintenance& request, UnixMillis received_at) {
  return {{request.open_time()}, received_at};
}
DeadlineChanged ToCommand(const partner::PurchaseDeadlineMaintenance& request,
                          UnixMillis received_at) {
  return {{request.bzj_end_time()}, received_at};
}

ClaimReceived ToCommand(const event::ClaimReceived& message) {
  return {message.business_no(), {message.received_at()}};
}
ClaimPaid ToCommand(const event::ClaimPaid& message) {
  return {message.business_no(), {message.amount_fen()}, message.reference(), {message.paid_at()}};
}
ClaimClosed ToCommand(const event::ClaimClosed& message) { return {message.business_no()}; }

Result<Command> ToCommand(const event::DecideGuarantee& decision,
                          const std::optional<DocumentFacts>& letter,
                          const std::string& minted_business_no, UnixMillis arrived_at) {
  const Result<void> form = CheckForm(decision);
  if (!form) return tl::unexpected(form.error());
  DecisionHead head{decision.decision_id(), decision.decided_by(), decision.reason(),
                    decision.based_on_revision()};
  std::string number = NumberOf(decision);
  switch (decision.decision_case()) {
    case event::DecideGuarantee::kApproveRefund:
      return Command{ApproveRefund{std::move(head), std::move(number)}};
    case event::DecideGuarantee::kRejectRefund:
      return Command{RejectRefund{std::move(head), std::move(number)}};
    case event::DecideGuarantee::kApproveCancellation:
      return Command{ApproveCancellation{std::move(head), std::move(number)}};
    case event::DecideGuarantee::kRejectCancellation:
      return Command{RejectCancellation{std::move(head), std::move(number)}};
    case event::DecideGuarantee::kProposeCancellation:
      if (number.empty()) number = minted_business_no;
      return Command{ProposeCancellation{std::move(head), std::move(number)}};
    case event::DecideGuarantee::kPlainLetter:
      return Command{PlainLetterReady{
          std::move(head), FileOf(decision.plain_letter().letter(), letter, arrived_at)}};
    case event::DecideGuarantee::kSendAgain:
      return Command{SendAgain{std::move(head), std::move(number)}};
    case event::DecideGuarantee::DECISION_NOT_SET:
      break;
  }
  return Refused("decision.empty", "says nothing this program knows", "decision");
}

const event::SuppliedLetter* LetterOf(const event::DecideGuarantee& decision) {
  return decision.has_plain_letter() && decision.plain_letter().has_letter()
             ? &decision.plain_letter().letter()
             : nullptr;
}

}  // namespace guarantee::order::letter
