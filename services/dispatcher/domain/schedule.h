// When a notice that failed is tried again: full jitter, no limit on the number of tries. The
// alarm comes from the business deadline, never from a count.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"

namespace guarantee::dispatcher {

inline constexpr std::int64_t kRetryFirstMs = 1'000;
inline constexpr std::int64_t kRetryCapMs = 600'000;
inline constexpr std::int64_t kRetryFloorMs = 50;  // jitter may be small, never nothing

// Upper end of the pause after the `failures`-th failure in a row: 1 s, 2 s, 4 s … 512 s, 600 s.
[[nodiscard]] std::int64_t RetryCeilingMs(std::int64_t failures);

// `random` in [0, 1). `asked_ms` is what the platform asked for (Retry-After): never earlier than
// that, but no later than kRetryCapMs on its account.
[[nodiscard]] std::int64_t RetryPauseMs(std::int64_t failures, double random,
                                        std::optional<std::int64_t> asked_ms);

// Retry-After (RFC 9110): seconds or an HTTP date. Nothing when it is neither; never negative.
[[nodiscard]] std::optional<std::int64_t> ReadRetryAfter(std::string_view text, UnixMillis now);

}  // namespace guarantee::dispatcher
