// How the platform seals the bidder's identity until the opening.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"

namespace guarantee::platform_simulator {

// Scheme R1: RSA private-key encryption, PKCS#1 type 1, block by block, under a key pair made for
// the one run. Any other scheme gets random blocks of the same size: ciphertext by its looks, which
// nobody can open. Not thread-safe.
class Sealer {
 public:
  // Permanent "seal.key" when no key pair can be made.
  [[nodiscard]] static Result<std::unique_ptr<Sealer>> Make(std::string_view scheme);
  virtual ~Sealer() = default;
  // Base64.
  [[nodiscard]] virtual Result<std::string> Seal(std::string_view plain) = 0;
};

}  // namespace guarantee::platform_simulator
