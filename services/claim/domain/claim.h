// The claims of one guarantee, as a value (rulings 5.4). At most one of them is open.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/money.h"
#include "claim/domain/refusals.h"
#include "machine/decide.h"

namespace guarantee::claim {

// kNone: no such claim.
enum class State : std::uint8_t {
  kNone,
  kReceived,
  kExamining,
  kPaying,
  kPaid,
  kRefused,
  kWithdrawn,
};
inline constexpr std::size_t kStateCount = 7;

[[nodiscard]] constexpr bool IsOpen(State state) {
  return state == State::kReceived || state == State::kExamining || state == State::kPaying;
}

inline constexpr std::size_t kClaimsMax = 64;         // of one guarantee
inline constexpr std::size_t kAttachmentsMax = 16;    // of one claim
inline constexpr std::size_t kDiscrepanciesMax = 32;  // of one refusal

// Percent of the examination's time.
inline constexpr std::int32_t kClockWarned = 80;
inline constexpr std::int32_t kClockEnded = 100;

struct Party {
  std::string name;
  std::string code;
  bool operator==(const Party&) const = default;
};

// The order service's answer to our request for a hold; kNone: nobody asked.
enum class Hold : std::uint8_t { kNone, kAsked, kHeld, kRefused };

// Whether the beneficiary is the restored letter's tenderee; kOpen: not compared yet.
enum class Match : std::uint8_t { kOpen, kSame, kDiffers };

// What the platform said to a claim that we registered; kSilent: nothing within its days.
enum class PlatformAnswer : std::uint8_t { kNone, kAwaited, kSilent, kPaid, kRefused, kClosed };

// `amount`: what the principal saw and approved.
struct Approval {
  std::string decided_by;
  Money amount;
  bool operator==(const Approval&) const = default;
};

using DecisionRecord = machine::DecisionRecord<RefusalCode>;

struct Claim {
  State state = State::kNone;
  std::string business_no;
  bool own = false;                      // registered by us: a paper claim
  UnixMillis received_at;                // the presentation
  UnixMillis warning_at;                 // 80 % of the examination's business days have passed
  UnixMillis examine_end;                // from here on a refusal is precluded
  std::int32_t clock = 0;                // of the last escalation: 0, kClockWarned, kClockEnded
  Party beneficiary;                     // as sent
  std::vector<std::string> attachments;  // references; of a paper claim as registered

  Hold hold = Hold::kNone;
  std::optional<UnixMillis> hold_answer_due;
  Match match = Match::kOpen;
  std::optional<Money> demand;  // empty: the full available amount
  std::vector<std::string> examiners;
  std::vector<Approval> approvals;
  std::vector<std::string> discrepancies;  // of the refusal
  std::optional<Money> ordered;            // what two principals approved
  std::optional<Money> paid;
  std::string payment_reference;
  RefusalCode end_reason = RefusalCode::kNone;

  std::string withdrawal_reason;  // of the first 3.19
  bool withdrawal_asked = false;
  std::string consent_document;  // the beneficiary's, on file: a 3.19 may pass

  PlatformAnswer platform = PlatformAnswer::kNone;
  std::optional<UnixMillis> platform_answer_due;

  // The row's revision at the last change that an earlier decision cannot have known.
  std::int64_t terms_revision = 0;
  std::vector<DecisionRecord> decisions;

  bool operator==(const Claim&) const = default;
};

// What the order service told us of the guarantee. `available` holds while it is held.
struct Guarantee {
  std::optional<Money> available;
  std::optional<UnixMillis> valid_end;
  std::optional<Party> tenderee;  // known once the letter is restored
  bool operator==(const Guarantee&) const = default;
};

// One row, one flow.
struct Claims {
  std::int64_t revision = 0;  // events applied so far
  std::string partner;
  std::string guarantee_no;
  Guarantee guarantee;
  std::vector<Claim> claims;              // in order of arrival
  std::vector<DecisionRecord> decisions;  // those that concerned no claim of the row

  bool operator==(const Claims&) const = default;
};

[[nodiscard]] const Claim* FindClaim(const Claims& row, std::string_view business_no);
[[nodiscard]] const Claim* OpenClaim(const Claims& row);
// Which claim a number means; an empty one means the open claim, else the latest.
[[nodiscard]] std::string FocusOf(const Claims& row, const std::string& business_no);
// The one that people look for: the open claim, else the last that was paid, else the latest; null
// where there is none.
[[nodiscard]] const Claim* ShownClaim(const Claims& row);
// What the beneficiary asks for: known once the guarantee is held.
[[nodiscard]] Money DemandOf(const Claims& row, const Claim& claim);
[[nodiscard]] const DecisionRecord* FindDecision(const Claims& row, const std::string& decision_id);
// The code decides; the name only where the letter names no code (rulings 3.11).
[[nodiscard]] bool SameParty(const Party& sent, const Party& restored);

}  // namespace guarantee::claim
