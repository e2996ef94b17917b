// Base64 (RFC 4648) with one text for each byte string: what decodes, encodes to the same text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace guarantee::crypto {

// Standard alphabet with padding.
[[nodiscard]] std::string EncodeBase64(std::string_view bytes);
// URL alphabet without padding.
[[nodiscard]] std::string EncodeBase64Url(std::string_view bytes);

// Nothing unless `text` is canonical: no space or line break, complete padding, no bits left over.
[[nodiscard]] std::optional<std::string> DecodeBase64(std::string_view text);

}  // namespace guarantee::crypto
