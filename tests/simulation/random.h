// All chance of one simulation: the same seed gives the same run on every machine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <iterator>
#include <span>
#include <vector>

namespace guarantee::simulation {

// SplitMix64.
class Random {
 public:
  explicit Random(std::uint64_t seed) : state_(seed * 0x9e3779b97f4a7c15ULL + 1) {}

  [[nodiscard]] std::uint64_t Next() {
    state_ += 0x9e3779b97f4a7c15ULL;
    std::uint64_t z = state_;
    z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27U)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31U);
  }
  // 0 to bound − 1; `bound` is at least 1.
  [[nodiscard]] std::size_t Below(std::size_t bound) { return Next() % bound; }
  // Both ends belong to it.
  [[nodiscard]] std::int64_t Between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(Next() % static_cast<std::uint64_t>(high - low + 1));
  }
  [[nodiscard]] bool Chance(std::size_t percent) { return Below(100) < percent; }
  // `items` is not empty.
  template <typename Container>
  [[nodiscard]] auto& Pick(Container& items) {
    return items[Below(std::size(items))];
  }
  // The index of one of the weights, which are not all 0.
  [[nodiscard]] std::size_t Weighted(std::span<const std::size_t> weights) {
    std::size_t sum = 0;
    for (const std::size_t weight : weights) sum += weight;
    std::size_t at = Below(sum);
    std::size_t index = 0;
    while (at >= weights[index]) at -= weights[index++];
    return index;
  }

 private:
  std::uint64_t state_;
};

}  // namespace guarantee::simulation
