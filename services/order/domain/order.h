// The order as a plain value: what the platform asked for, what the institution decided, what was
// paid and which letter came of it. It is rebuilt by applying events; nothing here reads a clock,
// makes a number or reaches out. All times are UTC milliseconds, all amounts fen.
//
// Personal and sealed values are held as the opaque text that arrived. They may be stored and
// handed to the adapters that need them, never printed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/money.h"
#include "machine/decide.h"
#include "order/domain/refusals.h"

namespace guarantee::order {

// Rulings 5.1. kNone stands for "no such order" in the table and is never stored.
enum class State : std::uint8_t {
  kNone,
  kAccepted,
  kUnderwriting,
  kAwaitPremium,
  kPremiumReceived,
  kIssuing,
  kIssued,
  kRejected,
  kCancelled,
  kLapsed,
};
inline constexpr std::size_t kStateCount = 10;

// What the protocol calls being handled: the states in which 3.3 may still close the order.
[[nodiscard]] constexpr bool IsOpen(State state) {
  return state >= State::kAccepted && state <= State::kPremiumReceived;
}
// Ended without a letter.
[[nodiscard]] constexpr bool IsEnded(State state) { return state >= State::kRejected; }

// Bounds of what one order remembers; older payments and times fall out first, a full decision
// log refuses further decisions.
using machine::kRememberedDecisionsMax;
inline constexpr std::size_t kRememberedPaymentsMax = 64;
inline constexpr std::size_t kRememberedTimesMax = 32;

// Who and what the guarantee is about: ciphertext before bid opening, kept as it came.
struct SealedFields {
  std::string bidder_name;
  std::string bidder_code;
  std::string project_name;
  std::string project_number;
  std::string section_number;
  std::string section_name;
  std::string tenderee_name;
  std::string tenderee_code;

  bool operator==(const SealedFields&) const = default;
};

// The bidder's basic account (rule B4). `checked`: the premium must come from it.
struct BasicAccount {
  bool checked = false;
  std::string bank;
  std::string account;

  bool operator==(const BasicAccount&) const = default;
};

// The identity that the bidder proved on the institution's page.
struct Identity {
  std::string name;
  std::string code;

  bool operator==(const Identity&) const = default;
};

// `rate_ppm` is the premium rate in parts per million: 0.25 % is 2,500.
struct Quote {
  Money premium;
  std::int64_t rate_ppm = 0;

  bool operator==(const Quote&) const = default;
};

// A letter that lies in the document store, signed and verified. An empty number in a command
// means "the reserved one".
struct Letter {
  std::string guarantee_no;
  std::string sha256;  // lower-case hexadecimal
  std::int64_t size_bytes = 0;
  std::string media_type;
  UnixMillis generated_at;
  UnixMillis valid_begin;
  UnixMillis valid_end;

  bool operator==(const Letter&) const = default;
};

// A premium as it arrived. `reference` names the payment and is never empty. `waived`: a decision
// named the payer and no money moved, so none goes back.
struct Payment {
  std::string payer_name;
  std::string payer_account;
  Money amount;
  UnixMillis arrived_at;
  std::string reference;
  bool waived = false;

  bool operator==(const Payment&) const = default;
};

enum class CreditState : std::uint8_t { kNone, kAsked, kReserved, kDenied, kReleased };

// The last 3.3. `apply_no` is echoed as it came.
struct CancelRequest {
  std::string apply_no;
  std::string remark;
  UnixMillis received_at;
  bool declined = false;

  bool operator==(const CancelRequest&) const = default;
};

// kNone: it was applied.
using DecisionRecord = machine::DecisionRecord<RefusalCode>;

struct Order {
  State state = State::kNone;
  // Events applied so far; a decision names the revision it was based on. `terms_revision` is
  // the revision of the last change that an earlier decision cannot have known.
  std::int64_t revision = 0;
  std::int64_t terms_revision = 0;

  std::string partner;
  std::string order_no;
  std::string business_no;  // of 3.1
  Money amount;
  UnixMillis applied_at;   // as the platform wrote it; informational
  UnixMillis received_at;  // stamped by the gateway
  UnixMillis purchase_deadline;
  UnixMillis open_time;
  SealedFields sealed;
  BasicAccount basic_account;

  std::optional<UnixMillis> redirect_spent_at;
  std::string redirect_visit_id;
  std::optional<Identity> bidder;

  // The decision that approved or rejected.
  std::string decided_by;
  std::string decision_reason;
  std::vector<DecisionRecord> decisions;
  Quote quote;
  std::string guarantee_no;               // set at approval, reserved from issuing on
  std::optional<Payment> declared_payer;  // the payer facts a decision brought
  std::optional<Letter> offered_letter;   // the letter a decision brought

  std::optional<Payment> premium;
  bool premium_refunded = false;
  std::vector<std::string> payment_references;

  CreditState credit = CreditState::kNone;
  std::optional<UnixMillis> credit_answer_due;

  std::int64_t letter_attempt = 0;  // letters asked for so far
  std::optional<UnixMillis> letter_retry_due;
  std::optional<Letter> letter;
  std::optional<UnixMillis> issued_at;
  std::optional<UnixMillis> issue_acknowledged_at;    // the platform accepted 3.2
  std::optional<UnixMillis> issue_notice_expired_at;  // 3.2 could not be delivered in time

  std::optional<CancelRequest> cancel_request;
  RefusalCode end_reason = RefusalCode::kNone;  // why rejected or lapsed

  // Receipt of the 3.22 and the 3.23 that count: what was received before changes nothing any more.
  UnixMillis open_time_received_at;
  UnixMillis deadline_received_at;
  // Values that the times had before, oldest first: a value that comes back is worth an alarm.
  std::vector<UnixMillis> earlier_deadlines;
  std::vector<UnixMillis> earlier_open_times;

  bool operator==(const Order&) const = default;
};

[[nodiscard]] inline bool CancellationPending(const Order& order) {
  return order.cancel_request && !order.cancel_request->declined;
}

// Account numbers without spaces and dashes; names without spaces and with plain parentheses.
[[nodiscard]] bool SameAccount(std::string_view left, std::string_view right);
[[nodiscard]] bool SamePartyName(std::string_view left, std::string_view right);

}  // namespace guarantee::order
