#include "crypto/password.h"

#include <argon2.h>

#include <array>
#include <charconv>
#include <cstdint>
#include <optional>

namespace guarantee::crypto {
namespace {

constexpr std::uint32_t kMemoryKib = 19 * 1024;
constexpr std::uint32_t kMemoryKibMax = 64 * 1024;
constexpr std::uint32_t kPasses = 2;
constexpr std::uint32_t kPassesMax = 4;
constexpr std::uint32_t kLanes = 1;
constexpr std::uint32_t kLanesMax = 4;
constexpr std::size_t kSaltBytes = 16;
constexpr std::size_t kHashBytes = 32;
constexpr std::size_t kEncodedBytesMax = 256;

bool Take(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

std::optional<std::uint32_t> TakeNumber(std::string_view& text, std::string_view prefix) {
  if (!Take(text, prefix)) return std::nullopt;
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{}) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

bool Within(std::optional<std::uint32_t> number, std::uint32_t low, std::uint32_t high) {
  return number && *number >= low && *number <= high;
}

}  // namespace

Result<std::string> HashPassword(std::string_view password, Random& random) {
  if (password.empty() || password.size() > kPasswordBytesMax) {
    return Refused("password.length", "a password has 1 to 1024 bytes");
  }
  const std::string salt = random.Bytes(kSaltBytes);
  std::array<char, kEncodedBytesMax> encoded{};
  const int code =
      argon2id_hash_encoded(kPasses, kMemoryKib, kLanes, password.data(), password.size(),
                            salt.data(), salt.size(), kHashBytes, encoded.data(), encoded.size());
  if (code != ARGON2_OK) return Permanent("password.hash", argon2_error_message(code));
  return std::string(encoded.data());
}

bool VerifyPassword(std::string_view encoded, std::string_view password) {
  if (!CheckPasswordHash(encoded) || password.size() > kPasswordBytesMax) return false;
  const std::string terminated(encoded);
  return argon2id_verify(terminated.c_str(), password.data(), password.size()) == ARGON2_OK;
}

Result<void> CheckPasswordHash(std::string_view encoded) {
  std::string_view rest = encoded;
  const bool sound = encoded.size() < kEncodedBytesMax && Take(rest, "$argon2id$v=19$") &&
                     Within(TakeNumber(rest, "m="), kMemoryKib, kMemoryKibMax) &&
                     Within(TakeNumber(rest, ",t="), kPasses, kPassesMax) &&
                     Within(TakeNumber(rest, ",p="), kLanes, kLanesMax) && Take(rest, "$") &&
                     rest.size() > kHashBytes && rest.find('\0') == std::string_view::npos;
  if (!sound) return Refused("password.hash", "must be argon2id with 19 to 64 MiB");
  return {};
}

const std::string& UnmatchablePasswordHash() {
  // A salt of sixteen 's' and a hash of thirty-two zero bytes, which the function never gave.
  static const std::string hash =
      "$argon2id$v=19$m=19456,t=2,p=1$c3Nzc3Nzc3Nzc3Nzc3Nzcw$"
      "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
  return hash;
}

}  // namespace guarantee::crypto
