// Our own numbers of guarantees (clarifications 17): unguessable, with a check character, so that
// a slip of the pen is noticed before a look-up.
#pragma once

#include <string>
#include <string_view>

#include "base/clock.h"
#include "crypto/random.h"

namespace guarantee::order {

// "BH", the date at UTC+8, 16 characters of 80 random bits, a check character: 27 in all.
[[nodiscard]] std::string MintGuaranteeNumber(UnixMillis now, crypto::Random& random);
// Whether the number has the form and the check character of ours.
[[nodiscard]] bool IsOurGuaranteeNumber(std::string_view number);

}  // namespace guarantee::order
