// A clock that stands until a test moves it.
#pragma once

#include <atomic>

#include "base/clock.h"

namespace guarantee::testing {

// Thread-safe. Wall and monotonic time move together with Advance; SetNow moves the wall clock
// alone, as an administrator or NTP would.
class FakeClock final : public Clock {
 public:
  // 2025-01-01T00:00:00Z unless told otherwise.
  explicit FakeClock(UnixMillis now = {1'735'689'600'000}) : now_ms_(now.value) {}

  [[nodiscard]] UnixMillis Now() const override { return {now_ms_.load()}; }
  [[nodiscard]] std::int64_t MonotonicMs() const override { return monotonic_ms_.load(); }

  void Advance(std::int64_t milliseconds) {
    now_ms_ += milliseconds;
    monotonic_ms_ += milliseconds;
  }
  void SetNow(UnixMillis now) { now_ms_ = now.value; }

 private:
  std::atomic<std::int64_t> now_ms_;
  std::atomic<std::int64_t> monotonic_ms_{1'000'000};
};

}  // namespace guarantee::testing
