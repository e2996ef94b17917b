// The protocol's value formats (rulings 2.4, 3.24, 6.3). Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/money.h"
#include "base/result.h"

namespace guarantee::contract {

// `yyyy-MM-dd HH:mm:ss` at UTC+8, one T or a .SSS fraction tolerated, blanks around it taken off.
// No zone, no 60th second, no 24th hour, the date must exist. Code "time.format".
[[nodiscard]] Result<UnixMillis> ParseTime(std::string_view text);
// Exactly 19 characters; milliseconds are dropped. Years outside 0000-9999 are clamped to them.
[[nodiscard]] std::string FormatTime(UnixMillis at);
// The date alone, `yyyy-MM-dd` at UTC+8.
[[nodiscard]] std::string FormatDate(UnixMillis at);

// A percentage ("0.25%") or a decimal ("0.0025") as millionths; code "rate.format".
[[nodiscard]] Result<std::int64_t> ParseRate(std::string_view text);
// Trailing zeros dropped: 2500 gives "0.25%", or "0.0025" as a decimal.
[[nodiscard]] std::string FormatRate(std::int64_t millionths, bool decimal);

// Two decimals; when that exceeds `max_length` (0: none) and the fraction is zero, none.
[[nodiscard]] std::string FormatMoney(Money amount, std::size_t max_length);

// Code points of valid UTF-8.
[[nodiscard]] std::size_t CodePoints(std::string_view text);
// At most `max` code points, cut between two of them.
[[nodiscard]] std::string_view CutToCodePoints(std::string_view text, std::size_t max);
// Valid UTF-8: no overlong form, no surrogate, nothing above U+10FFFF.
[[nodiscard]] bool IsUtf8(std::string_view text);
// Nothing but white space, the ideographic one included.
[[nodiscard]] bool IsBlank(std::string_view text);
// Without blanks, tabs and line ends at both ends.
[[nodiscard]] std::string_view Trim(std::string_view text);

// 18 characters of the alphabet with the right check digit (GB 32100).
[[nodiscard]] bool IsUscc(std::string_view text);

// The most characters of a sealed value.
inline constexpr std::size_t kSealedLengthMax = 4'096;

enum class AttachmentForm {
  kLink,    // http:// or https://
  kPath,    // begins with a slash, or holds one and a file suffix
  kInline,  // strict base64 of a zip, PDF, JPEG, PNG or OFD
  kOther,   // kept as it is and flagged
};
[[nodiscard]] AttachmentForm ClassifyAttachment(std::string_view text);
// By its first bytes, as in "application/pdf"; "application/octet-stream" when unknown.
[[nodiscard]] std::string_view SniffMediaType(std::string_view bytes);

}  // namespace guarantee::contract
