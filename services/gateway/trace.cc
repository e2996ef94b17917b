#include "gateway/trace.h"

#include <algorithm>

#include "crypto/digest.h"

namespace guarantee::gateway {
namespace {

// version "-" trace "-" span "-" flags, all lower-case hexadecimal.
constexpr std::size_t kTraceAt = 3;
constexpr std::size_t kTraceDigits = 32;
constexpr std::size_t kSpanAt = 36;
constexpr std::size_t kSpanDigits = 16;
constexpr std::size_t kFlagsAt = 53;
constexpr std::size_t kBytes = 55;

bool IsHexadecimal(std::string_view text) {
  return text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool IsTraceparent(std::string_view text) {
  if (text.size() != kBytes || !text.starts_with("00-")) return false;
  const std::string_view trace = text.substr(kTraceAt, kTraceDigits);
  const std::string_view span = text.substr(kSpanAt, kSpanDigits);
  constexpr std::string_view kZero = "0";
  return text[kSpanAt - 1] == '-' && text[kFlagsAt - 1] == '-' && IsHexadecimal(trace) &&
         IsHexadecimal(span) && IsHexadecimal(text.substr(kFlagsAt)) &&
         trace.find_first_not_of(kZero) != std::string_view::npos &&
         span.find_first_not_of(kZero) != std::string_view::npos;
}

}  // namespace

std::string ContinueTrace(std::optional<std::string_view> received, crypto::Random& random) {
  const std::string span = crypto::ToHex(random.Bytes(kSpanDigits / 2));
  if (received && IsTraceparent(*received)) {
    return std::string(received->substr(0, kSpanAt)) + span +
           std::string(received->substr(kSpanAt + kSpanDigits));
  }
  return "00-" + crypto::ToHex(random.Bytes(kTraceDigits / 2)) + "-" + span + "-01";
}

}  // namespace guarantee::gateway
