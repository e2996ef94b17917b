#include "base/base64.h"

#include <algorithm>
#include <array>
#include <cstdint>

namespace guarantee {
namespace {

constexpr std::string_view kAlphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoSextet = 0xFF;
// The smallest block of the ciphers that partners may use; the larger are multiples of it.
constexpr std::size_t kBlockBytes = 16;

constexpr std::array<std::uint8_t, 256> kSextets = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(kNoSextet);
  for (std::size_t at = 0; at < kAlphabet.size(); ++at) {
    table[static_cast<unsigned char>(kAlphabet[at])] = static_cast<std::uint8_t>(at);
  }
  return table;
}();

std::uint32_t Sextet(char letter) { return kSextets[static_cast<unsigned char>(letter)]; }

}  // namespace

std::string EncodeBase64(std::string_view bytes) {
  std::string text;
  text.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t at = 0; at < bytes.size(); at += 3) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 3; ++i) {
      const bool present = at + i < bytes.size();
      group = group << 8U | (present ? static_cast<unsigned char>(bytes[at + i]) : 0U);
    }
    const std::size_t letters = std::min<std::size_t>(bytes.size() - at, 3) + 1;
    for (std::size_t i = 0; i < 4; ++i) {
      text += i < letters ? kAlphabet[group >> (18U - 6U * i) & 0x3FU] : '=';
    }
  }
  return text;
}

std::optional<std::size_t> Base64Size(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0) return std::nullopt;
  const std::size_t padding = text.back() != '=' ? 0 : text[text.size() - 2] == '=' ? 2 : 1;
  const std::string_view letters = text.substr(0, text.size() - padding);
  for (const char letter : letters) {
    if (Sextet(letter) == kNoSextet) return std::nullopt;
  }
  // The bits that the padding leaves over must be zero, or two texts would mean the same bytes.
  const std::uint32_t left_over = padding == 2 ? 0x0FU : padding == 1 ? 0x03U : 0U;
  if ((Sextet(letters.back()) & left_over) != 0) return std::nullopt;
  return text.size() / 4 * 3 - padding;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  const auto size = Base64Size(text);
  if (!size) return std::nullopt;
  std::string bytes;
  bytes.reserve(*size + 2);
  for (std::size_t at = 0; at < text.size(); at += 4) {
    std::uint32_t group = 0;
    for (std::size_t i = 0; i < 4; ++i) {
      group = group << 6U | (text[at + i] == '=' ? 0 : Sextet(text[at + i]));
    }
    bytes += static_cast<char>(group >> 16U & 0xFFU);
    bytes += static_cast<char>(group >> 8U & 0xFFU);
    bytes += static_cast<char>(group & 0xFFU);
  }
  bytes.resize(*size);
  return bytes;
}

bool LooksSealed(std::string_view text) {
  const auto size = Base64Size(text);
  return size && *size % kBlockBytes == 0;
}

}  // namespace guarantee
