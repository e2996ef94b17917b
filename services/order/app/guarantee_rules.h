// What the institution lets the program decide about guarantees by itself.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "order/app/guarantee_work.h"
#include "order/app/ports.h"

namespace guarantee::order {

struct GuaranteeRulesFile {
  GuaranteeRules rules;     // without the letter's reference
  std::string letter_file;  // the plain letter, a PDF; relative to the rules file; empty: none
};

// {"guarantee": {"refund_up_to": "10000000.00", "cancel_up_to": "10000000.00", "letter_file":
// "letter.pdf"}}, each optional; unknown keys inside are refused by name ("rules"). Empty: there is
// no "guarantee", nothing is decided.
[[nodiscard]] Result<std::optional<GuaranteeRulesFile>> ReadGuaranteeRules(std::string_view json);

// What the rules decide next about the guarantee; empty: nothing. The ids are made of the numbers,
// so that the same request gets the same decision.
[[nodiscard]] std::optional<letter::Command> DecideByRules(const GuaranteeRules& rules,
                                                           const letter::Guarantee& guarantee,
                                                           UnixMillis now);

// Decides what can be decided about the guarantee of the cause's flow, in the same transaction.
[[nodiscard]] Result<void> ApplyGuaranteeRules(service::Outbound& out,
                                               const GuaranteeSettings& settings,
                                               const GuaranteeRules& rules);

}  // namespace guarantee::order
