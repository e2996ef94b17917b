#include "crypto/digest.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <cstdlib>

namespace guarantee::crypto {
namespace {

using Block = std::array<unsigned char, kSha256Bytes>;

std::string ToText(const Block& block) {
  return {reinterpret_cast<const char*>(block.data()), block.size()};
}

const unsigned char* Octets(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string Sha256(std::string_view data) {
  Block block{};
  std::size_t size = 0;
  const int done =
      EVP_Q_digest(nullptr, "SHA256", nullptr, data.data(), data.size(), block.data(), &size);
  if (done != 1 || size != block.size()) std::abort();
  return ToText(block);
}

std::string HmacSha256(std::string_view key, std::string_view data) {
  Block block{};
  std::size_t size = 0;
  const unsigned char* done =
      EVP_Q_mac(nullptr, "HMAC", nullptr, "SHA256", nullptr, key.data(), key.size(), Octets(data),
                data.size(), block.data(), block.size(), &size);
  if (done == nullptr || size != block.size()) std::abort();
  return ToText(block);
}

std::string ToHex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text;
  text.reserve(bytes.size() * 2);
  for (const char byte : bytes) {
    const auto octet = static_cast<unsigned char>(byte);
    text += kDigits[octet >> 4U];
    text += kDigits[octet & 15U];
  }
  return text;
}

bool EqualInConstantTime(std::string_view left, std::string_view right) {
  return left.size() == right.size() &&
         (left.empty() || CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0);
}

}  // namespace guarantee::crypto
