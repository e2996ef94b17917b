// The rules of rulings 5.1 as one table. Decide reads it, the test compares it with a text written
// from the rulings, and the picture in states.md is printed from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "machine/rules.h"
#include "order/domain/commands.h"
#include "order/domain/events.h"
#include "order/domain/order.h"
#include "order/domain/refusals.h"

namespace guarantee::order {

enum class Guard : std::uint8_t {
  kAlways,
  kReceivedLate,
  kAmountOutOfRange,
  kBasicAccountMissing,
  kSameBusinessNumber,
  kSameVisit,
  kRedirectSpent,
  kPastDeadline,
  kIdentityMissing,
  kSameIdentity,
  kIdentityKnown,
  kKnownDecision,
  kDecisionLogFull,
  kStaleDecision,
  kMaterialsIncomplete,
  kQuoteUnfit,
  kNumberMissing,
  kNumberTaken,
  kPayerMissing,
  kPayerNotBasicAccount,
  kPayerNotBidder,
  kLetterUnfit,
  kPayerGiven,
  kReferenceMissing,
  kKnownPayment,
  kPaymentLate,
  kPremiumDiffers,
  kCreditAwaited,
  kCreditReserved,
  kCreditSettled,
  kCreditToRelease,
  kOldAttempt,
  kSameLetter,
  kCancelPending,
  kCancelByDecision,
  kNoCancelRequest,
  kNotAcknowledged,
  kAcknowledged,
  kExpiryKnown,
  kSameOpenTime,
  kSameDeadline,
  kNewDeadlinePast,
  kLetterRestored,
  kDeadlineTimer,
  kLetterTimer,
  kCreditTimer,
  kPageNotNeeded,
  kPayerDeclared,
  kCreditWanted,
  kLetterAtHand,
  kLetterUnrequested,
};
inline constexpr std::size_t kGuardCount = 51;

// The notice that the rule itself calls for; what an end brings along besides (refund, released
// credit, answer to a waiting 3.3) follows from the order.
enum class Notice : std::uint8_t { kNone, kIssued, kFailed, kCancelDone, kCancelRefused };

struct OrderKinds {
  using State = order::State;
  using Command = CommandKind;
  using Guard = order::Guard;
  using Event = EventKind;
  using Refusal = RefusalCode;
  using Notice = order::Notice;
  static constexpr std::size_t kStateCount = order::kStateCount;
  static constexpr std::size_t kCommandCount = order::kCommandCount;
};
using Rule = machine::Rule<OrderKinds>;

[[nodiscard]] std::span<const Rule> Rules();

[[nodiscard]] std::string_view NameOf(State state);
[[nodiscard]] std::string_view NameOf(CommandKind command);
[[nodiscard]] std::string_view NameOf(EventKind event);
[[nodiscard]] std::string_view NameOf(Guard guard);
[[nodiscard]] std::string_view NameOf(Notice notice);

}  // namespace guarantee::order
