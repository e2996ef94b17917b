// Decisions on padding whose time does not depend on the bytes: masks instead of branches.
#pragma once

#include <cstddef>
#include <optional>
#include <span>

namespace guarantee::sealing {

// Size of the data in front of a PKCS#7 padding of 1–16 bytes. `opened` is the whole opened
// text, at least one block.
[[nodiscard]] std::optional<std::size_t> Pkcs7DataSize(std::span<const unsigned char> opened);

// Where the data begin in an RSA block of PKCS#1 type 2: 00 02, eight or more bytes that are not
// zero, 00, data.
[[nodiscard]] std::optional<std::size_t> Pkcs1DataBegin(std::span<const unsigned char> block);

}  // namespace guarantee::sealing
