// How a request ended, as metrics name it.
#pragma once

#include <string_view>

namespace guarantee::gateway::outcome {

inline constexpr std::string_view kAccepted = "accepted";        // published and answered 200
inline constexpr std::string_view kRepeated = "repeated";        // a known number, same content
inline constexpr std::string_view kRefused = "refused";          // business refusal, HTTP 200
inline constexpr std::string_view kInvalid = "invalid";          // HTTP 400 or a field refused
inline constexpr std::string_view kTooLarge = "too_large";       // HTTP 413
inline constexpr std::string_view kSignIn = "sign_in";           // HTTP 401
inline constexpr std::string_view kLimited = "limited";          // HTTP 429, or 503 over a limit
inline constexpr std::string_view kNotOffered = "not_offered";   // HTTP 503, not in this build
inline constexpr std::string_view kUnavailable = "unavailable";  // HTTP 503, a dependency is away
inline constexpr std::string_view kUnroutable = "unroutable";    // HTTP 404, 405, 415

}  // namespace guarantee::gateway::outcome
