// The one entrance to the credit's rules.
#pragma once

#include <optional>

#include "credit/domain/commands.h"
#include "credit/domain/effects.h"
#include "credit/domain/events.h"
#include "machine/decide.h"

namespace guarantee::credit {

using machine::Verdict;
using Decision = machine::Decision<RefusalCode, Event, Effect>;

// `now` is the time of processing; what is judged by arrival carries its own time. Total: every
// command has an answer in every state, an absent row included. Pure and thread-safe.
[[nodiscard]] Decision Decide(const std::optional<Credit>& row, const Command& command,
                              UnixMillis now);

}  // namespace guarantee::credit
