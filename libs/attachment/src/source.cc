#include "attachment/source.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>

#include "attachment/reasons.h"
#include "contract/formats.h"

namespace guarantee::attachment {
namespace {

using Bytes4 = std::array<std::uint8_t, 4>;
using Bytes16 = std::array<std::uint8_t, 16>;

// IANA's special-purpose blocks that are not globally reachable, multicast and the reserved rest.
constexpr std::array<std::string_view, 16> kNotPublic4{
    "0.0.0.0/8",      "10.0.0.0/8",     "100.64.0.0/10", "127.0.0.0/8",
    "169.254.0.0/16", "172.16.0.0/12",  "192.0.0.0/24",  "192.0.2.0/24",
    "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
    "203.0.113.0/24", "224.0.0.0/4",    "240.0.0.0/4",   "255.255.255.255/32"};
// Of IPv6 only 2000::/3 is global unicast; these lie inside it.
constexpr std::string_view kGlobal6 = "2000::/3";
constexpr std::array<std::string_view, 4> kNotPublic6{"2001::/23", "2001:db8::/32", "2002::/16",
                                                      "3fff::/20"};
constexpr std::string_view kUnreserved = "-._~/";

bool In(std::string_view block, std::string_view address) {
  const auto network = partner::SourceNetwork::Parse(block);
  return network && network->Contains(address);
}

// The IPv4 address that a mapped IPv6 one stands for, as text.
std::optional<std::string> Mapped(std::string_view address) {
  Bytes16 bytes{};
  if (inet_pton(AF_INET6, std::string(address).c_str(), bytes.data()) != 1) return std::nullopt;
  constexpr std::array<std::uint8_t, 12> kPrefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};
  if (!std::equal(kPrefix.begin(), kPrefix.end(), bytes.begin())) return std::nullopt;
  return fmt::format("{}.{}.{}.{}", bytes[12], bytes[13], bytes[14], bytes[15]);
}

bool Climbs(std::string_view path) {
  while (!path.empty()) {
    const std::size_t end = std::min(path.find('/'), path.size());
    const std::string_view part = path.substr(0, end);
    if (part == "." || part == "..") return true;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return false;
}

// A path is a name of files, not a part of an address: nothing in it has a meaning there.
std::string Escaped(std::string_view path) {
  std::string escaped;
  for (const char letter : path) {
    const bool plain = (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
                       (letter >= '0' && letter <= '9') ||
                       kUnreserved.find(letter) != std::string_view::npos;
    if (plain) {
      escaped += letter;
    } else {
      escaped += fmt::format("%{:02X}", static_cast<unsigned char>(letter));
    }
  }
  return escaped;
}

bool IsListed(const http::Url& url, const std::vector<std::string>& hosts) {
  const bool literal = url.host.find(':') != std::string::npos;
  const std::string with_port = (literal ? "[" + url.host + "]" : url.host) + ":" + url.port;
  return std::any_of(hosts.begin(), hosts.end(), [&](const std::string& host) {
    return host == url.Authority() || host == with_port;
  });
}

}  // namespace

Result<http::Url> Locate(std::string_view text, const partner::AttachmentRules& rules) {
  std::string address(text);
  if (contract::ClassifyAttachment(text) == contract::AttachmentForm::kPath) {
    if (rules.file_base.empty()) {
      return Refused(reasons::kNoBase, "a path, and the partner has no file base");
    }
    if (Climbs(text)) return Refused(reasons::kPath, "the path leaves its base");
    address = http::JoinUrl(rules.file_base, Escaped(text));
  }
  Result<http::Url> url = http::ParseUrl(address);
  if (!url) return Refused(reasons::kUrl, "not the address of a file");
  if (!IsListed(*url, rules.hosts)) {
    return Refused(reasons::kHost, "the host is not among the partner's");
  }
  if (!url->tls && !rules.plain_http) return Refused(reasons::kPlain, "http is not allowed");
  return url;
}

bool IsPublicAddress(std::string_view address) {
  const std::string text(address);
  Bytes4 bytes4{};
  if (inet_pton(AF_INET, text.c_str(), bytes4.data()) == 1) {
    return std::none_of(kNotPublic4.begin(), kNotPublic4.end(),
                        [&](std::string_view block) { return In(block, address); });
  }
  if (const auto mapped = Mapped(address)) return IsPublicAddress(*mapped);
  return In(kGlobal6, address) &&
         std::none_of(kNotPublic6.begin(), kNotPublic6.end(),
                      [&](std::string_view block) { return In(block, address); });
}

bool MayConnect(std::string_view address, std::span<const partner::SourceNetwork> networks) {
  const std::string itself = Mapped(address).value_or(std::string(address));
  return IsPublicAddress(itself) ||
         std::any_of(networks.begin(), networks.end(), [&](const partner::SourceNetwork& network) {
           return network.Contains(itself);
         });
}

}  // namespace guarantee::attachment
