// The institution's settings as plain data, read by Decide; and the examination clock.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/clock.h"

namespace guarantee::claim {

struct Policy {
  // Whom 3.12 names.
  std::string contact_name;
  std::string contact_phone;

  // Days since 1970-01-01 by the local calendar on which nobody examines, weekends included,
  // sorted. A day that is not in the list is a working day, so a list that has run out ends the
  // clock early, never late.
  std::vector<std::int32_t> non_working_days;
  std::int64_t day_offset_ms = 8LL * 60 * 60 * 1000;  // local midnight before UTC's (rulings 2.4)
  std::int32_t examine_days = 5;                      // rulings 7.5
  std::int32_t warning_percent = 80;

  std::int64_t hold_answer_ms = 300'000;  // after which the order service is asked again
  std::int64_t platform_answer_ms = 3LL * 24 * 60 * 60 * 1000;  // for a claim we registered
};

// The close of the `days`-th working day after the day of presentation: the first moment that no
// longer belongs to it.
[[nodiscard]] UnixMillis CloseOfWorkingDay(UnixMillis presented_at, std::int32_t days,
                                           const Policy& policy);
// From here on a refusal is precluded.
[[nodiscard]] UnixMillis ExaminationEnd(UnixMillis presented_at, const Policy& policy);
// The close of the last whole working day within warning_percent.
[[nodiscard]] UnixMillis ExaminationWarning(UnixMillis presented_at, const Policy& policy);

}  // namespace guarantee::claim
