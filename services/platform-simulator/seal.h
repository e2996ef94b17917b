// How the platform seals the bidder's identity until the opening.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace guarantee::platform_simulator {

// One order's cipher, under a key made for it, by the schemes of the rulings (6.2): R1 and R2 (RSA,
// PKCS#1 block by block), S1 and S2 (SM4 and AES-128, ECB), S3 (AES-128-ECB under a key that Java
// derives from a password), W (S1 under a key that is wrapped with the platform's private key).
// `auto` is R1. Not thread-safe.
class Sealer {
 public:
  // `wrap_key_pem` is the platform's private key, for W only. Permanent "seal.scheme" for an
  // unknown word, "seal.key" when no key can be made.
  [[nodiscard]] static Result<std::unique_ptr<Sealer>> Make(std::string_view scheme,
                                                            const Secret& wrap_key_pem = {});
  virtual ~Sealer() = default;
  // Base64.
  [[nodiscard]] virtual Result<std::string> Seal(std::string_view plain) = 0;
  // What 3.7 brings, so that the other side can open.
  [[nodiscard]] virtual Secret Key() const = 0;
};

}  // namespace guarantee::platform_simulator
