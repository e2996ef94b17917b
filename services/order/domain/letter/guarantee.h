// A guarantee as a plain value: the letter after its issue, until its end and beyond (rulings 5.2
// and 5.5). It is rebuilt by applying events; nothing here reads a clock, makes a number or reaches
// out. All times are UTC milliseconds, all amounts fen.
//
// Names and reasons are personal: they may be stored and handed to the adapters that need them,
// never printed. No key ever comes here, only its fingerprint.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/money.h"
#include "machine/decide.h"
#include "order/domain/letter/refusals.h"

namespace guarantee::order::letter {

// kNone stands for "no such guarantee" in the table and is never stored. Restored names are kept
// beside the state: a letter that ended sealed may still be opened afterwards.
enum class State : std::uint8_t {
  kNone,
  kSealed,
  kRestored,
  kRefunded,
  kCancelled,
  kPaid,
  kExpired,
};
inline constexpr std::size_t kStateCount = 7;

[[nodiscard]] constexpr bool IsLive(State state) {
  return state == State::kSealed || state == State::kRestored;
}
[[nodiscard]] constexpr bool IsEnded(State state) { return state >= State::kRefunded; }

// Bounds of what one guarantee remembers; the oldest falls out first, except restore requests that
// still wait for the plain letter: those are refused when there are too many.
using machine::kRememberedDecisionsMax;
inline constexpr std::size_t kRememberedOperationsMax = 64;
inline constexpr std::size_t kRememberedPaymentsMax = 64;
inline constexpr std::size_t kRememberedRestoresMax = 32;

// A file in the document store.
struct LetterFile {
  std::string sha256;  // lower-case hexadecimal
  std::int64_t size_bytes = 0;
  std::string media_type;
  UnixMillis generated_at;

  bool operator==(const LetterFile&) const = default;
};

// The premium that counts. `waived`: a decision named the payer and no money moved, so none goes
// back.
struct Premium {
  Money amount;
  std::string payer_name;
  std::string payer_account;
  std::string reference;
  bool waived = false;

  bool operator==(const Premium&) const = default;
};

// The reservation behind the letter; `flow` is the credit line's flow, where the release goes.
struct Credit {
  bool reserved = false;
  std::string flow;

  bool operator==(const Credit&) const = default;
};

// What 3.7 opened.
struct RestoredNames {
  std::string bidder_name;
  std::string bidder_code;
  std::string project_name;
  std::string project_number;
  std::string section_number;
  std::string section_name;
  std::string tenderee_name;
  std::string tenderee_code;

  bool operator==(const RestoredNames&) const = default;
};

// `key_fingerprint`: a keyed digest that the caller makes of the key.
struct Restore {
  RestoredNames names;
  std::string key_fingerprint;
  UnixMillis at;

  bool operator==(const Restore&) const = default;
};

// A 3.7 that succeeded, and when the gateway had it last: what comes with the same time is the
// same request, which the gateway has called again because an answer was lost.
struct RestoreRequest {
  std::string business_no;
  UnixMillis received_at;

  bool operator==(const RestoreRequest&) const = default;
};

enum class RefundStatus : std::uint8_t { kRequested, kApproved, kRefused, kWithdrawn };

// The last 3.15.
struct Refund {
  std::string business_no;
  std::string reason;
  RefundStatus status = RefundStatus::kRequested;
  UnixMillis requested_at;
  std::optional<UnixMillis> notice_accepted_at;  // of 3.16 result 0
  std::optional<UnixMillis> notice_expired_at;

  bool operator==(const Refund&) const = default;
};

// kRequested: by the platform. kProposed, kConsented, kClosed: our own 3.9.
enum class CancellationStatus : std::uint8_t {
  kRequested,
  kProposed,
  kConsented,
  kDone,
  kRefused,
  kWithdrawn,
  kClosed,
};

// The last 3.9, of either direction. `sent_at`: our own 3.9 waits for the acceptance of 3.2.
struct Cancellation {
  std::string business_no;
  std::string reason;
  bool own = false;
  CancellationStatus status = CancellationStatus::kRequested;
  UnixMillis requested_at;
  std::optional<UnixMillis> sent_at;
  std::optional<UnixMillis> answer_due;  // empty once it has passed
  bool overdue = false;

  bool operator==(const Cancellation&) const = default;
};

struct ClaimHold {
  std::string business_no;
  UnixMillis received_at;

  bool operator==(const ClaimHold&) const = default;
};

enum class OperationKind : std::uint8_t { kRefund, kCancellation, kProposal, kClaim };
enum class OperationOutcome : std::uint8_t { kDone, kRefused, kWithdrawn };

// An operation that has its answer.
struct Operation {
  OperationKind kind = OperationKind::kRefund;
  std::string business_no;
  OperationOutcome outcome = OperationOutcome::kDone;
  std::string withdraw_reason;  // of the first withdrawal

  bool operator==(const Operation&) const = default;
};

// kNone: it was applied.
using DecisionRecord = machine::DecisionRecord<RefusalCode>;

struct Guarantee {
  State state = State::kNone;
  // Events applied so far; a decision names the revision it was based on. `terms_revision` is
  // the revision of the last change that an earlier decision cannot have known.
  std::int64_t revision = 0;
  std::int64_t terms_revision = 0;

  std::string partner;
  std::string guarantee_no;
  std::string order_no;
  std::string order_flow;
  Money amount;
  Money available;
  UnixMillis issued_at;
  UnixMillis valid_begin;
  UnixMillis valid_end;
  UnixMillis open_time;
  UnixMillis purchase_deadline;
  LetterFile sealed_letter;
  std::optional<Premium> premium;
  bool premium_returned = false;
  Credit credit;
  std::optional<UnixMillis> issue_acknowledged_at;  // the platform accepted 3.2

  std::optional<Restore> restore;
  std::vector<RestoreRequest> restore_requests;  // oldest first
  std::optional<LetterFile> plain_letter;
  std::optional<UnixMillis> plain_acknowledged_at;  // the platform accepted a 3.8

  std::optional<Refund> refund;
  std::optional<Cancellation> cancellation;
  std::optional<ClaimHold> hold;
  std::vector<std::string> payment_references;
  std::vector<Operation> operations;
  std::vector<DecisionRecord> decisions;

  bool operator==(const Guarantee&) const = default;
};

[[nodiscard]] inline bool RefundPending(const Guarantee& guarantee) {
  return guarantee.refund && guarantee.refund->status == RefundStatus::kRequested;
}
// The platform's 3.9 waits for our answer.
[[nodiscard]] inline bool CancellationPending(const Guarantee& guarantee) {
  return guarantee.cancellation && guarantee.cancellation->status == CancellationStatus::kRequested;
}
// Our own 3.9 waits to be sent or for the platform's answer.
[[nodiscard]] inline bool ProposalOpen(const Guarantee& guarantee) {
  return guarantee.cancellation &&
         (guarantee.cancellation->status == CancellationStatus::kProposed ||
          guarantee.cancellation->status == CancellationStatus::kConsented);
}

// The 3.7 of that number, or null.
[[nodiscard]] inline const RestoreRequest* FindRestore(const Guarantee& guarantee,
                                                       const std::string& business_no) {
  for (const RestoreRequest& one : guarantee.restore_requests) {
    if (one.business_no == business_no) return &one;
  }
  return nullptr;
}

}  // namespace guarantee::order::letter
