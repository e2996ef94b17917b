// Sealing of our own, for what must not lie in a store in clear: plain values that arrived in a
// sealed field, opened values, a key that has to be kept. AES-256-GCM under a key of the
// institution's, bound to the place where the value belongs.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "crypto/random.h"
#include "sealing/wiped.h"

namespace guarantee::sealing {

inline constexpr std::size_t kStorageKeyBytes = 32;
inline constexpr std::size_t kStorageKeysMax = 16;
inline constexpr std::size_t kStorageKeyIdCharsMax = 32;
inline constexpr std::size_t kStorageKeyFileBytesMax = 65'536;
inline constexpr std::size_t kStoredBytesMax = 65'536;

// Where a value belongs; at any other place it does not open.
struct StoragePlace {
  std::string partner;
  std::string order;
  std::string field;
};

// By its looks only; whether it is genuine, Unseal says.
[[nodiscard]] bool LooksStored(std::string_view text);

// The institution's keys by id: the first seals, all of them open. Immutable, safe on every thread.
class StorageKeys {
 public:
  // A key a line: id, blank, base64 of 32 bytes; empty lines and lines that begin with # do not
  // count. An id is 1–32 lower-case letters, digits and dashes, and unique. Permanent
  // "sealing.key_file" names the line at fault, never what it holds.
  [[nodiscard]] static Result<StorageKeys> Parse(std::string_view text);
  // The same from a file of at most kStorageKeyFileBytesMax.
  [[nodiscard]] static Result<StorageKeys> Load(const std::string& path);

  // Printable ASCII "s1:<key id>:<base64>"; equal values give different texts. Refused
  // "sealing.too_long" beyond kStoredBytesMax. A key is good for 2^32 values, then rotate.
  [[nodiscard]] Result<std::string> Seal(const Secret& value, const StoragePlace& place,
                                         crypto::Random& random) const;
  // Permanent "sealing.key_missing" when no key has its id, "sealing.damaged" for everything else,
  // another place included.
  [[nodiscard]] Result<Secret> Unseal(std::string_view text, const StoragePlace& place) const;

  // Sealed under the first key; if not, unseal and seal anew before its key is taken away.
  [[nodiscard]] bool IsCurrent(std::string_view text) const;

 private:
  struct Key {
    std::string id;
    Bytes bytes;
  };

  StorageKeys() = default;
  [[nodiscard]] const Key* Find(std::string_view id) const;

  std::vector<Key> keys_;
};

}  // namespace guarantee::sealing
