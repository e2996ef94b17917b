// What of the platform's answer may be kept and shown. The text is the platform's, so no field
// option says what in it is personal: long runs of letters and digits (numbers of people, accounts,
// orders, keys) are masked, whatever they are.
#pragma once

#include <string>
#include <string_view>

namespace guarantee::dispatcher {

inline constexpr std::size_t kAnswerTextPointsMax = 200;
inline constexpr std::size_t kAnswerCodeBytesMax = 50;
inline constexpr std::size_t kUnmaskedRunMax = 5;  // of ASCII letters and digits with a digit in it

// Valid UTF-8 on one line, masked, at most kAnswerTextPointsMax code points.
[[nodiscard]] std::string ShowAnswer(std::string_view text);
// Letters and digits only.
[[nodiscard]] std::string ShowCode(std::string_view code);

}  // namespace guarantee::dispatcher
