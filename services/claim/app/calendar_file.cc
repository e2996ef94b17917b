#include "claim/app/calendar_file.h"

#include <charconv>
#include <chrono>
#include <set>
#include <string>

namespace guarantee::claim {
namespace {

using std::chrono::sys_days;
using std::chrono::year_month_day;

constexpr std::string_view kWork = " work";
constexpr std::size_t kDateLength = 10;

std::int32_t NumberOf(sys_days day) {
  return static_cast<std::int32_t>(day.time_since_epoch().count());
}

std::set<std::int32_t> Weekends() {
  std::set<std::int32_t> days;
  const sys_days end = std::chrono::year{kLastYear} / 12 / 31;
  for (sys_days day = std::chrono::year{kFirstYear} / 1 / 1; day <= end;
       day += std::chrono::days{1}) {
    const std::chrono::weekday weekday{day};
    if (weekday == std::chrono::Saturday || weekday == std::chrono::Sunday) {
      days.insert(NumberOf(day));
    }
  }
  return days;
}

bool Digits(std::string_view text, int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size() && text.front() != '-';
}

bool ReadDate(std::string_view text, sys_days& day) {
  int year = 0;
  int month = 0;
  int of_month = 0;
  if (text.size() != kDateLength || text[4] != '-' || text[7] != '-' ||
      !Digits(text.substr(0, 4), year) || !Digits(text.substr(5, 2), month) ||
      !Digits(text.substr(8, 2), of_month)) {
    return false;
  }
  const year_month_day date{std::chrono::year{year},
                            std::chrono::month{static_cast<unsigned>(month)},
                            std::chrono::day{static_cast<unsigned>(of_month)}};
  if (!date.ok() || year < kFirstYear || year > kLastYear) return false;
  day = date;
  return true;
}

std::string_view Trimmed(std::string_view line) {
  line = line.substr(0, line.find('#'));
  while (!line.empty() && (line.back() == ' ' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

Result<std::vector<std::int32_t>> ReadCalendar(std::string_view text) {
  std::set<std::int32_t> days = Weekends();
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = Trimmed(text.substr(0, end));
    text = end == std::string_view::npos ? std::string_view() : text.substr(end + 1);
    if (line.empty()) continue;
    const bool work = line.ends_with(kWork);
    if (work) line.remove_suffix(kWork.size());
    sys_days day;
    if (!ReadDate(line, day)) {
      return Refused("calendar", "line " + std::to_string(number) + " is not a day");
    }
    if (work) {
      days.erase(NumberOf(day));
    } else {
      days.insert(NumberOf(day));
    }
  }
  return std::vector<std::int32_t>(days.begin(), days.end());
}

}  // namespace guarantee::claim
