// Guarantees in every state, made by the commands that lead there, and one good command of each
// kind.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "order/domain/letter/decide.h"
#include "order/domain/letter/transitions.h"

namespace guarantee::order::letter::testing {

inline constexpr UnixMillis kIssuedAt{1'000'000};
inline constexpr UnixMillis kBefore{1'500'000};  // before the opening
inline constexpr UnixMillis kDeadline{2'000'000};
inline constexpr UnixMillis kOpening{3'000'000};
inline constexpr UnixMillis kNow{4'000'000};
inline constexpr UnixMillis kValidEnd{20'000'000'000};
inline constexpr Money kAmount{50'000'000};

struct Scene {
  std::optional<Guarantee> guarantee;
  Command command;
  UnixMillis now = kNow;
  Policy policy;
};

// The guarantee after the decision's events.
inline std::optional<Guarantee> After(std::optional<Guarantee> guarantee,
                                      const Decision& decision) {
  for (const Event& event : decision.events) {
    guarantee = Apply(guarantee.value_or(Guarantee{}), event);
  }
  if (guarantee && guarantee->state == State::kNone) return std::nullopt;
  return guarantee;
}

inline std::optional<Guarantee> Taken(std::optional<Guarantee> guarantee, const Command& command,
                                      UnixMillis now, const Policy& policy = {}) {
  const Decision decision = Decide(guarantee, command, now, policy);
  return After(std::move(guarantee), decision);
}

inline LetterFile File(char digit) {
  return {std::string(64, digit), 1'000, "application/pdf", kIssuedAt};
}

inline RestoredNames GoodNames() {
  return {"甲公司", "CODE-1", "项目", "P-NO", "S-NO", "标段", "招标人", "CODE-2"};
}

inline Issue GoodIssue() {
  return {.partner = "demo",
          .guarantee_no = "G-1",
          .order_no = "ORDER-1",
          .order_flow = "demo/order/ORDER-1",
          .amount = kAmount,
          .valid_begin = kIssuedAt,
          .valid_end = kValidEnd,
          .open_time = kOpening,
          .purchase_deadline = kDeadline,
          .sealed_letter = File('a'),
          .premium = Premium{Money{125'000}, "甲公司", "4200-1", "PREMIUM-1", false},
          .credit = {true, "demo/credit/HASH"}};
}

inline RequestRestore GoodRestore() {
  return {.business_no = "RESTORE-1",
          .received_at = kNow,
          .out_time = kIssuedAt,
          .key_fingerprint = "key-1",
          .names = GoodNames(),
          .bidder_differs = false};
}

// A command that is fine where its kind has something to do.
inline Command GoodCommand(CommandKind kind) {
  const DecisionHead head{"DECISION-2", "manager", "because", 0};
  switch (kind) {
    case CommandKind::kIssue:
      return GoodIssue();
    case CommandKind::kIssueNoticeAccepted:
      return IssueNoticeAccepted{kNow};
    case CommandKind::kRequestRestore:
      return GoodRestore();
    case CommandKind::kPlainLetterReady:
      return PlainLetterReady{head, File('b')};
    case CommandKind::kSendAgain:
      return SendAgain{head, "RESTORE-1"};
    case CommandKind::kPlainNoticeAccepted:
      return PlainNoticeAccepted{"RESTORE-1", kNow};
    case CommandKind::kRequestRefund:
      return RequestRefund{"REFUND-2", "G-1", "no bid", kBefore};
    case CommandKind::kApproveRefund:
      return ApproveRefund{head, {}};
    case CommandKind::kRejectRefund:
      return RejectRefund{head, {}};
    case CommandKind::kWithdrawRefund:
      return WithdrawRefund{"REFUND-1", "changed my mind", kBefore};
    case CommandKind::kRefundNoticeAccepted:
      return RefundNoticeAccepted{"REFUND-1", kNow};
    case CommandKind::kRefundNoticeExpired:
      return RefundNoticeExpired{"REFUND-1", kNow};
    case CommandKind::kRequestCancellation:
      return RequestCancellation{"CANCEL-2", "G-1", "project done", kNow};
    case CommandKind::kApproveCancellation:
      return ApproveCancellation{head, {}};
    case CommandKind::kRejectCancellation:
      return RejectCancellation{head, {}};
    case CommandKind::kWithdrawCancellation:
      return WithdrawCancellation{"CANCEL-1", "changed my mind", kNow};
    case CommandKind::kProposeCancellation:
      return ProposeCancellation{head, "PROPOSAL-2"};
    case CommandKind::kProposalAccepted:
      return ProposalAccepted{"PROPOSAL-1", kNow};
    case CommandKind::kProposalRefused:
      return ProposalRefused{"PROPOSAL-1", kNow};
    case CommandKind::kCancelNoticeReceived:
      return CancelNoticeReceived{"PROPOSAL-1", true, kNow};
    case CommandKind::kClaimReceived:
      return ClaimReceived{"CLAIM-1", kNow};
    case CommandKind::kClaimPaid:
      return ClaimPaid{"CLAIM-1", Money{10'000}, "PAYMENT-1", kNow};
    case CommandKind::kClaimClosed:
      return ClaimClosed{"CLAIM-1"};
    case CommandKind::kOpenTimeChanged:
      return OpenTimeChanged{kOpening + 1'000, kNow};
    case CommandKind::kDeadlineChanged:
      return DeadlineChanged{kDeadline + 1'000, kNow};
    case CommandKind::kTimePassed:
      return TimePassed{TimerKind::kExpiry, kValidEnd + 1};
    case CommandKind::kProceed:
      break;
  }
  return ClaimClosed{"CLAIM-1"};
}

// When it is processed, where nothing else is said: refunds live before the opening.
inline UnixMillis GoodTime(CommandKind kind) {
  switch (kind) {
    case CommandKind::kRequestRefund:
    case CommandKind::kApproveRefund:
    case CommandKind::kRejectRefund:
    case CommandKind::kWithdrawRefund:
      return kBefore;
    case CommandKind::kTimePassed:
      return kValidEnd + 1;
    default:
      return kNow;
  }
}

// A guarantee in `state`, its issue known to the platform. CANCELLED and PAID were opened before,
// EXPIRED was not.
inline std::optional<Guarantee> GuaranteeIn(State state) {
  std::optional<Guarantee> guarantee;
  const auto run = [&](const Command& command, UnixMillis now = kNow) {
    guarantee = Taken(std::move(guarantee), command, now);
  };
  const DecisionHead head{"DECISION-1", "manager", "fine", 0};
  if (state == State::kNone) return guarantee;
  run(GoodIssue(), kIssuedAt);
  run(IssueNoticeAccepted{kBefore}, kBefore);
  if (state == State::kRefunded) {
    run(RequestRefund{"REFUND-1", "G-1", "no bid", kBefore}, kBefore);
    run(ApproveRefund{head, {}}, kBefore);
  }
  if (state == State::kExpired) run(TimePassed{TimerKind::kExpiry, kValidEnd + 1}, kValidEnd + 1);
  if (state == State::kSealed || IsEnded(guarantee->state)) return guarantee;
  RequestRestore restore = GoodRestore();
  restore.received_at = kNow + -1;
  run(restore);
  if (state == State::kCancelled) {
    run(RequestCancellation{"CANCEL-1", "G-1", "project done", kNow});
    run(ApproveCancellation{head, {}});
  }
  if (state == State::kPaid) {
    run(ClaimReceived{"CLAIM-0", kNow});
    run(ClaimPaid{"CLAIM-0", kAmount, "PAYMENT-0", kNow});
    run(ClaimClosed{"CLAIM-0"});
  }
  return guarantee;
}

}  // namespace guarantee::order::letter::testing
