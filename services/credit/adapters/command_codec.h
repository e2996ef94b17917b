// Records and calls as commands of the domain.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "credit/domain/commands.h"

namespace guarantee::event::v1 {
class DecideCredit;
class ReleaseCredit;
class ReserveCredit;
}  // namespace guarantee::event::v1
namespace guarantee::partner::v1 {
class CreditApply;
class CreditRevocation;
}  // namespace guarantee::partner::v1

namespace guarantee::credit {

// Of the platform; `received_at` is the gateway's stamp.
[[nodiscard]] Command ToCommand(const partner::v1::CreditApply& request, const std::string& partner,
                                UnixMillis received_at);
[[nodiscard]] Command ToCommand(const partner::v1::CreditRevocation& request,
                                UnixMillis received_at);

// Of the order service; `arrived_at` is the bus's stamp.
[[nodiscard]] Command ToCommand(const event::v1::ReserveCredit& message, UnixMillis arrived_at);
[[nodiscard]] Command ToCommand(const event::v1::ReleaseCredit& message);

// `arrived_at` stands for a beginning that is not said. Refused "decision.…" naming the field when
// the message itself is unusable.
[[nodiscard]] Result<Command> ToCommand(const event::v1::DecideCredit& decision,
                                        UnixMillis arrived_at);

// The last moment of the day, by the protocol's clock, that lies `days` after that of `from`.
[[nodiscard]] UnixMillis LastMomentOfDay(UnixMillis from, int days);

}  // namespace guarantee::credit
