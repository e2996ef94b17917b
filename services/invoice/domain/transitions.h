// The rules of rulings 5.5 and 3.13 as one table. Decide reads it, the test compares it with a text
// written from the rulings, and the picture in states.md is printed from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "invoice/domain/commands.h"
#include "invoice/domain/events.h"
#include "invoice/domain/invoice.h"
#include "invoice/domain/refusals.h"
#include "machine/rules.h"

namespace guarantee::invoice {

enum class Guard : std::uint8_t {
  kAlways,
  kTooManyRequests,
  kAnotherOpen,
  kAnotherIssued,
  kNotReady,
  kPremiumGone,
  kBidderDiffers,
  kAmountDiffers,
  kTaxNumberUnfit,
  kAddressMissing,
  kPhoneMissing,
  kBankMissing,
  kAccountMissing,
  kKnownDecision,
  kDecisionLogFull,
  kDeciderMissing,
  kStaleDecision,
  kNumberUnfit,
  kNumberUsed,
  kSameNumber,
  kGroundless,
  kNamesKnown,
  kAcceptanceKnown,
  kReturnKnown,
  kWaitOver,
};
inline constexpr std::size_t kGuardCount = 25;

// What the rule itself tells the platform: 3.14.
enum class Notice : std::uint8_t { kNone, kIssued, kFailed };

struct InvoiceKinds {
  using State = invoice::State;
  using Command = CommandKind;
  using Guard = invoice::Guard;
  using Event = EventKind;
  using Refusal = RefusalCode;
  using Notice = invoice::Notice;
  static constexpr std::size_t kStateCount = invoice::kStateCount;
  static constexpr std::size_t kCommandCount = invoice::kCommandCount;
};
using Rule = machine::Rule<InvoiceKinds>;

[[nodiscard]] std::span<const Rule> Rules();

[[nodiscard]] std::string_view NameOf(State state);
[[nodiscard]] std::string_view NameOf(CommandKind command);
[[nodiscard]] std::string_view NameOf(EventKind event);
[[nodiscard]] std::string_view NameOf(Guard guard);
[[nodiscard]] std::string_view NameOf(Notice notice);

}  // namespace guarantee::invoice
