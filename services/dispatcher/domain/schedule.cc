#include "dispatcher/domain/schedule.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

namespace guarantee::dispatcher {
namespace {

constexpr std::int64_t kMsPerSecond = 1'000;
constexpr std::size_t kDateLength = 29;  // "Sun, 06 Nov 1994 08:49:37 GMT"
constexpr std::array<std::string_view, 12> kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

std::optional<std::int64_t> Number(std::string_view text) {
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size() || number < 0) return std::nullopt;
  return number;
}

// The one form that RFC 9110 still lets senders write.
std::optional<UnixMillis> ReadHttpDate(std::string_view text) {
  if (text.size() != kDateLength || text.substr(25) != " GMT" || text.substr(3, 2) != ", ") {
    return std::nullopt;
  }
  const auto month = std::find(kMonths.begin(), kMonths.end(), text.substr(8, 3));
  const auto day = Number(text.substr(5, 2));
  const auto year = Number(text.substr(12, 4));
  const auto hour = Number(text.substr(17, 2));
  const auto minute = Number(text.substr(20, 2));
  const auto second = Number(text.substr(23, 2));
  if (month == kMonths.end() || !day || !year || !hour || !minute || !second) return std::nullopt;
  if (*hour > 23 || *minute > 59 || *second > 60) return std::nullopt;
  const std::chrono::year_month_day date{
      std::chrono::year(static_cast<int>(*year)),
      std::chrono::month(static_cast<unsigned>(month - kMonths.begin()) + 1),
      std::chrono::day(static_cast<unsigned>(*day))};
  if (!date.ok()) return std::nullopt;
  const std::chrono::seconds since = std::chrono::sys_days(date).time_since_epoch() +
                                     std::chrono::hours(*hour) + std::chrono::minutes(*minute) +
                                     std::chrono::seconds(*second);
  return UnixMillis{since.count() * kMsPerSecond};
}

}  // namespace

std::int64_t RetryCeilingMs(std::int64_t failures) {
  std::int64_t ceiling_ms = kRetryFirstMs;
  for (std::int64_t failure = 1; failure < failures && ceiling_ms < kRetryCapMs; ++failure) {
    ceiling_ms *= 2;
  }
  return std::min(ceiling_ms, kRetryCapMs);
}

std::int64_t RetryPauseMs(std::int64_t failures, double random,
                          std::optional<std::int64_t> asked_ms) {
  const auto ceiling = static_cast<double>(RetryCeilingMs(failures));
  const auto own_ms = std::max(kRetryFloorMs, static_cast<std::int64_t>(ceiling * random));
  return std::max(own_ms, std::min(asked_ms.value_or(0), kRetryCapMs));
}

std::optional<std::int64_t> ReadRetryAfter(std::string_view text, UnixMillis now) {
  if (const auto seconds = Number(text)) {
    // Capped before it is multiplied; nobody waits longer anyway.
    return std::min(*seconds, kRetryCapMs / kMsPerSecond) * kMsPerSecond;
  }
  if (const auto date = ReadHttpDate(text)) return std::max<std::int64_t>(0, *date - now);
  return std::nullopt;
}

}  // namespace guarantee::dispatcher
