#include "partner/network.h"

#include <arpa/inet.h>

#include <charconv>
#include <optional>
#include <string>

namespace guarantee::partner {
namespace {

struct Address {
  std::array<std::uint8_t, 16> bytes{};
  bool version6 = false;
};

std::optional<Address> ParseAddress(std::string_view text) {
  Address address;
  const std::string terminated(text);
  if (terminated.find('\0') != std::string::npos) return std::nullopt;
  if (inet_pton(AF_INET, terminated.c_str(), address.bytes.data()) == 1) return address;
  address.version6 = true;
  if (inet_pton(AF_INET6, terminated.c_str(), address.bytes.data()) == 1) return address;
  return std::nullopt;
}

bool Bit(const std::array<std::uint8_t, 16>& bytes, std::size_t at) {
  return (std::uint32_t{bytes[at / 8]} >> (7 - at % 8) & 1U) != 0;
}

}  // namespace

Result<SourceNetwork> SourceNetwork::Parse(std::string_view text) {
  const auto refuse = [] {
    return Refused("network.format", "must be an address block such as 10.1.0.0/16");
  };
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return refuse();
  const std::optional<Address> address = ParseAddress(text.substr(0, slash));
  const std::string_view digits = text.substr(slash + 1);
  std::uint8_t prefix = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), prefix);
  if (!address || error != std::errc{} || end != digits.data() + digits.size()) return refuse();
  const std::size_t bits = address->version6 ? 128 : 32;
  if (prefix > bits) return refuse();
  for (std::size_t at = prefix; at < bits; ++at) {
    if (Bit(address->bytes, at)) return refuse();
  }
  SourceNetwork network;
  network.bytes_ = address->bytes;
  network.prefix_bits_ = prefix;
  network.version6_ = address->version6;
  return network;
}

bool SourceNetwork::Contains(std::string_view address) const {
  const std::optional<Address> parsed = ParseAddress(address);
  if (!parsed || parsed->version6 != version6_) return false;
  for (std::size_t at = 0; at < prefix_bits_; ++at) {
    if (Bit(parsed->bytes, at) != Bit(bytes_, at)) return false;
  }
  return true;
}

}  // namespace guarantee::partner
