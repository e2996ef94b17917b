// Tokens that only the holder of the key can make, as a function of named parts.
#pragma once

#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"

namespace guarantee::crypto {

inline constexpr std::size_t kKeyBytesMin = 32;

// Keys for different purposes derived from one file, so that no use lends its output to another.
// Immutable; safe on every thread.
class TokenKey {
 public:
  // Refused "token.key" for fewer than kKeyBytesMin bytes.
  [[nodiscard]] static Result<TokenKey> Derive(const Secret& master, std::string_view purpose);

  // 27 URL-safe characters (160 bits). The parts are joined with their lengths: ("ab", "c") and
  // ("a", "bc") give different tokens.
  [[nodiscard]] std::string Make(std::span<const std::string_view> parts) const;
  // The full 32 bytes of the same function.
  [[nodiscard]] std::string MakeBytes(std::span<const std::string_view> parts) const;

 private:
  explicit TokenKey(Secret key) : key_(std::move(key)) {}

  Secret key_;
};

}  // namespace guarantee::crypto
