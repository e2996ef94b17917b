// Code points, blanks and base64.
#include <algorithm>
#include <array>

#include "contract/formats.h"

namespace guarantee::contract {
namespace {

bool IsContinuation(char byte) { return (static_cast<unsigned char>(byte) & 0xC0U) == 0x80U; }

// Length of the well-formed sequence at the start of `text`; 0 when there is none.
std::size_t SequenceLength(std::string_view text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  if (lead < 0x80) return 1;
  if (lead < 0xC2 || lead > 0xF4) return 0;
  const std::size_t length = lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  if (text.size() < length) return 0;
  for (std::size_t at = 1; at < length; ++at) {
    if (!IsContinuation(text[at])) return 0;
  }
  const auto second = static_cast<unsigned char>(text[1]);
  const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
  const bool beyond = (lead == 0xED && second > 0x9F) || (lead == 0xF4 && second > 0x8F);
  return overlong || beyond ? 0 : length;
}

bool IsAsciiBlank(char letter) {
  return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n' || letter == '\v' ||
         letter == '\f';
}

}  // namespace

std::size_t CodePoints(std::string_view text) {
  std::size_t count = 0;
  for (const char byte : text) count += IsContinuation(byte) ? 0U : 1U;
  return count;
}

std::string_view CutToCodePoints(std::string_view text, std::size_t max) {
  std::size_t count = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!IsContinuation(text[at]) && count++ == max) return text.substr(0, at);
  }
  return text;
}

bool IsUtf8(std::string_view text) {
  while (!text.empty()) {
    const std::size_t length = SequenceLength(text);
    if (length == 0) return false;
    text.remove_prefix(length);
  }
  return true;
}

bool IsBlank(std::string_view text) {
  constexpr std::string_view kIdeographicSpace = "\xE3\x80\x80";
  constexpr std::string_view kNoBreakSpace = "\xC2\xA0";
  while (!text.empty()) {
    if (IsAsciiBlank(text.front())) {
      text.remove_prefix(1);
    } else if (text.substr(0, kIdeographicSpace.size()) == kIdeographicSpace) {
      text.remove_prefix(kIdeographicSpace.size());
    } else if (text.substr(0, kNoBreakSpace.size()) == kNoBreakSpace) {
      text.remove_prefix(kNoBreakSpace.size());
    } else {
      return false;
    }
  }
  return true;
}

std::string_view Trim(std::string_view text) {
  while (!text.empty() && IsAsciiBlank(text.front())) text.remove_prefix(1);
  while (!text.empty() && IsAsciiBlank(text.back())) text.remove_suffix(1);
  return text;
}

namespace {

constexpr std::string_view kBase64Alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t kNoSextet = 0xFF;

constexpr std::array<std::uint8_t, 256> MakeSextets() {
  std::array<std::uint8_t, 256> table{};
  for (auto& entry : table) entry = kNoSextet;
  for (std::size_t at = 0; at < kBase64Alphabet.size(); ++at) {
    table[static_cast<unsigned char>(kBase64Alphabet[at])] = static_cast<std::uint8_t>(at);
  }
  return table;
}

constexpr auto kSextets = MakeSextets();

std::uint32_t Sextet(char letter) { return kSextets[static_cast<unsigned char>(letter)]; }

}  // namespace

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
      text += i < letters ? kBase64Alphabet[group >> (18U - 6U * i) & 0x3FU] : '=';
    }
  }
  return text;
}

bool LooksSealed(std::string_view text) {
  constexpr std::size_t kBlockBytes = 16;
  const auto size = Base64Size(text);
  return size && *size >= kBlockBytes && *size % kBlockBytes == 0;
}

}  // namespace guarantee::contract
