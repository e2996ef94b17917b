// Base64 (RFC 4648, standard alphabet) with one text for each byte string: what decodes encodes to
// the same text again. And the rule by which a value passes for ciphertext, which is about nothing
// else. Pure; any thread.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace guarantee {

// Padded, in one line.
[[nodiscard]] std::string EncodeBase64(std::string_view bytes);

// Nothing unless `text` is canonical: no space or line break, complete padding, no bits left over.
// Empty text is none, for nobody sends nothing as base64.
[[nodiscard]] std::optional<std::string> DecodeBase64(std::string_view text);
// How many bytes DecodeBase64 would give, without making them.
[[nodiscard]] std::optional<std::size_t> Base64Size(std::string_view text);

// Whether a value of a sealed field is ciphertext, by its looks (rulings 6.3.2): base64 of one or
// more whole 16-byte blocks. No Chinese text and no credit code can pass for it: the first has no
// character of the alphabet, the second no length that fits.
[[nodiscard]] bool LooksSealed(std::string_view text);

}  // namespace guarantee
