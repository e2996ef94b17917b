// `platform-simulator conformance …` from its words to its exit status.
#pragma once

#include <ostream>
#include <span>
#include <string>

namespace guarantee::platform_simulator::conformance {

// Exit statuses.
inline constexpr int kExitConforms = 0;
inline constexpr int kExitDeviates = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitUnreachable = 3;

[[nodiscard]] int RunCommand(std::span<const std::string> words, std::ostream& out,
                             std::ostream& errors);

}  // namespace guarantee::platform_simulator::conformance
