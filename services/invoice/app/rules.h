// The rules file: what the institution lets the program decide by itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "invoice/domain/commands.h"

namespace guarantee::invoice {

// {"invoice": {"issue": true}}. The file is shared with the other services: what is beside
// "invoice" is theirs, unknown keys inside it are refused by name ("rules"). False: nothing is
// decided.
[[nodiscard]] Result<bool> ReadRules(std::string_view json);

// For demonstration only: issues the open request that was checked, with a number that no tax
// system gave, made of the event's digest, and a link that leads nowhere. The same event gives the
// same decision. Empty: nothing is to be issued.
[[nodiscard]] std::optional<Command> IssueByRules(const Invoices& row, const std::string& event_id);

}  // namespace guarantee::invoice
