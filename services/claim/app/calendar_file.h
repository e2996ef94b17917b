// The calendar of the examination clock, as a file that people keep.
#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace guarantee::claim {

// Saturdays and Sundays of the years kFirstYear to kLastYear, sorted, corrected by the lines of
// `text`: `yyyy-MM-dd` is a day off, `yyyy-MM-dd work` a Saturday or Sunday that is worked; `#`
// begins a remark. Refused "calendar" naming the line.
inline constexpr int kFirstYear = 2020;
inline constexpr int kLastYear = 2060;
[[nodiscard]] Result<std::vector<std::int32_t>> ReadCalendar(std::string_view text);

}  // namespace guarantee::claim
