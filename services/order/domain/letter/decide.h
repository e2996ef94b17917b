// The one entrance to the guarantee's rules.
#pragma once

#include <optional>

#include "machine/decide.h"
#include "order/domain/letter/commands.h"
#include "order/domain/letter/effects.h"
#include "order/domain/letter/events.h"
#include "order/domain/letter/guarantee.h"
#include "order/domain/letter/policy.h"

namespace guarantee::order::letter {

using machine::Verdict;
using Decision = machine::Decision<RefusalCode, Event, Effect>;

// `now` is the time of processing; requests and facts carry their own times. Total: every command
// has an answer in every state, an absent guarantee included. Pure and thread-safe.
//
// Answers that the platform waits for (3.7, 3.18, 3.20, 3.22, 3.23): kApplied and kSameAgain are
// 200 (`data` "0"), kRefused is 500 (`data` "1") with FactsOf(refusal).text.
[[nodiscard]] Decision Decide(const std::optional<Guarantee>& guarantee, const Command& command,
                              UnixMillis now, const Policy& policy);

}  // namespace guarantee::order::letter
