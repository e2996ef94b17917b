#include "encoding.h"

#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace guarantee::sealing {
namespace {

// From here on the standard library keeps a string's characters on the heap, where a move takes
// them along instead of leaving a copy in the object moved from.
constexpr std::size_t kHeapStringBytes = 32;

// More than any text of this library, and safely an int.
constexpr std::size_t kEncodedBytesMax = 1'048'576;

std::optional<unsigned> HexDigit(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a') + 10U;
  if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A') + 10U;
  return std::nullopt;
}

struct Sequence {
  std::size_t length = 0;   // 0: no first byte of a sequence
  std::uint32_t bits = 0;   // of the first byte
  std::uint32_t least = 0;  // below it the sequence is too long for its value
};

Sequence SequenceOf(unsigned char first) {
  if (first < 0x80U) return {1, first, 0};
  if ((first & 0xE0U) == 0xC0U) return {2, first & 0x1FU, 0x80U};
  if ((first & 0xF0U) == 0xE0U) return {3, first & 0x0FU, 0x800U};
  if ((first & 0xF8U) == 0xF0U) return {4, first & 0x07U, 0x10000U};
  return {};
}

// Takes one code point off `text`.
std::optional<std::uint32_t> TakeCodePoint(std::string_view& text) {
  const Sequence sequence = SequenceOf(static_cast<unsigned char>(text.front()));
  if (sequence.length == 0 || sequence.length > text.size()) return std::nullopt;
  std::uint32_t value = sequence.bits;
  for (std::size_t at = 1; at < sequence.length; ++at) {
    const auto next = static_cast<unsigned char>(text[at]);
    if ((next & 0xC0U) != 0x80U) return std::nullopt;
    value = value << 6U | (next & 0x3FU);
  }
  const bool surrogate = value >= 0xD800U && value <= 0xDFFFU;
  if (value < sequence.least || value > 0x10FFFFU || surrogate) return std::nullopt;
  text.remove_prefix(sequence.length);
  return value;
}

bool IsControl(std::uint32_t point, bool line_breaks) {
  if (point == '\n' || point == '\t') return !line_breaks;
  return point < 0x20U || (point >= 0x7FU && point < 0xA0U);
}

}  // namespace

std::optional<Bytes> DecodeBase64(std::string_view text) {
  if (text.empty() || text.size() % 4 != 0 || text.size() > kEncodedBytesMax) return std::nullopt;
  const auto* characters = reinterpret_cast<const unsigned char*>(text.data());
  Bytes bytes(text.size() / 4 * 3);
  const int decoded = EVP_DecodeBlock(bytes.data(), characters, static_cast<int>(text.size()));
  if (decoded < 0) return std::nullopt;
  // OpenSSL takes blanks and spare bits and counts the padding as data, so the way back decides.
  const std::size_t padding = text.ends_with("==") ? 2 : text.ends_with('=') ? 1 : 0;
  if (static_cast<std::size_t>(decoded) != bytes.size()) return std::nullopt;
  bytes.resize(bytes.size() - padding);
  Bytes again(text.size() + 1);
  EVP_EncodeBlock(again.data(), bytes.data(), static_cast<int>(bytes.size()));
  again.resize(text.size());
  if (ViewOf(again) != text) return std::nullopt;
  return bytes;
}

std::optional<Bytes> DecodeHex(std::string_view text) {
  if (text.empty() || text.size() % 2 != 0) return std::nullopt;
  Bytes bytes;
  bytes.reserve(text.size() / 2);
  for (std::size_t at = 0; at < text.size(); at += 2) {
    const std::optional<unsigned> high = HexDigit(text[at]);
    const std::optional<unsigned> low = HexDigit(text[at + 1]);
    if (!high || !low) return std::nullopt;
    bytes.push_back(static_cast<unsigned char>(*high << 4U | *low));
  }
  return bytes;
}

Bytes ToBytes(std::string_view text) { return {text.begin(), text.end()}; }

Secret ToSecret(const Bytes& bytes) {
  std::string text;
  text.reserve(std::max(bytes.size(), kHeapStringBytes));
  text.append(ViewOf(bytes));
  return Secret(std::move(text));
}

std::string_view ViewOf(const Bytes& bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::optional<std::size_t> CountText(std::string_view text, bool line_breaks) {
  std::size_t count = 0;
  while (!text.empty()) {
    const std::optional<std::uint32_t> point = TakeCodePoint(text);
    if (!point || IsControl(*point, line_breaks)) return std::nullopt;
    ++count;
  }
  return count;
}

bool HoldsBlank(std::string_view text) {
  constexpr std::array<std::string_view, 3> kBlanks{" ", "\xC2\xA0", "\xE3\x80\x80"};
  return std::any_of(kBlanks.begin(), kBlanks.end(),
                     [&](std::string_view blank) { return text.find(blank) != text.npos; });
}

}  // namespace guarantee::sealing
