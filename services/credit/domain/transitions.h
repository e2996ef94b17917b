// The rules of rulings 5.3 as one table. Decide reads it, the test compares it with a text written
// from the rulings, and the picture in states.md is printed from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "credit/domain/commands.h"
#include "credit/domain/credit.h"
#include "credit/domain/events.h"
#include "credit/domain/refusals.h"
#include "machine/rules.h"

namespace guarantee::credit {

enum class Guard : std::uint8_t {
  kAlways,
  kApplicationOpen,
  kTooManyApplications,
  kCrossedByGrant,
  kOutstanding,
  kKnownDecision,
  kDecisionLogFull,
  kDeciderMissing,
  kStaleDecision,
  kTermsUnfit,
  kLimitBelowReserved,
  kReserved,
  kReservationReleased,
  kAmountUnfit,
  kNotInValidity,
  kReservationsFull,
  kHeadroomShort,
  kTimerDue,
};
inline constexpr std::size_t kGuardCount = 18;

// What the rule itself tells others: 3.6 to the platform, and the order service's answer.
enum class Notice : std::uint8_t { kNone, kGranted, kDeclined, kReserved, kReservationRefused };

struct CreditKinds {
  using State = credit::State;
  using Command = CommandKind;
  using Guard = credit::Guard;
  using Event = EventKind;
  using Refusal = RefusalCode;
  using Notice = credit::Notice;
  static constexpr std::size_t kStateCount = credit::kStateCount;
  static constexpr std::size_t kCommandCount = credit::kCommandCount;
};
using Rule = machine::Rule<CreditKinds>;

[[nodiscard]] std::span<const Rule> Rules();

[[nodiscard]] std::string_view NameOf(State state);
[[nodiscard]] std::string_view NameOf(CommandKind command);
[[nodiscard]] std::string_view NameOf(EventKind event);
[[nodiscard]] std::string_view NameOf(Guard guard);
[[nodiscard]] std::string_view NameOf(Notice notice);

}  // namespace guarantee::credit
