// The one entrance to the invoice's rules.
#pragma once

#include <optional>

#include "invoice/domain/commands.h"
#include "invoice/domain/effects.h"
#include "invoice/domain/events.h"
#include "invoice/domain/policy.h"
#include "machine/decide.h"

namespace guarantee::invoice {

using machine::Verdict;
using Decision = machine::Decision<RefusalCode, Event, Effect>;

// `now` is the time of processing; what is judged by arrival carries its own time. Total: every
// command has an answer in every state, an absent row included. Pure and thread-safe.
[[nodiscard]] Decision Decide(const std::optional<Invoices>& row, const Command& command,
                              UnixMillis now, const Policy& policy);

}  // namespace guarantee::invoice
