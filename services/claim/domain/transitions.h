// The rules of rulings 5.4 as one table. Decide reads it, the test compares it with a text written
// from the rulings, and the picture in states.md is printed from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "claim/domain/claim.h"
#include "claim/domain/commands.h"
#include "claim/domain/events.h"
#include "claim/domain/refusals.h"
#include "machine/rules.h"

namespace guarantee::claim {

enum class Guard : std::uint8_t {
  kAlways,
  kClaimPending,
  kTooManyClaims,
  kOwn,
  kNotOwn,
  kConsentOnFile,
  kWithdrawalKnown,
  kPlatformDone,
  kPlatformPending,
  kPlatformPaidFitting,
  kPlatformPaid,
  kHoldKnown,
  kNamesKnown,
  kKnownDecision,
  kDecisionLogFull,
  kDeciderMissing,
  kStaleDecision,
  kPresentationUnfit,
  kHoldAwaited,
  kStillSealed,
  kSameExaminer,
  kDocumentMissing,
  kDemandUnfit,
  kAmountDiffers,
  kSamePerson,
  kFirstApproval,
  kPrecluded,
  kDiscrepanciesMissing,
  kReferenceMissing,
  kReferenceUsed,
  kSamePayment,
  kHoldTimer,
  kWarningTimer,
  kEndTimer,
  kPlatformTimer,
  kComparable,
};
inline constexpr std::size_t kGuardCount = 36;

// What the rule itself tells others: 3.12 to the platform, our own 3.11, and the order service
// where no event does.
enum class Notice : std::uint8_t { kNone, kPaid, kRefused, kRegistered, kAskHold, kRelease };

struct ClaimKinds {
  using State = claim::State;
  using Command = CommandKind;
  using Guard = claim::Guard;
  using Event = EventKind;
  using Refusal = RefusalCode;
  using Notice = claim::Notice;
  static constexpr std::size_t kStateCount = claim::kStateCount;
  static constexpr std::size_t kCommandCount = claim::kCommandCount;
};
using Rule = machine::Rule<ClaimKinds>;

[[nodiscard]] std::span<const Rule> Rules();

[[nodiscard]] std::string_view NameOf(State state);
[[nodiscard]] std::string_view NameOf(CommandKind command);
[[nodiscard]] std::string_view NameOf(EventKind event);
[[nodiscard]] std::string_view NameOf(Guard guard);
[[nodiscard]] std::string_view NameOf(Notice notice);

}  // namespace guarantee::claim
