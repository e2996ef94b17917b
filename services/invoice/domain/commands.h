// What can be asked of the invoices of one guarantee: a request of the platform (section in
// brackets), a decision of the institution, a fact from our own services, or a timer. Times of
// arrival are stamped by whoever received the thing, never by the domain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "invoice/domain/invoice.h"

namespace guarantee::invoice {

// Every decision. The same id again is the same decision, whatever else it says.
using machine::DecisionHead;

// 3.13. `tax_number_fits`: the buyer's code passes its check digit, as the caller found.
struct RequestInvoice {
  std::string partner;
  std::string guarantee_no;
  std::string business_no;
  UnixMillis received_at;
  Kind kind = Kind::kOrdinary;
  Money amount;
  Buyer buyer;
  Delivery delivery;
  bool tax_number_fits = false;
};

// An empty `business_no` in a decision means the open request, else the latest; for a red letter
// the issued one.
struct Issue {
  DecisionHead decision;
  std::string business_no;
  InvoiceNumber number;
  std::string url;
};
struct Fail {
  DecisionHead decision;
  std::string business_no;
};
// The red letter: `number` is its own.
struct Reverse {
  DecisionHead decision;
  std::string business_no;
  InvoiceNumber number;
};

struct GuaranteeRestored {
  std::string partner;
  std::string guarantee_no;
  Bidder bidder;
  Money premium;
  UnixMillis restored_at;
};
// The platform accepted 3.8.
struct RestoreAccepted {
  std::string partner;
  std::string guarantee_no;
  UnixMillis accepted_at;
};
// `amount`: what went back in all.
struct PremiumReturned {
  std::string partner;
  std::string guarantee_no;
  Money amount;
};

// The wait is over; a timer that the request no longer has is without effect.
struct TimePassed {
  std::string business_no;
  UnixMillis due;
};

using Command = std::variant<RequestInvoice, Issue, Fail, Reverse, GuaranteeRestored,
                             RestoreAccepted, PremiumReturned, TimePassed>;

// In the variant's order. kProceed is the request's own next step, taken by Decide after every
// applied command; nobody can send it.
enum class CommandKind : std::uint8_t {
  kRequestInvoice,
  kIssue,
  kFail,
  kReverse,
  kGuaranteeRestored,
  kRestoreAccepted,
  kPremiumReturned,
  kTimePassed,
  kProceed,
};
inline constexpr std::size_t kCommandCount = 9;
static_assert(std::variant_size_v<Command> + 1 == kCommandCount);

[[nodiscard]] inline CommandKind KindOf(const Command& command) {
  return static_cast<CommandKind>(command.index());
}

// The decision's head, or null where the command is no decision.
[[nodiscard]] const DecisionHead* HeadOf(const Command& command);

}  // namespace guarantee::invoice
