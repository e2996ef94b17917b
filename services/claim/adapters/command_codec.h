// Records and calls as commands of the domain.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "claim/domain/commands.h"

namespace guarantee::event::v1 {
class DecideClaim;
class GuaranteeHeld;
class GuaranteeRestored;
class HoldRefused;
}  // namespace guarantee::event::v1
namespace guarantee::partner::v1 {
class CompensateApply;
class CompensateNotice;
class CompensateRevocation;
}  // namespace guarantee::partner::v1

namespace guarantee::claim {

// Of the platform; `received_at` is the gateway's stamp.
[[nodiscard]] Command ToCommand(const partner::v1::CompensateApply& request,
                                const std::string& partner, UnixMillis received_at);
[[nodiscard]] Command ToCommand(const partner::v1::CompensateRevocation& request);
[[nodiscard]] Command ToCommand(const partner::v1::CompensateNotice& notice,
                                UnixMillis received_at);

// Of the order service.
[[nodiscard]] Command ToCommand(const event::v1::GuaranteeHeld& message);
[[nodiscard]] Command ToCommand(const event::v1::HoldRefused& message);
[[nodiscard]] Command ToCommand(const event::v1::GuaranteeRestored& message,
                                const std::string& partner);

// What a decision needs of its surroundings.
struct DecisionPlace {
  std::string partner;
  std::string guarantee_no;  // of the flow that it came under
  std::string minted;        // a number for a registration
  UnixMillis arrived_at;
};
// Refused "decision.…" naming the field when the message itself is unusable.
[[nodiscard]] Result<Command> ToCommand(const event::v1::DecideClaim& decision,
                                        const DecisionPlace& place);

}  // namespace guarantee::claim
