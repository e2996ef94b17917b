// The letter that a decision brings, inline or by the digest of what was uploaded before.
#pragma once

#include <optional>

#include "base/result.h"
#include "order/app/ports.h"

namespace guarantee::event::v1 {
class SuppliedLetter;
}

namespace guarantee::order {

// Larger ones are uploaded first and named by digest.
inline constexpr std::size_t kInlineLetterBytesMax = 512U << 10;

// Empty: there is none (null), or it is no letter. The latter is the domain's to refuse, as an
// outcome that the decider can read. Retryable when the store is away.
[[nodiscard]] Result<std::optional<DocumentFacts>> KeepSupplied(
    LetterMaker& letters, const event::v1::SuppliedLetter* letter);

}  // namespace guarantee::order
