// The rules file: what the institution lets the program decide by itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "claim/domain/commands.h"

namespace guarantee::claim {

struct Rules {
  Money pay_up_to;  // a demand above it waits for people
};

// {"claim": {"pay_up_to": "10000000.00"}}. The file is shared with the other services: what is
// beside "claim" is theirs, unknown keys inside it are refused by name ("rules"). Empty: there is
// no "claim", nothing is decided.
[[nodiscard]] Result<std::optional<Rules>> ReadRules(std::string_view json);

// What the rules decide next for the open claim; empty: nothing. Plays both principals and the
// bank, so that it is for demonstration and for those who settle elsewhere; a claim that we
// registered is left to the platform's answer, a discrepant one is refused. The ids are made of the
// number, so that the same claim gets the same decisions.
[[nodiscard]] std::optional<Command> DecideByRules(const Rules& rules, const Claims& row,
                                                   UnixMillis now);

}  // namespace guarantee::claim
