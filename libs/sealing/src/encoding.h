// Texts that hold bytes, decoded into memory that is wiped.
#pragma once

#include <optional>
#include <string_view>

#include "base/secret.h"
#include "sealing/wiped.h"

namespace guarantee::sealing {

// Canonical base64 only: what decodes, encodes to the same text. Empty text is none.
[[nodiscard]] std::optional<Bytes> DecodeBase64(std::string_view text);
// Two digits a byte, of either case.
[[nodiscard]] std::optional<Bytes> DecodeHex(std::string_view text);

[[nodiscard]] Bytes ToBytes(std::string_view text);
[[nodiscard]] Secret ToSecret(const Bytes& bytes);
[[nodiscard]] std::string_view ViewOf(const Bytes& bytes);

// Valid UTF-8 without control characters; `line_breaks` allows line feed and tab. Counts the code
// points.
[[nodiscard]] std::optional<std::size_t> CountText(std::string_view text, bool line_breaks);
[[nodiscard]] bool HoldsBlank(std::string_view text);

}  // namespace guarantee::sealing
