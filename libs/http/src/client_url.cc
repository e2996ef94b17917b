#include "http/client_url.h"

#include <algorithm>
#include <charconv>

namespace guarantee::http {
namespace {

constexpr std::string_view kPlainScheme = "http://";
constexpr std::string_view kTlsScheme = "https://";
constexpr int kPortMax = 65535;

tl::unexpected<Error> BadUrl(const char* why) { return Refused("http.url", why); }

char Lower(char character) {
  const bool upper = character >= 'A' && character <= 'Z';
  return upper ? static_cast<char>(character - 'A' + 'a') : character;
}

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::transform(lower.begin(), lower.end(), lower.begin(),
                 [](char character) { return Lower(character); });
  return lower;
}

bool IsVisible(std::string_view text) {
  return std::all_of(text.begin(), text.end(),
                     [](char character) { return character > ' ' && character < '\x7f'; });
}

bool IsPort(std::string_view text) {
  int port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc{} && end == text.data() + text.size() && port > 0 && port <= kPortMax;
}

// "host", "host:port" or "[address]:port" into `url`.
Result<void> ReadAuthority(std::string_view authority, Url& url) {
  std::string_view port;
  if (authority.starts_with('[')) {
    const std::size_t close = authority.find(']');
    if (close == std::string_view::npos) return BadUrl("the address has no closing bracket");
    url.host = Lower(authority.substr(1, close - 1));
    port = authority.substr(close + 1);
  } else {
    const std::size_t colon = authority.find(':');
    url.host = Lower(authority.substr(0, colon));
    port = colon == std::string_view::npos ? std::string_view{} : authority.substr(colon);
  }
  if (url.host.empty()) return BadUrl("the address has no host");
  if (port.empty()) {
    url.port = url.tls ? "443" : "80";
    return {};
  }
  if (port.front() != ':' || !IsPort(port.substr(1))) return BadUrl("the port is no port");
  url.port = std::string(port.substr(1));
  return {};
}

}  // namespace

std::string Url::Authority() const {
  const bool is_address = host.find(':') != std::string::npos;
  std::string authority = is_address ? "[" + host + "]" : host;
  if (port != (tls ? "443" : "80")) authority += ":" + port;
  return authority;
}

Result<Url> ParseUrl(std::string_view text) {
  if (text.size() > kUrlBytesMax) return BadUrl("the address is too long");
  if (!IsVisible(text)) return BadUrl("the address has a space or a control character");
  Url url;
  const std::string start = Lower(text.substr(0, kTlsScheme.size()));
  if (start == kTlsScheme) {
    url.tls = true;
  } else if (!start.starts_with(kPlainScheme)) {
    return BadUrl("the address is neither http nor https");
  }
  text.remove_prefix(url.tls ? kTlsScheme.size() : kPlainScheme.size());
  const std::size_t slash = text.find_first_of("/?#");
  const std::string_view authority = text.substr(0, slash);
  if (authority.find('@') != std::string_view::npos) return BadUrl("the address names a user");
  if (const Result<void> read = ReadAuthority(authority, url); !read) {
    return tl::unexpected(read.error());
  }
  url.target = slash == std::string_view::npos ? "/" : std::string(text.substr(slash));
  if (url.target.find('#') != std::string::npos) return BadUrl("the address has a fragment");
  if (url.target.front() != '/') url.target.insert(url.target.begin(), '/');
  return url;
}

std::string JoinUrl(std::string_view base, std::string_view path) {
  while (base.ends_with('/')) base.remove_suffix(1);
  while (path.starts_with('/')) path.remove_prefix(1);
  return std::string(base) + "/" + std::string(path);
}

}  // namespace guarantee::http
