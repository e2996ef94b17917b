// What happened to a claim. Whatever stands in a member called `sensitive` is for our own store
// only; everything else may be published.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "claim/domain/claim.h"

namespace guarantee::claim {

// Both empty where no decision made it.
struct DecidedBy {
  std::string decision_id;
  std::string decided_by;
  bool operator==(const DecidedBy&) const = default;
};

struct ClaimReceived {
  std::string partner;
  std::string guarantee_no;
  std::string business_no;
  bool own = false;
  UnixMillis received_at;
  UnixMillis warning_at;
  UnixMillis examine_end;
  std::optional<UnixMillis> hold_answer_due;  // empty: no hold is asked for
  DecidedBy by;
  struct Sensitive {
    Party beneficiary;
    std::vector<std::string> attachments;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const ClaimReceived&) const = default;
};

// The order service was asked and did not answer in time.
struct HoldAskedAgain {
  std::string business_no;
  UnixMillis answer_due;
  bool operator==(const HoldAskedAgain&) const = default;
};
// `platform_answer_due` where the platform now gets a 3.11 of ours.
struct GuaranteeLocked {
  std::string business_no;
  Money available;
  UnixMillis valid_end;
  bool sealed = false;  // the comparison has to wait
  std::optional<UnixMillis> platform_answer_due;
  struct Sensitive {
    std::optional<Party> tenderee;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const GuaranteeLocked&) const = default;
};
struct NamesRestored {
  std::string partner;
  std::string guarantee_no;
  UnixMillis restored_at;
  struct Sensitive {
    Party tenderee;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const NamesRestored&) const = default;
};
struct BeneficiaryCompared {
  std::string business_no;
  bool same = false;
  bool operator==(const BeneficiaryCompared&) const = default;
};

struct ExaminationOpened {
  std::string business_no;
  DecidedBy by;
  UnixMillis at;
  bool operator==(const ExaminationOpened&) const = default;
};
// Takes back what was approved for another amount.
struct DemandLowered {
  std::string business_no;
  Money amount;
  DecidedBy by;
  UnixMillis at;
  struct Sensitive {
    std::string document;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const DemandLowered&) const = default;
};
// `final`: the second of two, and the payment is ordered.
struct PaymentApproved {
  std::string business_no;
  Money amount;
  bool final = false;
  DecidedBy by;
  UnixMillis at;
  bool operator==(const PaymentApproved&) const = default;
};
// `by` is empty where the platform's 3.12 said so of a registered claim.
struct ClaimPaid {
  std::string business_no;
  Money amount;
  Money available;  // what is left
  UnixMillis paid_at;
  DecidedBy by;
  struct Sensitive {
    std::string reference;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const ClaimPaid&) const = default;
};
struct ClaimRefused {
  std::string business_no;
  RefusalCode reason = RefusalCode::kNone;
  DecidedBy by;
  UnixMillis at;
  struct Sensitive {
    std::vector<std::string> discrepancies;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const ClaimRefused&) const = default;
};

struct WithdrawalAsked {
  std::string business_no;
  UnixMillis at;
  struct Sensitive {
    std::string reason;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const WithdrawalAsked&) const = default;
};
struct WithdrawalPreApproved {
  std::string business_no;
  DecidedBy by;
  UnixMillis at;
  struct Sensitive {
    std::string document;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const WithdrawalPreApproved&) const = default;
};
struct ClaimWithdrawn {
  std::string business_no;
  DecidedBy by;
  UnixMillis at;
  struct Sensitive {
    std::string reason;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const ClaimWithdrawn&) const = default;
};

struct ClockPassed {
  std::string business_no;
  std::int32_t percent = 0;
  UnixMillis at;
  bool operator==(const ClockPassed&) const = default;
};

// `contradicts`: it is not what our own books say.
struct PlatformAnswered {
  std::string business_no;
  bool paid = false;
  Money amount;
  bool contradicts = false;
  UnixMillis at;
  bool operator==(const PlatformAnswered&) const = default;
};
struct PlatformSilent {
  std::string business_no;
  UnixMillis at;
  bool operator==(const PlatformSilent&) const = default;
};
struct RegistrationClosed {
  std::string business_no;
  DecidedBy by;
  UnixMillis at;
  bool operator==(const RegistrationClosed&) const = default;
};

struct DecisionRefused {
  std::string business_no;
  DecidedBy by;
  RefusalCode reason = RefusalCode::kNone;
  UnixMillis at;
  bool operator==(const DecisionRefused&) const = default;
};

using Event =
    std::variant<ClaimReceived, HoldAskedAgain, GuaranteeLocked, NamesRestored, BeneficiaryCompared,
                 ExaminationOpened, DemandLowered, PaymentApproved, ClaimPaid, ClaimRefused,
                 WithdrawalAsked, WithdrawalPreApproved, ClaimWithdrawn, ClockPassed,
                 PlatformAnswered, PlatformSilent, RegistrationClosed, DecisionRefused>;

// In the variant's order.
enum class EventKind : std::uint8_t {
  kClaimReceived,
  kHoldAskedAgain,
  kGuaranteeLocked,
  kNamesRestored,
  kBeneficiaryCompared,
  kExaminationOpened,
  kDemandLowered,
  kPaymentApproved,
  kClaimPaid,
  kClaimRefused,
  kWithdrawalAsked,
  kWithdrawalPreApproved,
  kClaimWithdrawn,
  kClockPassed,
  kPlatformAnswered,
  kPlatformSilent,
  kRegistrationClosed,
  kDecisionRefused,
};
inline constexpr std::size_t kEventCount = 18;
static_assert(std::variant_size_v<Event> == kEventCount);

// Pure: the same events give the same value.
[[nodiscard]] Claims Apply(Claims row, const Event& event);

}  // namespace guarantee::claim
