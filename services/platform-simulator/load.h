// Load for the kill loop: applications in a closed loop, and a history of what was asked and what
// was answered, from which a checker decides whether anything was lost.
#pragma once

#include <ostream>

#include "base/result.h"
#include "contract/contract.h"
#include "platform-simulator/endpoints.h"
#include "platform-simulator/play_arguments.h"

namespace guarantee::platform_simulator {

// Between two attempts of one request.
inline constexpr std::chrono::milliseconds kAttemptPause{250};

// History lines: {"time", "connection", "attempt", "type", "partner", "business_no", "order_no",
// "body_sha256"} and, of an answer, "status", "code", "message". `type`: invoke, ok (accepted),
// fail (refused for good) or info (not known: it may have had its effect). What is not known is
// sent again, the same bytes, until the timeout. True when nothing failed and nothing stayed
// unknown.
[[nodiscard]] Result<bool> RunLoad(const PlayOptions& options, const PlayEndpoints& endpoints,
                                   const contract::Contract& contract, std::ostream& out);

}  // namespace guarantee::platform_simulator
