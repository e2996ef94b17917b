#include "constant_time.h"

namespace guarantee::sealing {
namespace {

constexpr std::size_t kBlockBytes = 16;
constexpr std::size_t kBits = sizeof(std::size_t) * 8;
constexpr std::size_t kPkcs1HeadBytes = 10;  // 00 02 and the least padding

// All bits when `value` is zero, else none.
std::size_t ZeroMask(std::size_t value) { return ((~value & (value - 1)) >> (kBits - 1)) * ~0UL; }
// All bits when left < right; both far below the middle of the range.
std::size_t LessMask(std::size_t left, std::size_t right) {
  return ((left - right) >> (kBits - 1)) * ~0UL;
}

}  // namespace

std::optional<std::size_t> Pkcs7DataSize(std::span<const unsigned char> opened) {
  if (opened.size() < kBlockBytes) return std::nullopt;
  const std::size_t padding = opened.back();
  std::size_t wrong = ZeroMask(padding) | LessMask(kBlockBytes, padding);
  for (std::size_t back = 1; back <= kBlockBytes; ++back) {
    const std::size_t differs = ~ZeroMask(opened[opened.size() - back] ^ padding);
    wrong |= differs & ~LessMask(padding, back);
  }
  if (wrong != 0) return std::nullopt;
  return opened.size() - padding;
}

std::optional<std::size_t> Pkcs1DataBegin(std::span<const unsigned char> block) {
  if (block.size() <= kPkcs1HeadBytes) return std::nullopt;
  std::size_t wrong = ~ZeroMask(block[0]) | ~ZeroMask(block[1] ^ std::size_t{2});
  std::size_t end = 0;  // the first zero after the head
  for (std::size_t at = 2; at < block.size(); ++at) {
    const std::size_t first = ZeroMask(block[at]) & ZeroMask(end);
    end |= at & first;
  }
  wrong |= LessMask(end, kPkcs1HeadBytes);  // also where there is none
  if (wrong != 0) return std::nullopt;
  return end + 1;
}

}  // namespace guarantee::sealing
