// What happened to the invoices of one guarantee. Whatever stands in a member called `sensitive` is
// for our own store only; everything else may be published.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "invoice/domain/invoice.h"

namespace guarantee::invoice {

// Both empty where no decision made it.
struct DecidedBy {
  std::string decision_id;
  std::string decided_by;
  bool operator==(const DecidedBy&) const = default;
};

struct InvoiceRequested {
  std::string partner;
  std::string guarantee_no;
  std::string business_no;
  UnixMillis received_at;
  UnixMillis wait_until;
  Kind kind = Kind::kOrdinary;
  Money amount;
  std::vector<Flag> flags;
  struct Sensitive {
    Buyer buyer;
    Delivery delivery;
    bool tax_number_fits = false;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const InvoiceRequested&) const = default;
};
// It may be issued.
struct RequestAccepted {
  std::string business_no;
  UnixMillis at;
  bool operator==(const RequestAccepted&) const = default;
};
struct InvoiceIssued {
  std::string business_no;
  InvoiceNumber number;
  DecidedBy by;
  UnixMillis at;
  struct Sensitive {
    std::string url;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const InvoiceIssued&) const = default;
};
struct InvoiceFailed {
  std::string business_no;
  RefusalCode reason = RefusalCode::kNone;
  DecidedBy by;
  UnixMillis at;
  struct Sensitive {
    std::string text;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const InvoiceFailed&) const = default;
};
// The red letter `red` took `blue` back.
struct InvoiceReversed {
  std::string business_no;
  InvoiceNumber blue;
  InvoiceNumber red;
  DecidedBy by;
  UnixMillis at;
  bool operator==(const InvoiceReversed&) const = default;
};

struct NamesRestored {
  std::string partner;
  std::string guarantee_no;
  UnixMillis restored_at;
  Money premium;
  struct Sensitive {
    Bidder bidder;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const NamesRestored&) const = default;
};
struct RestoreAcknowledged {
  std::string partner;
  std::string guarantee_no;
  UnixMillis accepted_at;
  bool operator==(const RestoreAcknowledged&) const = default;
};
struct PremiumWentBack {
  std::string partner;
  std::string guarantee_no;
  Money amount;  // in all
  bool operator==(const PremiumWentBack&) const = default;
};

struct DecisionRefused {
  std::string business_no;
  DecidedBy by;
  RefusalCode reason = RefusalCode::kNone;
  UnixMillis at;
  bool operator==(const DecisionRefused&) const = default;
};

using Event =
    std::variant<InvoiceRequested, RequestAccepted, InvoiceIssued, InvoiceFailed, InvoiceReversed,
                 NamesRestored, RestoreAcknowledged, PremiumWentBack, DecisionRefused>;

// In the variant's order.
enum class EventKind : std::uint8_t {
  kInvoiceRequested,
  kRequestAccepted,
  kInvoiceIssued,
  kInvoiceFailed,
  kInvoiceReversed,
  kNamesRestored,
  kRestoreAcknowledged,
  kPremiumWentBack,
  kDecisionRefused,
};
inline constexpr std::size_t kEventCount = 9;
static_assert(std::variant_size_v<Event> == kEventCount);

// Pure: the same events give the same value.
[[nodiscard]] Invoices Apply(Invoices row, const Event& event);

}  // namespace guarantee::invoice
