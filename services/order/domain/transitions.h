// The rules of rulings 5.1 as one table. Decide reads it, the test compares it with a text written
// from the rulings, and the picture in states.md is printed from it.
//
// For a state and a command the rules are tried from top to bottom; the first whose guard holds
// is taken. The build fails unless every cell has rules and ends in one without a guard.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

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
inline constexpr std::size_t kGuardCount = 50;

enum class Answer : std::uint8_t { kApply, kSameAgain, kRefuse, kRest };

// The notice that the rule itself calls for; what an end brings along besides (refund, released
// credit, answer to a waiting 3.3) follows from the order.
enum class Notice : std::uint8_t { kNone, kIssued, kFailed, kCancelDone, kCancelRefused };

inline constexpr std::size_t kEmitsMax = 3;

// A set of states, one bit each.
using StateSet = std::uint16_t;

struct Emits {
  std::array<EventKind, kEmitsMax> kinds{};
  std::size_t count = 0;
};

struct Rule {
  StateSet from = 0;
  CommandKind command = CommandKind::kApply;
  Guard guard = Guard::kAlways;
  Answer answer = Answer::kApply;
  std::optional<State> to;  // empty: unchanged
  // kRefuse: the refusal; kApply into an end: the end's reason.
  RefusalCode reason = RefusalCode::kNone;
  Emits emits;
  Notice notice = Notice::kNone;
};

[[nodiscard]] constexpr bool Contains(StateSet set, State state) {
  return (std::uint32_t{set} >> static_cast<unsigned>(state) & 1U) != 0;
}

[[nodiscard]] std::span<const Rule> Rules();

[[nodiscard]] std::string_view NameOf(State state);
[[nodiscard]] std::string_view NameOf(CommandKind command);
[[nodiscard]] std::string_view NameOf(EventKind event);
[[nodiscard]] std::string_view NameOf(Guard guard);

}  // namespace guarantee::order
