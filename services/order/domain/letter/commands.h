// What can be asked of a guarantee: a request of the platform (section in brackets), a decision of
// the institution, a fact of the world or of a neighbour, or a timer. Times of arrival are stamped
// by whoever received the thing, never by the domain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "order/domain/letter/guarantee.h"

namespace guarantee::order::letter {

// Every decision. The same id again is the same decision, whatever else it says.
using machine::DecisionHead;

// From the order, in the transaction that issues it.
struct Issue {
  std::string partner;
  std::string guarantee_no;
  std::string order_no;
  std::string order_flow;
  Money amount;
  UnixMillis valid_begin;
  UnixMillis valid_end;
  UnixMillis open_time;
  UnixMillis purchase_deadline;
  LetterFile sealed_letter;
  std::optional<Premium> premium;
  Credit credit;
};

// The platform accepted 3.2 result 0.
struct IssueNoticeAccepted {
  UnixMillis accepted_at;
};

// 3.7, after the decryption. `names` is empty where the key opened nothing, or where it was not
// tried because its fingerprint is the known one. `bidder_differs`: the caller compared the names
// with the payer and with the identity proven on the page.
struct RequestRestore {
  std::string business_no;
  UnixMillis received_at;
  std::optional<UnixMillis> out_time;
  std::string key_fingerprint;
  std::optional<RestoredNames> names;
  bool bidder_differs = false;
};

struct PlainLetterReady {
  DecisionHead decision;
  LetterFile letter;
};
// 3.8 once more. An empty number is that of the first 3.7.
struct SendAgain {
  DecisionHead decision;
  std::string business_no;
};
struct PlainNoticeAccepted {  // of a 3.8
  std::string business_no;
  UnixMillis accepted_at;
};

struct RequestRefund {  // 3.15
  std::string business_no;
  std::string guarantee_no;
  std::string reason;
  UnixMillis received_at;
};
// An empty number in a decision is that of the pending request.
struct ApproveRefund {
  DecisionHead decision;
  std::string business_no;
};
struct RejectRefund {
  DecisionHead decision;
  std::string business_no;
};
struct WithdrawRefund {  // 3.18
  std::string business_no;
  std::string reason;
  UnixMillis received_at;
};
struct RefundNoticeAccepted {  // of a 3.16
  std::string business_no;
  UnixMillis accepted_at;
};
struct RefundNoticeExpired {
  std::string business_no;
  UnixMillis expired_at;
};

struct RequestCancellation {  // 3.9 of the platform
  std::string business_no;
  std::string guarantee_no;
  std::string reason;
  UnixMillis received_at;
};
// On the platform's request, or closing our own proposal when the platform's answer is overdue.
struct ApproveCancellation {
  DecisionHead decision;
  std::string business_no;
};
struct RejectCancellation {
  DecisionHead decision;
  std::string business_no;
};
struct WithdrawCancellation {  // 3.20
  std::string business_no;
  std::string reason;
  UnixMillis received_at;
};
// Our own 3.9; `business_no` is minted by the caller. The decision's reason is told to the
// platform.
struct ProposeCancellation {
  DecisionHead decision;
  std::string business_no;
};
struct ProposalAccepted {  // the platform answered our 3.9 with 200
  std::string business_no;
  UnixMillis accepted_at;
};
struct ProposalRefused {  // anything else that is an answer
  std::string business_no;
  UnixMillis refused_at;
};
struct CancelNoticeReceived {  // 3.10 of the platform
  std::string business_no;
  bool cancelled = false;
  UnixMillis received_at;
};

// The claim service's messages (design, "Between services").
struct ClaimReceived {
  std::string business_no;
  UnixMillis received_at;
};
struct ClaimPaid {
  std::string business_no;
  Money amount;
  std::string reference;
  UnixMillis paid_at;
};
struct ClaimClosed {
  std::string business_no;
};

struct OpenTimeChanged {  // 3.22
  UnixMillis open_time;
  UnixMillis received_at;
};
struct DeadlineChanged {  // 3.23
  UnixMillis purchase_deadline;
  UnixMillis received_at;
};

enum class TimerKind : std::uint8_t { kOpening, kExpiry, kProposalAnswer };

// A timer that has come due; one that the guarantee no longer has is without effect.
struct TimePassed {
  TimerKind kind = TimerKind::kExpiry;
  UnixMillis due;
};

using Command =
    std::variant<Issue, IssueNoticeAccepted, RequestRestore, PlainLetterReady, SendAgain,
                 PlainNoticeAccepted, RequestRefund, ApproveRefund, RejectRefund, WithdrawRefund,
                 RefundNoticeAccepted, RefundNoticeExpired, RequestCancellation,
                 ApproveCancellation, RejectCancellation, WithdrawCancellation, ProposeCancellation,
                 ProposalAccepted, ProposalRefused, CancelNoticeReceived, ClaimReceived, ClaimPaid,
                 ClaimClosed, OpenTimeChanged, DeadlineChanged, TimePassed>;

// In the variant's order. kProceed is the guarantee's own next step, taken by Decide after every
// applied command; nobody can send it.
enum class CommandKind : std::uint8_t {
  kIssue,
  kIssueNoticeAccepted,
  kRequestRestore,
  kPlainLetterReady,
  kSendAgain,
  kPlainNoticeAccepted,
  kRequestRefund,
  kApproveRefund,
  kRejectRefund,
  kWithdrawRefund,
  kRefundNoticeAccepted,
  kRefundNoticeExpired,
  kRequestCancellation,
  kApproveCancellation,
  kRejectCancellation,
  kWithdrawCancellation,
  kProposeCancellation,
  kProposalAccepted,
  kProposalRefused,
  kCancelNoticeReceived,
  kClaimReceived,
  kClaimPaid,
  kClaimClosed,
  kOpenTimeChanged,
  kDeadlineChanged,
  kTimePassed,
  kProceed,
};
inline constexpr std::size_t kCommandCount = 27;
static_assert(std::variant_size_v<Command> + 1 == kCommandCount);

[[nodiscard]] inline CommandKind KindOf(const Command& command) {
  return static_cast<CommandKind>(command.index());
}

// The decision's head, or null where the command is no decision.
[[nodiscard]] inline const DecisionHead* HeadOf(const Command& command) {
  return std::visit(
      [](const auto& one) -> const DecisionHead* {
        if constexpr (requires { one.decision; }) return &one.decision;
        return nullptr;
      },
      command);
}

// The operation that the command names, or empty.
[[nodiscard]] inline std::string BusinessNoOf(const Command& command) {
  return std::visit(
      [](const auto& one) -> std::string {
        if constexpr (requires { one.business_no; }) return one.business_no;
        return {};
      },
      command);
}

// When the gateway had the request; the epoch where the command is no request.
[[nodiscard]] inline UnixMillis ReceivedAtOf(const Command& command) {
  return std::visit(
      [](const auto& one) -> UnixMillis {
        if constexpr (requires { one.received_at; }) return one.received_at;
        return {};
      },
      command);
}

}  // namespace guarantee::order::letter
