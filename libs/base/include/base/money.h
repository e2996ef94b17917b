// Amounts in fen (1/100 yuan), never a floating number (rulings 2.4).
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>

#include "base/result.h"

namespace guarantee {

struct Money {
  std::int64_t fen = 0;

  auto operator<=>(const Money&) const = default;

  // Exactly `\d{1,15}(\.\d{1,2})?`; anything else is refused, a sign and an exponent included.
  [[nodiscard]] static Result<Money> Parse(std::string_view text);
  // Always two decimals: "500000.00".
  [[nodiscard]] std::string ToText() const;
};

}  // namespace guarantee
