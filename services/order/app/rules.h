// The rules file: what the institution lets the program decide by itself.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "order/app/ports.h"

namespace guarantee::order {

struct RulesFile {
  Rules rules;              // without the letter's reference
  std::string letter_file;  // a PDF; relative to the rules file
};

// {"order": {"approve_up_to": "10000000.00", "letter_file": "letter.pdf", "payer_name": "…",
// "payer_account": "…"}}. The file is shared with the other services: what is beside "order" is
// theirs, unknown keys inside it are refused by name ("rules").
[[nodiscard]] Result<RulesFile> ReadRules(std::string_view json);

// Approves up to the limit, with everything a letter needs, and rejects above. The decision's id
// is made of the event's, so that the same application gets the same decision.
[[nodiscard]] Command DecideByRules(const Rules& rules, const Order& order,
                                    const std::string& event_id, UnixMillis now);

}  // namespace guarantee::order
