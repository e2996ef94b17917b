// The one entrance to the claim's rules.
#pragma once

#include <optional>

#include "claim/domain/commands.h"
#include "claim/domain/effects.h"
#include "claim/domain/events.h"
#include "claim/domain/policy.h"
#include "machine/decide.h"

namespace guarantee::claim {

using machine::Verdict;
using Decision = machine::Decision<RefusalCode, Event, Effect>;

// `now` is the time of processing; what is judged by arrival carries its own time. Total: every
// command has an answer in every state, an absent row included. Pure and thread-safe.
[[nodiscard]] Decision Decide(const std::optional<Claims>& row, const Command& command,
                              UnixMillis now, const Policy& policy);

}  // namespace guarantee::claim
