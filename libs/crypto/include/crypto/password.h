// Password hashes: argon2id, 19 MiB, two passes, one lane (OWASP's second setting), in the encoded
// form `$argon2id$v=19$m=19456,t=2,p=1$salt$hash`. One call costs about 25 ms of a core and 19 MiB
// of memory: callers bound how many run at once.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "crypto/random.h"

namespace guarantee::crypto {

inline constexpr std::size_t kPasswordBytesMax = 1024;

// Refused "password.length" for an empty password or one over kPasswordBytesMax.
[[nodiscard]] Result<std::string> HashPassword(std::string_view password, Random& random);

// True when `password` gave `encoded`. False also for an encoded form that CheckPasswordHash
// refuses. Takes the time of one hash whatever the answer, if the form is sound.
[[nodiscard]] bool VerifyPassword(std::string_view encoded, std::string_view password);

// Refused "password.hash" unless `encoded` is argon2id, version 19, with memory of 19 to 64 MiB
// and at most 4 passes and lanes: a configured hash must be neither weak nor a way to exhaust us.
[[nodiscard]] Result<void> CheckPasswordHash(std::string_view encoded);

// A sound hash that no password gives, for equal work on unknown users.
[[nodiscard]] const std::string& UnmatchablePasswordHash();

}  // namespace guarantee::crypto
