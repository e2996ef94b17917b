// What a decision asks the outside for, as data: the caller writes it in the same transaction as
// the order (outbox rows, timer rows), nothing of it is done here.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "order/domain/commands.h"
#include "order/domain/order.h"

namespace guarantee::order {

// 3.2 result 0. Not to be sent after `not_after` (inclusive).
struct NotifyIssued {
  std::string business_no;
  std::string order_no;
  Letter letter;
  std::string payer_name;
  std::string payer_account;
  std::string institution_name;
  std::string insurer_code;
  Quote quote;
  UnixMillis not_after;
  bool operator==(const NotifyIssued&) const = default;
};
// 3.2 result 1: four keys and no more; `reason` is for operators and our page.
struct NotifyFailed {
  std::string business_no;
  std::string order_no;
  RefusalCode reason = RefusalCode::kNone;
  bool operator==(const NotifyFailed&) const = default;
};
// 3.4. `apply_no` as the platform wrote it in 3.3.
struct NotifyCancel {
  std::string apply_no;
  bool cancelled = false;
  std::string remark;
  bool operator==(const NotifyCancel&) const = default;
};
// A moved deadline moves the last moment of an unaccepted 3.2 result 0.
struct RenewIssueNotice {
  UnixMillis not_after;
  bool operator==(const RenewIssueNotice&) const = default;
};

struct SetTimer {  // replaces the order's timer of that kind
  TimerKind kind = TimerKind::kPurchaseDeadline;
  UnixMillis due;
  bool operator==(const SetTimer&) const = default;
};
struct ClearTimer {
  TimerKind kind = TimerKind::kPurchaseDeadline;
  bool operator==(const ClearTimer&) const = default;
};

// Idempotent by `payment.reference` on the receiver's side.
struct RefundPremium {
  Payment payment;
  RefusalCode reason = RefusalCode::kNone;
  bool operator==(const RefundPremium&) const = default;
};

struct ReserveCredit {
  Money amount;
  bool operator==(const ReserveCredit&) const = default;
};
struct ReleaseCredit {
  Money amount;
  bool operator==(const ReleaseCredit&) const = default;
};

// The answer is LetterReady or LetterFailed with the same attempt.
struct RequestLetter {
  std::string guarantee_no;
  std::int64_t attempt = 0;
  Money amount;
  UnixMillis valid_begin;
  UnixMillis valid_end;
  bool operator==(const RequestLetter&) const = default;
};

enum class AlarmKind : std::uint8_t {
  kIssueNoticeExpired,  // the letter exists, the platform does not know it
  kCreditUnanswered,
  kValidityTooShort,  // the opening moved; the letter needs an extension
  kTimeReturned,      // a time went back to an earlier value
  kOpeningAlreadyPast,
  kDeadlineAfterOpening,
};
struct RaiseAlarm {
  AlarmKind kind = AlarmKind::kIssueNoticeExpired;
  bool operator==(const RaiseAlarm&) const = default;
};

using Effect =
    std::variant<NotifyIssued, NotifyFailed, NotifyCancel, RenewIssueNotice, SetTimer, ClearTimer,
                 RefundPremium, ReserveCredit, ReleaseCredit, RequestLetter, RaiseAlarm>;

struct Timer {
  TimerKind kind = TimerKind::kPurchaseDeadline;
  UnixMillis due;
  bool operator==(const Timer&) const = default;
};
// The timers that an order has, derived from its value alone.
[[nodiscard]] std::vector<Timer> TimersOf(const Order& order);

}  // namespace guarantee::order
