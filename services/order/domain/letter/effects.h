// What a decision asks the outside for, as data: the caller writes it in the same transaction as
// the guarantee (outbox rows, timer rows), nothing of it is done here.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "order/domain/letter/commands.h"
#include "order/domain/letter/guarantee.h"

namespace guarantee::order::letter {

struct NotifyPlainLetter {  // 3.8
  std::string business_no;
  std::string guarantee_no;
  LetterFile letter;
  UnixMillis restored_at;
  bool operator==(const NotifyPlainLetter&) const = default;
};
// The 3.8 with this number once more: same bytes, same identity.
struct ResendPlainLetter {
  std::string business_no;
  bool operator==(const ResendPlainLetter&) const = default;
};
// 3.16. `reason` is that of 3.15. `not_after` (inclusive): of a success only.
struct NotifyRefund {
  std::string business_no;
  std::string guarantee_no;
  bool refunded = false;
  std::string reason;
  std::string description;
  std::optional<UnixMillis> not_after;
  bool operator==(const NotifyRefund&) const = default;
};
// A moved opening moves the last moment of an unaccepted 3.16 result 0.
struct RenewRefundNotice {
  UnixMillis not_after;
  bool operator==(const RenewRefundNotice&) const = default;
};
struct NotifyCancel {  // 3.10 of ours
  std::string business_no;
  std::string guarantee_no;
  bool cancelled = false;
  std::string description;
  bool operator==(const NotifyCancel&) const = default;
};
struct SendProposal {  // 3.9 of ours
  std::string business_no;
  std::string guarantee_no;
  std::string reason;
  bool operator==(const SendProposal&) const = default;
};

// The answer is PlainLetterReady.
struct RequestPlainLetter {
  std::string guarantee_no;
  bool operator==(const RequestPlainLetter&) const = default;
};
// Idempotent by `premium.reference` on the receiver's side.
struct RefundPremium {
  Premium premium;
  bool operator==(const RefundPremium&) const = default;
};
struct ReleaseCredit {
  std::string credit_flow;
  std::string order_flow;
  Money amount;
  bool operator==(const ReleaseCredit&) const = default;
};

// To claim. The beneficiary is empty while the letter is sealed.
struct TellHeld {
  std::string business_no;
  Money available;
  UnixMillis valid_end;
  bool restored = false;
  std::string tenderee_name;
  std::string tenderee_code;
  bool operator==(const TellHeld&) const = default;
};
struct TellHoldRefused {
  std::string business_no;
  RefusalCode reason = RefusalCode::kNone;
  bool operator==(const TellHoldRefused&) const = default;
};
// To claim and to invoice.
struct TellRestored {
  std::string guarantee_no;
  UnixMillis restored_at;
  RestoredNames names;
  Money premium;
  bool operator==(const TellRestored&) const = default;
};
struct TellPremiumReturned {  // to invoice
  std::string guarantee_no;
  Money amount;
  bool operator==(const TellPremiumReturned&) const = default;
};

struct SetTimer {  // replaces the guarantee's timer of that kind
  TimerKind kind = TimerKind::kExpiry;
  UnixMillis due;
  bool operator==(const SetTimer&) const = default;
};
struct ClearTimer {
  TimerKind kind = TimerKind::kExpiry;
  bool operator==(const ClearTimer&) const = default;
};

enum class AlarmKind : std::uint8_t {
  kRefundNoticeExpired,     // the letter ended before the opening, the platform does not know it
  kBidderDiffers,           // the restored bidder is not who paid or proved himself
  kClaimOnGivenBackLetter,  // a claim came for a cancelled or refunded letter
  kPaymentWithoutHold,      // a payment was told that the handshake does not allow
  kPaidWhileSealed,         // a claim was paid before the beneficiary could be compared
  kProposalUnanswered,      // our own 3.9 has no 3.10
  kCancelNoticeUnexpected,  // the platform takes a live letter for cancelled
  kProposalAcceptedLate,    // the platform has our own 3.9 that we had given up
};
struct RaiseAlarm {
  AlarmKind kind = AlarmKind::kRefundNoticeExpired;
  bool operator==(const RaiseAlarm&) const = default;
};

using Effect = std::variant<NotifyPlainLetter, ResendPlainLetter, NotifyRefund, RenewRefundNotice,
                            NotifyCancel, SendProposal, RequestPlainLetter, RefundPremium,
                            ReleaseCredit, TellHeld, TellHoldRefused, TellRestored,
                            TellPremiumReturned, SetTimer, ClearTimer, RaiseAlarm>;

struct Timer {
  TimerKind kind = TimerKind::kExpiry;
  UnixMillis due;
  bool operator==(const Timer&) const = default;
};
// The timers that a guarantee has, derived from its value alone.
[[nodiscard]] std::vector<Timer> TimersOf(const Guarantee& guarantee);

}  // namespace guarantee::order::letter
