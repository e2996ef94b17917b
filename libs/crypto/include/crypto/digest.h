// Digests and keyed digests. Pure functions, safe on every thread; they end the process when the
// provider has no SHA-256, since nothing of ours may go on without it.
#pragma once

#include <string>
#include <string_view>

namespace guarantee::crypto {

inline constexpr std::size_t kSha256Bytes = 32;

// The 32 raw bytes.
[[nodiscard]] std::string Sha256(std::string_view data);
[[nodiscard]] std::string HmacSha256(std::string_view key, std::string_view data);

// Lower case, two characters a byte.
[[nodiscard]] std::string ToHex(std::string_view bytes);

// Compares in a time that depends on the lengths only.
[[nodiscard]] bool EqualInConstantTime(std::string_view left, std::string_view right);

}  // namespace guarantee::crypto
