#include "order/domain/policy.h"

#include <algorithm>

#include "order/domain/commands.h"

namespace guarantee::order {
namespace {
constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr std::int64_t kWholePpm = 1'000'000;
}  // namespace

Quote QuoteFor(Money amount, const Policy& policy) {
  // Split so that 17 digits of fen times the rate stay within 64 bits.
  const std::int64_t whole = amount.fen / kWholePpm * policy.rate_ppm;
  const std::int64_t rest = amount.fen % kWholePpm * policy.rate_ppm;
  const Money premium{whole + (rest + kWholePpm / 2) / kWholePpm};
  return {std::max(premium, policy.premium_min), policy.rate_ppm};
}

UnixMillis ValidEndFor(UnixMillis open_time, const Policy& policy) {
  return open_time + policy.valid_days * kDayMs;
}

const DecisionHead* HeadOf(const Command& command) {
  if (const auto* approve = std::get_if<Approve>(&command)) return &approve->decision;
  if (const auto* reject = std::get_if<Reject>(&command)) return &reject->decision;
  if (const auto* materials = std::get_if<CompleteMaterials>(&command)) return &materials->decision;
  if (const auto* premium = std::get_if<PremiumReceived>(&command)) return &premium->decision;
  if (const auto* ready = std::get_if<LetterReady>(&command)) return &ready->decision;
  if (const auto* accept = std::get_if<AcceptCancel>(&command)) return &accept->decision;
  if (const auto* decline = std::get_if<DeclineCancel>(&command)) return &decline->decision;
  return nullptr;
}

}  // namespace guarantee::order
