#include "order/app/guarantee_number.h"

#include "contract/formats.h"

namespace guarantee::order {
namespace {

// Crockford's base 32: no I, L, O, U, so that nothing is read as a digit.
constexpr std::string_view kAlphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::string_view kPrefix = "BH";
constexpr std::size_t kRandomBytes = 10;
constexpr std::size_t kBodyLength = 2 + 8 + 16;

// Weighted sum modulo 31 (a prime), so that a swapped neighbour and a wrong character show.
char CheckCharacter(std::string_view body) {
  constexpr std::size_t kModulus = 31;
  std::size_t sum = 0;
  for (std::size_t at = 0; at < body.size(); ++at) {
    const std::size_t value = kAlphabet.find(body[at]);
    sum += (value == std::string_view::npos ? 0 : value) * (at % (kModulus - 1) + 1);
  }
  return kAlphabet[sum % kModulus];
}

std::string Base32(std::string_view bytes) {
  std::string text;
  std::uint32_t buffer = 0;
  unsigned bits = 0;
  for (const char byte : bytes) {
    buffer = (buffer << 8U) | static_cast<unsigned char>(byte);
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += kAlphabet[(buffer >> bits) & 31U];
    }
  }
  return text;
}

}  // namespace

std::string MintGuaranteeNumber(UnixMillis now, crypto::Random& random) {
  std::string number(kPrefix);
  for (const char character : contract::FormatDate(now)) {
    if (character != '-') number += character;
  }
  number += Base32(random.Bytes(kRandomBytes));
  number += CheckCharacter(number);
  return number;
}

bool IsOurGuaranteeNumber(std::string_view number) {
  return number.size() == kBodyLength + 1 && number.starts_with(kPrefix) &&
         CheckCharacter(number.substr(0, kBodyLength)) == number.back();
}

}  // namespace guarantee::order
