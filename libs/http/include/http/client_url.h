// Addresses as the client needs them. No normalisation and no RFC 3986 resolution: rulings 2.1
// ("join by string"), since resolving a rooted path against ".../front/" would drop "/front".
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"

namespace guarantee::http {

inline constexpr std::size_t kUrlBytesMax = 2048;

struct Url {
  bool tls = false;
  std::string host;    // name or address, lower case, an IPv6 address without its brackets
  std::string port;    // digits; the scheme's own where the text has none
  std::string target;  // begins with '/', as it goes into the request line

  // What stands in the Host field: the port only where it is not the scheme's own.
  [[nodiscard]] std::string Authority() const;
  bool operator==(const Url&) const = default;
};

// Absolute http and https only. Refused "http.url": user information, a fragment, a space or
// control character, a port outside 1-65535, more than kUrlBytesMax.
[[nodiscard]] Result<Url> ParseUrl(std::string_view text);

// `base` and `path` with exactly one '/' between them.
[[nodiscard]] std::string JoinUrl(std::string_view base, std::string_view path);

}  // namespace guarantee::http
