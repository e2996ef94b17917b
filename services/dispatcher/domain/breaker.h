// The breaker of one platform, or of one interface of it. Its faults open it, one probe at a time
// asks whether they have passed, and no notice is charged for them. Pure: the clock is an argument
// (monotonic milliseconds).
#pragma once

#include <cstdint>
#include <string_view>

namespace guarantee::dispatcher {

inline constexpr int kFaultsToOpen = 3;  // in a row
inline constexpr std::int64_t kProbeFirstMs = 1'000;
inline constexpr std::int64_t kProbeCapMs = 10'000;  // an open breaker probes at least this often

enum class BreakerPhase : std::uint8_t { kClosed, kOpen, kProbing };
[[nodiscard]] std::string_view Name(BreakerPhase phase);

struct Breaker {
  BreakerPhase phase = BreakerPhase::kClosed;
  int faults = 0;              // in a row, while closed
  int probes = 0;              // in vain, since it opened
  std::int64_t opened_ms = 0;  // when it left kClosed
  std::int64_t probe_ms = 0;   // earliest next probe, of kOpen

  bool operator==(const Breaker&) const = default;
};

// What an attempt showed of the platform or interface.
enum class Health : std::uint8_t {
  kUnproven,  // nothing, either way
  kWell,
  kFault,
  kStopped,  // it told us to stop: our sign-in or entitlement is wrong
};

enum class Permit : std::uint8_t { kNo, kYes, kProbe };
[[nodiscard]] Permit MayBegin(const Breaker& breaker, std::int64_t now_ms);

// A probe was let through.
[[nodiscard]] Breaker ProbeBegan(Breaker breaker);
// `probe`: the attempt was this breaker's probe. An attempt that began before it opened may still
// close it, but does not put off the next probe.
[[nodiscard]] Breaker Record(Breaker breaker, Health health, bool probe, std::int64_t now_ms);
// The probe did not take place after all.
[[nodiscard]] Breaker ProbeDropped(Breaker breaker, std::int64_t now_ms);

}  // namespace guarantee::dispatcher
