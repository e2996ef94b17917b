// The invoices of one guarantee, as a value (rulings 5.5, 3.13): what we know of the guarantee, and
// the requests. At most one request is open, and at most one blue invoice is valid.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/money.h"
#include "invoice/domain/refusals.h"
#include "machine/decide.h"

namespace guarantee::invoice {

// Of one request. kWaiting: for the platform's acceptance of 3.8. kReversed: a red letter took the
// invoice back.
enum class State : std::uint8_t { kNone, kWaiting, kRequested, kIssued, kReversed, kFailed };
inline constexpr std::size_t kStateCount = 6;

[[nodiscard]] constexpr bool IsOpen(State state) {
  return state == State::kWaiting || state == State::kRequested;
}

inline constexpr std::size_t kRequestsMax = 64;  // of one guarantee

enum class Kind : std::uint8_t { kOrdinary, kSpecial };  // 普票, 专票

// What was accepted although something is odd.
enum class Flag : std::uint8_t { kNoContact, kNoRecipient, kNoMailAddress, kOddTaxNumber };

struct Bidder {
  std::string name;
  std::string code;
  bool operator==(const Bidder&) const = default;
};

// Whom the invoice is made out to; `code` is the tax number.
struct Buyer {
  std::string name;
  std::string code;
  std::string address;
  std::string phone;
  std::string bank;
  std::string account;
  bool operator==(const Buyer&) const = default;
};

// `title` and `mail_address` are filled from the buyer where they were empty.
struct Delivery {
  std::string title;
  std::string mail_address;
  std::string recipient;
  std::string email;
  std::string mobile;
  bool operator==(const Delivery&) const = default;
};

// Rulings 7.4: a 数电票 has a number of 20 digits and no code; older electronic invoices have a
// code of 10 to 12 digits and a number of 8.
struct InvoiceNumber {
  std::string number;
  std::string code;
  bool operator==(const InvoiceNumber&) const = default;
};
[[nodiscard]] bool IsWellFormed(const InvoiceNumber& number);

using DecisionRecord = machine::DecisionRecord<RefusalCode>;

struct Request {
  State state = State::kNone;
  std::string business_no;
  UnixMillis received_at;
  UnixMillis wait_until;
  Kind kind = Kind::kOrdinary;
  Money amount;
  Buyer buyer;
  Delivery delivery;
  bool tax_number_fits = false;  // by its check digit
  std::vector<Flag> flags;

  InvoiceNumber blue;
  std::string url;
  InvoiceNumber red;
  RefusalCode end_reason = RefusalCode::kNone;
  std::string end_text;
  std::vector<DecisionRecord> decisions;
  bool operator==(const Request&) const = default;
};

// What the order service and the dispatcher told us.
struct Guarantee {
  std::optional<Bidder> bidder;  // restored
  Money premium;                 // actually received
  std::optional<UnixMillis> restored_at;
  std::optional<UnixMillis> accepted_at;  // 3.8, by the platform
  Money returned;                         // of the premium, in all
  bool operator==(const Guarantee&) const = default;
};

// One row, one flow.
struct Invoices {
  std::int64_t revision = 0;  // events applied so far
  std::string partner;
  std::string guarantee_no;
  Guarantee guarantee;
  std::vector<Request> requests;  // in order of arrival
  // The row's revision at the last change that an earlier decision cannot have known.
  std::int64_t terms_revision = 0;
  std::vector<DecisionRecord> decisions;  // those that concerned no request of the row
  bool operator==(const Invoices&) const = default;
};

[[nodiscard]] const Request* FindRequest(const Invoices& row, std::string_view business_no);
[[nodiscard]] const Request* OpenRequest(const Invoices& row);
// The one that people look for: the open request, else the issued one, else the latest; null where
// there is none.
[[nodiscard]] const Request* ShownRequest(const Invoices& row);
[[nodiscard]] const Request* IssuedRequest(const Invoices& row);
[[nodiscard]] const DecisionRecord* FindDecision(const Invoices& row,
                                                 const std::string& decision_id);
// The premium that we still have; the only amount an invoice may be for.
[[nodiscard]] Money PremiumLeft(const Guarantee& guarantee);

}  // namespace guarantee::invoice
