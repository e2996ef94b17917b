// Time is an argument of the domain and a port of everything else.
#pragma once

#include <compare>
#include <cstdint>

namespace guarantee {

// Milliseconds since 1970-01-01T00:00:00Z. The protocol's wall time is UTC+8 (rulings 2.4); the
// conversion lives in contract/formats.h and nowhere else.
struct UnixMillis {
  std::int64_t value = 0;

  auto operator<=>(const UnixMillis&) const = default;
};

[[nodiscard]] constexpr UnixMillis operator+(UnixMillis at, std::int64_t milliseconds) {
  return {at.value + milliseconds};
}
[[nodiscard]] constexpr std::int64_t operator-(UnixMillis later, UnixMillis earlier) {
  return later.value - earlier.value;
}

// Thread-safe. Now() is the wall clock; MonotonicMs() never steps back and keeps running while
// the machine sleeps (CLOCK_BOOTTIME), so a holder that slept through its lease knows it.
class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual UnixMillis Now() const = 0;
  [[nodiscard]] virtual std::int64_t MonotonicMs() const = 0;
};

// The real clocks, shared by every process.
[[nodiscard]] const Clock& SystemClock();

}  // namespace guarantee
