// Randomness is a port, so that a test can fix it.
#pragma once

#include <cstddef>
#include <string>

namespace guarantee::crypto {

// Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  // Exactly `count` unpredictable bytes.
  [[nodiscard]] virtual std::string Bytes(std::size_t count) = 0;
};

// OpenSSL's generator; ends the process when it cannot be seeded.
[[nodiscard]] Random& SystemRandom();

}  // namespace guarantee::crypto
