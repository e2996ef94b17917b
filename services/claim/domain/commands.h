// What can be asked of the claims of one guarantee. A command is a request of the platform (section
// in brackets), a decision of the institution, a fact of the world, or a timer. Times of arrival
// are stamped by whoever received the thing, never by the domain. `business_no` says which claim;
// in decisions and facts an empty one means the open claim, else the latest.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "claim/domain/claim.h"

namespace guarantee::claim {

// Every decision. The same id again is the same decision, whatever else it says.
using machine::DecisionHead;

struct Present {  // 3.11 of the platform
  std::string partner;
  std::string guarantee_no;
  std::string business_no;
  UnixMillis received_at;
  Party beneficiary;
  std::vector<std::string> attachments;
};

struct Withdraw {  // 3.19
  std::string business_no;
  std::string reason;
};

// 3.12 of the platform, to a claim that we registered. `amount` counts on success only.
struct PlatformResult {
  std::string business_no;
  bool paid = false;
  Money amount;
  std::string description;
  UnixMillis received_at;
};

// The order service's answers to our request for a hold. `tenderee` where the letter is restored.
struct GuaranteeHeld {
  std::string business_no;
  Money available;
  UnixMillis valid_end;
  std::optional<Party> tenderee;
};
struct HoldRefused {
  std::string business_no;
  std::string reason;  // a stable word
  std::string text;    // the same in Chinese
};
struct GuaranteeRestored {
  std::string partner;
  std::string guarantee_no;
  Party tenderee;
  UnixMillis restored_at;
};

// A claim on paper: examined like any other, and told to the platform by a 3.11 of ours once the
// guarantee is held. `business_no` is minted by the caller.
struct Register {
  DecisionHead decision;
  std::string partner;
  std::string guarantee_no;
  std::string business_no;
  UnixMillis presented_at;
  Party beneficiary;
  std::vector<std::string> attachments;
};

struct OpenExamination {
  DecisionHead decision;
  std::string business_no;
};
// `document` is the beneficiary's.
struct SetDemand {
  DecisionHead decision;
  std::string business_no;
  Money amount;
  std::string document;
};
// Two different principals have to. `amount` zero: what is demanded.
struct ApprovePayment {
  DecisionHead decision;
  std::string business_no;
  Money amount;
};
// All discrepancies, once.
struct Refuse {
  DecisionHead decision;
  std::string business_no;
  std::vector<std::string> discrepancies;
};
// `document`: the beneficiary's consent.
struct PreApproveWithdrawal {
  DecisionHead decision;
  std::string business_no;
  std::string document;
};
// The bank paid. `amount` zero: what was ordered.
struct ConfirmPayment {
  DecisionHead decision;
  std::string business_no;
  std::string reference;
  Money amount;
  UnixMillis paid_at;
};
// The operator ends what the platform did not answer.
struct CloseRegistered {
  DecisionHead decision;
  std::string business_no;
};

enum class TimerKind : std::uint8_t {
  kHoldAnswer,
  kExaminationWarning,
  kExaminationEnd,
  kPlatformAnswer,
};

// A timer that has come due; one that the claim no longer has is without effect.
struct TimePassed {
  std::string business_no;
  TimerKind kind = TimerKind::kHoldAnswer;
  UnixMillis due;
};

using Command =
    std::variant<Present, Withdraw, PlatformResult, GuaranteeHeld, HoldRefused, GuaranteeRestored,
                 Register, OpenExamination, SetDemand, ApprovePayment, Refuse, PreApproveWithdrawal,
                 ConfirmPayment, CloseRegistered, TimePassed>;

// In the variant's order. kProceed is the claim's own next step, taken by Decide after every
// applied command; nobody can send it.
enum class CommandKind : std::uint8_t {
  kPresent,
  kWithdraw,
  kPlatformResult,
  kGuaranteeHeld,
  kHoldRefused,
  kGuaranteeRestored,
  kRegister,
  kOpenExamination,
  kSetDemand,
  kApprovePayment,
  kRefuse,
  kPreApproveWithdrawal,
  kConfirmPayment,
  kCloseRegistered,
  kTimePassed,
  kProceed,
};
inline constexpr std::size_t kCommandCount = 16;
static_assert(std::variant_size_v<Command> + 1 == kCommandCount);

[[nodiscard]] inline CommandKind KindOf(const Command& command) {
  return static_cast<CommandKind>(command.index());
}

// The decision's head, or null where the command is no decision.
[[nodiscard]] const DecisionHead* HeadOf(const Command& command);
// The number that the command names; empty where it names none.
[[nodiscard]] std::string BusinessNoOf(const Command& command);

}  // namespace guarantee::claim
