// Records and calls as commands on a guarantee.
#pragma once

#include <optional>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "order/app/ports.h"
#include "order/domain/letter/commands.h"
#include "order/domain/order.h"

namespace guarantee::event::v1 {
class ClaimClosed;
class ClaimPaid;
class ClaimReceived;
class DecideGuarantee;
class SuppliedLetter;
}  // namespace guarantee::event::v1
namespace guarantee::partner::v1 {
class CancelApply;
class CancelNotice;
class CancelRevocation;
class OpenTimeMaintenance;
class PurchaseDeadlineMaintenance;
class RefundApply;
class RefundRevocation;
class RestoreApply;
}  // namespace guarantee::partner::v1

namespace guarantee::order::letter {

// The letter that an order has just issued. `order` must have a letter; `credit_flow` is the flow
// of the credit line that holds the order's reservation, empty where there is none.
[[nodiscard]] Issue IssueOf(const Order& order, const std::string& order_flow,
                            const std::string& credit_flow);

// What the caller made of a 3.7 before its transaction: never the key itself.
struct Opening {
  std::string key_fingerprint;
  std::optional<RestoredNames> names;  // empty: the key opened nothing, or was not tried
  bool bidder_differs = false;
};
[[nodiscard]] RequestRestore ToCommand(const partner::v1::RestoreApply& request, Opening opening,
                                       UnixMillis received_at);

[[nodiscard]] RequestRefund ToCommand(const partner::v1::RefundApply& request,
                                      UnixMillis received_at);
[[nodiscard]] RequestCancellation ToCommand(const partner::v1::CancelApply& request,
                                            UnixMillis received_at);
[[nodiscard]] CancelNoticeReceived ToCommand(const partner::v1::CancelNotice& notice,
                                             UnixMillis received_at);
[[nodiscard]] WithdrawRefund ToCommand(const partner::v1::RefundRevocation& request,
                                       UnixMillis received_at);
[[nodiscard]] WithdrawCancellation ToCommand(const partner::v1::CancelRevocation& request,
                                             UnixMillis received_at);
[[nodiscard]] OpenTimeChanged ToCommand(const partner::v1::OpenTimeMaintenance& request,
                                        UnixMillis received_at);
[[nodiscard]] DeadlineChanged ToCommand(const partner::v1::PurchaseDeadlineMaintenance& request,
                                        UnixMillis received_at);

[[nodiscard]] ClaimReceived ToCommand(const event::v1::ClaimReceived& message);
[[nodiscard]] ClaimPaid ToCommand(const event::v1::ClaimPaid& message);
[[nodiscard]] ClaimClosed ToCommand(const event::v1::ClaimClosed& message);

// `letter`: the reference of the supplied file, once kept. `minted_business_no`: for a proposal
// that brings no number. Refused "decision.…" naming the field when the message itself is unusable.
[[nodiscard]] Result<Command> ToCommand(const event::v1::DecideGuarantee& decision,
                                        const std::optional<DocumentFacts>& letter,
                                        const std::string& minted_business_no,
                                        UnixMillis arrived_at);
// The letter that comes with a decision, or null.
[[nodiscard]] const event::v1::SuppliedLetter* LetterOf(const event::v1::DecideGuarantee& decision);

}  // namespace guarantee::order::letter
