#include <algorithm>

#include "claim/domain/policy.h"

namespace guarantee::claim {
namespace {

constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr std::int32_t kPercent = 100;

}  // namespace

UnixMillis CloseOfWorkingDay(UnixMillis presented_at, std::int32_t days, const Policy& policy) {
  const std::int64_t local_ms = presented_at.value + policy.day_offset_ms;
  std::int64_t day = local_ms / kDayMs - (local_ms % kDayMs < 0 ? 1 : 0);
  const auto& free = policy.non_working_days;
  auto next_free = std::upper_bound(free.begin(), free.end(), day);
  // Ends: the list is finite, and a day that is not in it counts.
  for (std::int32_t counted = 0; counted < days;) {
    ++day;
    while (next_free != free.end() && *next_free < day) ++next_free;
    if (next_free == free.end() || *next_free != day) ++counted;
  }
  return {(day + 1) * kDayMs - policy.day_offset_ms};
}

UnixMillis ExaminationEnd(UnixMillis presented_at, const Policy& policy) {
  return CloseOfWorkingDay(presented_at, policy.examine_days, policy);
}

UnixMillis ExaminationWarning(UnixMillis presented_at, const Policy& policy) {
  return CloseOfWorkingDay(presented_at, policy.examine_days * policy.warning_percent / kPercent,
                           policy);
}

}  // namespace guarantee::claim
