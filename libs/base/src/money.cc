#include "base/money.h"

#include <fmt/format.h>

namespace guarantee {
namespace {

constexpr std::size_t kWholeDigitsMax = 15;
constexpr std::size_t kDecimalsMax = 2;

bool AllDigits(std::string_view text) {
  for (const char digit : text) {
    if (digit < '0' || digit > '9') return false;
  }
  return true;
}

}  // namespace

Result<Money> Money::Parse(std::string_view text) {
  const std::size_t point = text.find('.');
  const std::string_view whole = text.substr(0, point);
  const bool has_point = point != std::string_view::npos;
  const std::string_view decimals = has_point ? text.substr(point + 1) : std::string_view{};
  const bool well_formed = !whole.empty() && whole.size() <= kWholeDigitsMax && AllDigits(whole) &&
                           decimals.size() <= kDecimalsMax && AllDigits(decimals) &&
                           has_point == !decimals.empty();
  if (!well_formed) return Refused("money.format", "金额格式错误");
  std::int64_t fen = 0;
  for (const char digit : whole) fen = fen * 10 + (digit - '0');
  for (std::size_t at = 0; at < kDecimalsMax; ++at) {
    fen = fen * 10 + (at < decimals.size() ? decimals[at] - '0' : 0);
  }
  return Money{fen};
}

std::string Money::ToText() const {
  const std::uint64_t size =
      fen < 0 ? 0 - static_cast<std::uint64_t>(fen) : static_cast<std::uint64_t>(fen);
  return fmt::format("{}{}.{:02}", fen < 0 ? "-" : "", size / 100, size % 100);
}

}  // namespace guarantee
