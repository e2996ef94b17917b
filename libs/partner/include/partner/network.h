// Networks that a partner's requests may come from.
#pragma once

#include <array>
#include <cstdint>
#include <string_view>

#include "base/result.h"

namespace guarantee::partner {

// An IPv4 or IPv6 block in CIDR notation; immutable.
class SourceNetwork {
 public:
  // "10.1.0.0/16", "fd00::/8". Refused "network.format" for anything else, an address with bits
  // beyond the prefix included: it is more often a slip than a wish.
  [[nodiscard]] static Result<SourceNetwork> Parse(std::string_view text);
  // `address` as text; false when it is none, or of the other family.
  [[nodiscard]] bool Contains(std::string_view address) const;

 private:
  static constexpr std::size_t kBytesMax = 16;

  SourceNetwork() = default;

  std::array<std::uint8_t, kBytesMax> bytes_{};
  std::size_t prefix_bits_ = 0;
  bool version6_ = false;
};

}  // namespace guarantee::partner
