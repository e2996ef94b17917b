#include "contract/formats.h"

#include <fmt/format.h>

#include <algorithm>
#include <chrono>

#include "base/base64.h"

namespace guarantee::contract {
namespace {

constexpr std::int64_t kZoneOffsetMs = 8LL * 60 * 60 * 1000;
constexpr std::int64_t kDayMs = 24LL * 60 * 60 * 1000;
constexpr std::size_t kTimeLength = 19;
constexpr std::size_t kFractionLength = 4;

bool IsDigit(char letter) { return letter >= '0' && letter <= '9'; }

// The number that `length` digits at `at` form; -1 when one is no digit.
int Digits(std::string_view text, std::size_t at, std::size_t length) {
  int value = 0;
  for (std::size_t i = at; i < at + length; ++i) {
    if (!IsDigit(text[i])) return -1;
    value = value * 10 + (text[i] - '0');
  }
  return value;
}

struct Parts {
  int year, month, day, hour, minute, second, millisecond;
};

std::optional<Parts> SplitTime(std::string_view text) {
  const bool fraction = text.size() == kTimeLength + kFractionLength;
  if (text.size() != kTimeLength && !fraction) return std::nullopt;
  const bool punctuated = text[4] == '-' && text[7] == '-' &&
                          (text[10] == ' ' || text[10] == 'T') && text[13] == ':' &&
                          text[16] == ':' && (!fraction || text[kTimeLength] == '.');
  if (!punctuated) return std::nullopt;
  return Parts{Digits(text, 0, 4),
               Digits(text, 5, 2),
               Digits(text, 8, 2),
               Digits(text, 11, 2),
               Digits(text, 14, 2),
               Digits(text, 17, 2),
               fraction ? Digits(text, kTimeLength + 1, 3) : 0};
}

bool InRange(const Parts& parts) {
  return parts.year >= 0 && parts.hour >= 0 && parts.hour < 24 && parts.minute >= 0 &&
         parts.minute < 60 && parts.second >= 0 && parts.second < 60 && parts.millisecond >= 0 &&
         parts.month > 0 && parts.day > 0;
}

std::chrono::year_month_day CivilDate(const Parts& parts) {
  return std::chrono::year_month_day{std::chrono::year{parts.year},
                                     std::chrono::month{static_cast<unsigned>(parts.month)},
                                     std::chrono::day{static_cast<unsigned>(parts.day)}};
}

struct LocalTime {
  std::chrono::year_month_day date;
  std::int64_t second_of_day;
};

LocalTime ToLocal(UnixMillis at) {
  // 0000-01-01 and 9999-12-31T23:59:59 at UTC+8: the format has four digits for the year.
  constexpr std::int64_t kFirst = -62'167'219'200'000 - kZoneOffsetMs;
  constexpr std::int64_t kLast = 253'402'300'799'999 - kZoneOffsetMs;
  const std::int64_t local = std::clamp(at.value, kFirst, kLast) + kZoneOffsetMs;
  std::int64_t days = local / kDayMs;
  if (local % kDayMs < 0) --days;
  const auto count = std::chrono::days{static_cast<int>(days)};
  return {std::chrono::year_month_day{std::chrono::sys_days{count}},
          (local - days * kDayMs) / 1000};
}

}  // namespace

Result<UnixMillis> ParseTime(std::string_view text) {
  const auto parts = SplitTime(Trim(text));
  if (!parts || !InRange(*parts)) return Refused("time.format", "时间格式错误");
  const auto date = CivilDate(*parts);
  if (!date.ok()) return Refused("time.format", "时间格式错误");
  const std::int64_t days = std::chrono::sys_days{date}.time_since_epoch().count();
  const std::int64_t seconds = parts->hour * 3600LL + parts->minute * 60LL + parts->second;
  return UnixMillis{days * kDayMs + seconds * 1000 + parts->millisecond - kZoneOffsetMs};
}

std::string FormatDate(UnixMillis at) {
  const LocalTime local = ToLocal(at);
  return fmt::format("{:04}-{:02}-{:02}", static_cast<int>(local.date.year()),
                     static_cast<unsigned>(local.date.month()),
                     static_cast<unsigned>(local.date.day()));
}

std::string FormatTime(UnixMillis at) {
  const std::int64_t second = ToLocal(at).second_of_day;
  return fmt::format("{} {:02}:{:02}:{:02}", FormatDate(at), second / 3600, second / 60 % 60,
                     second % 60);
}

namespace {

constexpr std::size_t kRateWholeDigitsMax = 6;

// `digits.digits` as an integer of `scale` decimals; nothing when it has more.
std::optional<std::int64_t> Scaled(std::string_view text, std::size_t scale) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  std::string_view decimals = point == std::string_view::npos ? "" : text.substr(point + 1);
  if (whole.empty() || whole.size() > kRateWholeDigitsMax) return std::nullopt;
  if (point != std::string_view::npos && decimals.empty()) return std::nullopt;
  while (!decimals.empty() && decimals.back() == '0') decimals.remove_suffix(1);
  if (decimals.size() > scale) return std::nullopt;
  std::int64_t value = 0;
  for (const char digit : whole) {
    if (!IsDigit(digit)) return std::nullopt;
    value = value * 10 + (digit - '0');
  }
  for (std::size_t at = 0; at < scale; ++at) {
    if (at < decimals.size() && !IsDigit(decimals[at])) return std::nullopt;
    value = value * 10 + (at < decimals.size() ? decimals[at] - '0' : 0);
  }
  return value;
}

constexpr std::size_t kPercentScale = 4;
constexpr std::size_t kDecimalScale = 6;

}  // namespace

