#include "crypto/identifier.h"

#include "crypto/digest.h"

namespace guarantee::crypto {
namespace {

char WithBits(char octet, unsigned keep, unsigned set) {
  return static_cast<char>((static_cast<unsigned char>(octet) & keep) | set);
}

}  // namespace

std::string MakeIdentifier(UnixMillis now, Random& random) {
  constexpr std::size_t kTimeBytes = 6;
  constexpr std::size_t kRandomBytes = 10;
  const auto millis = static_cast<std::uint64_t>(now.value);
  std::string bytes;
  for (std::size_t at = 0; at < kTimeBytes; ++at) {
    bytes += static_cast<char>(static_cast<unsigned char>(millis >> (40U - 8U * at) & 0xFFU));
  }
  bytes += random.Bytes(kRandomBytes);
  bytes[6] = WithBits(bytes[6], 0x0FU, 0x70U);
  bytes[8] = WithBits(bytes[8], 0x3FU, 0x80U);
  std::string text = ToHex(bytes);
  for (const std::size_t dash :
       {std::size_t{20}, std::size_t{16}, std::size_t{12}, std::size_t{8}}) {
    text.insert(dash, 1, '-');
  }
  return text;
}

}  // namespace guarantee::crypto
