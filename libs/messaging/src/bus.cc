#include "messaging/bus.h"

namespace guarantee::messaging {
namespace {

std::uint32_t Byte(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]);
}

// MurmurHash2, 32 bits, with the seed of org.apache.kafka.common.utils.Utils.
std::uint32_t Murmur2(std::string_view data) {
  constexpr std::uint32_t kSeed = 0x9747b28c;
  constexpr std::uint32_t kMultiplier = 0x5bd1e995;
  std::uint32_t hash = kSeed ^ static_cast<std::uint32_t>(data.size());
  std::size_t at = 0;
  for (; at + 4 <= data.size(); at += 4) {
    std::uint32_t block = Byte(data, at) | Byte(data, at + 1) << 8U | Byte(data, at + 2) << 16U |
                          Byte(data, at + 3) << 24U;
    block *= kMultiplier;
    block ^= block >> 24U;
    block *= kMultiplier;
    hash = (hash * kMultiplier) ^ block;
  }
  const std::size_t rest = data.size() - at;
  if (rest > 2) hash ^= Byte(data, at + 2) << 16U;
  if (rest > 1) hash ^= Byte(data, at + 1) << 8U;
  if (rest > 0) hash = (hash ^ Byte(data, at)) * kMultiplier;
  hash ^= hash >> 13U;
  hash *= kMultiplier;
  return hash ^ hash >> 15U;
}

}  // namespace

std::string_view Delivered::FindHeader(std::string_view name) const {
  for (const Header& header : headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

std::int32_t PartitionOfKey(std::string_view key, std::int32_t partitions) {
  constexpr std::uint32_t kPositive = 0x7fffffff;
  return static_cast<std::int32_t>((Murmur2(key) & kPositive) %
                                   static_cast<std::uint32_t>(partitions));
}

}  // namespace guarantee::messaging