Result<std::int64_t> ParseRate(std::string_view text) {
  const std::string_view trimmed = Trim(text);
  const bool percent = !trimmed.empty() && trimmed.back() == '%';
  const auto value = percent ? Scaled(trimmed.substr(0, trimmed.size() - 1), kPercentScale)
                             : Scaled(trimmed, kDecimalScale);
  if (!value) return Refused("rate.format", "费率格式错误");
  return *value;
}

std::string FormatRate(std::int64_t millionths, bool decimal) {
  const std::int64_t unit = decimal ? 1'000'000 : 10'000;
  const int scale = static_cast<int>(decimal ? kDecimalScale : kPercentScale);
  std::string text = fmt::format("{}.{:0{}}", millionths / unit, millionths % unit, scale);
  while (text.back() == '0') text.pop_back();
  if (text.back() == '.') text.pop_back();
  return decimal ? text : text + "%";
}

std::string FormatMoney(Money amount, std::size_t max_length) {
  std::string text = amount.ToText();
  const bool too_long = max_length != 0 && text.size() > max_length;
  if (too_long && amount.fen % 100 == 0) text.resize(text.size() - 3);
  return text;
}

namespace {

constexpr std::string_view kUsccAlphabet = "0123456789ABCDEFGHJKLMNPQRTUWXY";
constexpr std::size_t kUsccLength = 18;

}  // namespace

bool IsUscc(std::string_view text) {
  if (text.size() != kUsccLength) return false;
  std::size_t sum = 0;
  std::size_t weight = 1;
  for (std::size_t at = 0; at + 1 < kUsccLength; ++at) {
    const std::size_t value = kUsccAlphabet.find(text[at]);
    if (value == std::string_view::npos) return false;
    sum += value * weight;
    weight = weight * 3 % 31;
  }
  return kUsccAlphabet[(31 - sum % 31) % 31] == text.back();
}

namespace {

bool StartsWith(std::string_view text, std::string_view start) {
  return text.substr(0, start.size()) == start;
}

bool IsPath(std::string_view text) {
  if (text.front() == '/') return true;
  const std::size_t slash = text.rfind('/');
  const std::size_t dot = text.rfind('.');
  return slash != std::string_view::npos && dot != std::string_view::npos && dot > slash &&
         dot + 1 < text.size();
}

}  // namespace

AttachmentForm ClassifyAttachment(std::string_view text) {
  if (StartsWith(text, "http://") || StartsWith(text, "https://")) return AttachmentForm::kLink;
  if (text.empty()) return AttachmentForm::kOther;
  // Base64 of a JPEG begins with a slash too, so inline comes before path.
  constexpr std::size_t kHeadLength = 16;
  const auto size = Base64Size(text);
  if (size) {
    const auto head = DecodeBase64(text.substr(0, std::min(text.size(), kHeadLength)));
    if (head && SniffMediaType(*head) != "application/octet-stream") return AttachmentForm::kInline;
  }
  return IsPath(text) ? AttachmentForm::kPath : AttachmentForm::kOther;
}

std::string_view SniffMediaType(std::string_view bytes) {
  if (StartsWith(bytes, "%PDF")) return "application/pdf";
  if (StartsWith(bytes, std::string_view("PK\x03\x04", 4))) return "application/zip";
  if (StartsWith(bytes, "\xFF\xD8\xFF")) return "image/jpeg";
  if (StartsWith(bytes, "\x89PNG\r\n\x1A\n")) return "image/png";
  return "application/octet-stream";
}

}  // namespace guarantee::contract
