#include "response_text.h"

#include <fmt/format.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace guarantee::http {
namespace {

std::string_view Reason(int status) {
  constexpr std::array<std::pair<int, std::string_view>, 22> kReasons{
      {{200, "OK"},
       {201, "Created"},
       {202, "Accepted"},
       {204, "No Content"},
       {400, "Bad Request"},
       {401, "Unauthorized"},
       {403, "Forbidden"},
       {404, "Not Found"},
       {405, "Method Not Allowed"},
       {408, "Request Timeout"},
       {409, "Conflict"},
       {411, "Length Required"},
       {413, "Content Too Large"},
       {414, "URI Too Long"},
       {415, "Unsupported Media Type"},
       {417, "Expectation Failed"},
       {429, "Too Many Requests"},
       {431, "Request Header Fields Too Large"},
       {500, "Internal Server Error"},
       {501, "Not Implemented"},
       {503, "Service Unavailable"},
       {505, "HTTP Version Not Supported"}}};
  for (const auto& [number, words] : kReasons) {
    if (number == status) return words;
  }
  return "Unknown";
}

std::string DateText(UnixMillis now) {
  constexpr std::array<std::string_view, 7> kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const time_t seconds = now.value / 1000;
  tm parts{};
  gmtime_r(&seconds, &parts);
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT",
                     kDays[static_cast<std::size_t>(parts.tm_wday)], parts.tm_mday,
                     kMonths[static_cast<std::size_t>(parts.tm_mon)], parts.tm_year + 1900,
                     parts.tm_hour, parts.tm_min, parts.tm_sec);
}

bool IsClean(std::string_view text) {
  return std::none_of(text.begin(), text.end(), [](char letter) {
    return static_cast<unsigned char>(letter) < 0x20 || letter == 0x7F;
  });
}

void AddField(std::string& text, std::string_view name, std::string_view value) {
  if (value.empty() || !IsClean(name) || !IsClean(value)) return;
  text.append(name).append(": ").append(value).append("\r\n");
}

}  // namespace

std::string MakeResponseText(const Response& response, UnixMillis now, bool close, bool with_body) {
  std::string text;
  text.reserve(256 + response.body.size());
  text.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  text.append(Reason(response.status)).append("\r\n");
  AddField(text, "Date", DateText(now));
  AddField(text, "Content-Type", response.content_type);
  AddField(text, "Content-Length", std::to_string(response.body.size()));
  AddField(text, "Connection", close ? "close" : "keep-alive");
  for (const Field& field : response.fields) AddField(text, field.name, field.value);
  text.append("\r\n");
  if (with_body) text.append(response.body);
  return text;
}

}  // namespace guarantee::http
