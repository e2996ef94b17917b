// What can be asked of an order. A command is a request of the platform (section in brackets), a
// decision of the institution, a fact of the world, or a timer. Times of arrival are stamped by
// whoever received the thing, never by the domain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "order/domain/order.h"

namespace guarantee::order {

// Every decision. The same id again is the same decision, whatever else it says.
using machine::DecisionHead;

struct Apply31 {  // 3.1
  std::string partner;
  std::string order_no;
  std::string business_no;
  Money amount;
  UnixMillis applied_at;
  UnixMillis received_at;
  UnixMillis purchase_deadline;
  UnixMillis open_time;
  SealedFields sealed;
  BasicAccount basic_account;
};

// The bidder came by the link. `visit_id`: the page's name for this visit, by which it may ask
// again when the answer was lost; empty: no answer is repeated.
struct SpendRedirect {
  std::string visit_id;
};

// The bidder proved `bidder` on the page and left what underwriting needs.
struct CompleteMaterials {
  Identity bidder;
  DecisionHead decision{};
};

// `guarantee_no` is required: minted by the caller, or the bank's own. With `materials_complete`
// the decider vouches for the page step. `payer`: the premium is in the decider's books (or
// waived) and the order does not wait for it; its amount is taken from the quote. `letter`: a
// finished letter; it waits for premium and credit like any other.
struct Approve {
  DecisionHead decision;
  Quote quote;
  std::string guarantee_no;
  bool materials_complete = false;
  std::optional<Payment> payer;
  std::optional<Letter> letter;
  bool guarantee_no_taken = false;  // the bank's own number belongs to another order
};

struct Reject {
  DecisionHead decision;
};

// Judged by `payment.arrived_at`, not by when it is processed.
struct PremiumReceived {
  Payment payment;
  DecisionHead decision{};
};

struct CreditReserved {};
struct CreditRefused {
  std::string reason;
};

struct LetterReady {
  Letter letter;
  bool guarantee_no_taken = false;  // the bank's own number belongs to another order
  DecisionHead decision{};
};
// `attempt` of the LetterRequest it answers.
struct LetterFailed {
  std::int64_t attempt = 0;
  std::string reason;
};

struct Cancel {  // 3.3
  std::string apply_no;
  std::string remark;
  UnixMillis received_at;
};
struct AcceptCancel {
  DecisionHead decision;
};
struct DeclineCancel {
  DecisionHead decision;
};

// `letter_restored` is what the guarantee's row says, locked in the same transaction.
struct OpenTimeChanged {  // 3.22
  UnixMillis open_time;
  UnixMillis received_at;
  bool letter_restored = false;
};
struct DeadlineChanged {  // 3.23
  UnixMillis purchase_deadline;
  UnixMillis received_at;
  bool letter_restored = false;
};

enum class TimerKind : std::uint8_t { kPurchaseDeadline, kLetterRetry, kCreditAnswer };

// A timer that has come due; one that the order no longer has is without effect.
struct TimePassed {
  TimerKind kind = TimerKind::kPurchaseDeadline;
  UnixMillis due;
};

// What became of the notice 3.2 result 0 (no other notice is reported here).
struct IssueNoticeAccepted {
  UnixMillis accepted_at;
};
struct IssueNoticeExpired {
  UnixMillis expired_at;
};

using Command = std::variant<Apply31, SpendRedirect, CompleteMaterials, Approve, Reject,
                             PremiumReceived, CreditReserved, CreditRefused, LetterReady,
                             LetterFailed, Cancel, AcceptCancel, DeclineCancel, OpenTimeChanged,
                             DeadlineChanged, TimePassed, IssueNoticeAccepted, IssueNoticeExpired>;

// In the variant's order. kProceed is the order's own next step, taken by Decide after every
// applied command; nobody can send it.
enum class CommandKind : std::uint8_t {
  kApply,
  kSpendRedirect,
  kCompleteMaterials,
  kApprove,
  kReject,
  kPremiumReceived,
  kCreditReserved,
  kCreditRefused,
  kLetterReady,
  kLetterFailed,
  kCancel,
  kAcceptCancel,
  kDeclineCancel,
  kOpenTimeChanged,
  kDeadlineChanged,
  kTimePassed,
  kIssueNoticeAccepted,
  kIssueNoticeExpired,
  kProceed,
};
inline constexpr std::size_t kCommandCount = 19;
static_assert(std::variant_size_v<Command> + 1 == kCommandCount);

[[nodiscard]] inline CommandKind KindOf(const Command& command) {
  return static_cast<CommandKind>(command.index());
}

// The decision's head, or null where the command is no decision.
[[nodiscard]] const DecisionHead* HeadOf(const Command& command);

}  // namespace guarantee::order
