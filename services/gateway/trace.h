// W3C Trace Context: continued where the caller began one, begun here otherwise.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/random.h"

namespace guarantee::gateway {

// The `traceparent` that our event carries: the caller's trace with a span of ours, or a new
// sampled trace when `received` is missing or malformed.
[[nodiscard]] std::string ContinueTrace(std::optional<std::string_view> received,
                                        crypto::Random& random);

}  // namespace guarantee::gateway
