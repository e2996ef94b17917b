// Identifiers that sort by the time they were made.
#pragma once

#include <string>

#include "base/clock.h"
#include "crypto/random.h"

namespace guarantee::crypto {

// UUID version 7 (RFC 9562): 48 bits of Unix milliseconds, 74 random bits; 36 lower-case
// characters. Two of the same millisecond are in no order.
[[nodiscard]] std::string MakeIdentifier(UnixMillis now, Random& random);

}  // namespace guarantee::crypto
