// Purposes of keys derived from the institution's one key file (token.h), where two programs have
// to come to the same token.
#pragma once

#include <string_view>

namespace guarantee::crypto {

inline constexpr std::string_view kRedirectPurpose = "redirect";  // made by gateway, known by order
inline constexpr std::string_view kFlowPurpose = "flow";          // of credit flows, likewise

}  // namespace guarantee::crypto
