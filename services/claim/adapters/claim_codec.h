// The claims of a guarantee as bytes of the service's own table, and back. The only file that knows
// both the domain's value and its stored form.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "claim/domain/claim.h"

namespace guarantee::claim {

[[nodiscard]] std::string SerializeClaims(const Claims& row);
// Permanent "claim.stored" when the bytes are not a row of this program's version.
[[nodiscard]] Result<Claims> ParseClaims(std::string_view bytes);

// The state's word in public events, lists and metrics: received, examining, …
[[nodiscard]] std::string_view StateWord(State state);
[[nodiscard]] RefusalCode RefusalOfWord(std::string_view word);

}  // namespace guarantee::claim
