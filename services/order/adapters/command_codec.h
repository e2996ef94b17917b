// Records and calls as commands of the domain.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "order/app/ports.h"
#include "order/domain/commands.h"

namespace guarantee::event::v1 {
class DecideOrder;
class SuppliedLetter;
}  // namespace guarantee::event::v1
namespace guarantee::partner::v1 {
class OrderApply;
class OrderCancelApply;
}  // namespace guarantee::partner::v1

namespace guarantee::order {

[[nodiscard]] Apply31 ToCommand(const partner::v1::OrderApply& request, const std::string& partner,
                                UnixMillis received_at);
[[nodiscard]] Cancel ToCommand(const partner::v1::OrderCancelApply& request,
                               UnixMillis received_at);

// A decision that is not yet bound to an order: defaults that depend on it are filled by Bind.
// `letter` is the reference of the supplied file, once kept. Refused "decision.…" naming the field
// when the message itself is unusable.
[[nodiscard]] Result<Command> ToCommand(const event::v1::DecideOrder& decision,
                                        const std::optional<DocumentFacts>& letter,
                                        UnixMillis arrived_at);

// Premium, rate, guarantee number and the letter's times where the decision left them open.
void Bind(Command& command, const Order& order, const std::string& minted_guarantee_no,
          UnixMillis now, const Policy& policy);

// The letter that comes with a decision, if any.
[[nodiscard]] const event::v1::SuppliedLetter* LetterOf(const event::v1::DecideOrder& decision);
// Numbers of guarantees that the command brings.
[[nodiscard]] std::string GuaranteeNumberOf(const Command& command);

}  // namespace guarantee::order
