// The rules file: what the institution lets the program decide by itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "credit/domain/commands.h"

namespace guarantee::credit {

inline constexpr int kValidDaysMax = 3'650;

struct Rules {
  Money limit;         // of every line
  int valid_days = 0;  // 1 to kValidDaysMax, after the day of the grant
};

// {"credit": {"limit": "10000000.00", "valid_days": 365}}. The file is shared with the other
// services: what is beside "credit" is theirs, unknown keys inside it are refused by name
// ("rules"). Empty: there is no "credit", nothing is decided.
[[nodiscard]] Result<std::optional<Rules>> ReadRules(std::string_view json);

// The grant of the open application; empty: there is none, or more is reserved than the limit, and
// people have to decide. The id is made of the number, so that the same application gets the same
// decision.
[[nodiscard]] std::optional<Command> DecideByRules(const Rules& rules, const Credit& row,
                                                   UnixMillis now);

}  // namespace guarantee::credit
