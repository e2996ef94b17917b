// The story of a running system, told from the platform's side: applications of every partner,
// requests that must be refused, and the notices that must follow.
#pragma once

#include <memory>
#include <ostream>

#include "base/result.h"
#include "contract/contract.h"
#include "platform-simulator/endpoints.h"
#include "platform-simulator/play_arguments.h"

namespace guarantee::platform_simulator {

// True when every step was seen within the timeout; each step is written to `out` as it happens.
// An error only when the story cannot begin at all.
[[nodiscard]] Result<bool> PlayStory(const PlayOptions& options, const PlayEndpoints& endpoints,
                                     const contract::Contract& contract, std::ostream& out);

}  // namespace guarantee::platform_simulator
