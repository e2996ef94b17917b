#include "base/clock.h"

#include <time.h>

namespace guarantee {
namespace {

std::int64_t ReadMs(clockid_t clock) {
  timespec now{};
  clock_gettime(clock, &now);
  return std::int64_t{now.tv_sec} * 1000 + now.tv_nsec / 1'000'000;
}

class RealClock final : public Clock {
 public:
  UnixMillis Now() const override { return {ReadMs(CLOCK_REALTIME)}; }
  std::int64_t MonotonicMs() const override { return ReadMs(CLOCK_BOOTTIME); }
};

}  // namespace

const Clock& SystemClock() {
  static const RealClock clock;
  return clock;
}

}  // namespace guarantee
