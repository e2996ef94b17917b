// Records and calls as commands of the domain.
#pragma once

#include <cstddef>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "invoice/domain/commands.h"

namespace guarantee::event::v1 {
class DecideInvoice;
class GuaranteeRestored;
class PremiumReturned;
}  // namespace guarantee::event::v1
namespace guarantee::partner::v1 {
class InvoiceApply;
}  // namespace guarantee::partner::v1

namespace guarantee::invoice {

// Of the platform; `received_at` is the gateway's stamp.
[[nodiscard]] Command ToCommand(const partner::v1::InvoiceApply& request,
                                const std::string& partner, UnixMillis received_at);

// Of the order service.
[[nodiscard]] Command ToCommand(const event::v1::GuaranteeRestored& message,
                                const std::string& partner);
[[nodiscard]] Command ToCommand(const event::v1::PremiumReturned& message,
                                const std::string& partner);

// `link_length_max`: the most characters of a link that the platform takes, as the contract says; a
// longer one would be parked with its notice. Refused "decision.…" naming the field when the
// message itself is unusable.
[[nodiscard]] Result<Command> ToCommand(const event::v1::DecideInvoice& decision,
                                        std::size_t link_length_max);

}  // namespace guarantee::invoice
