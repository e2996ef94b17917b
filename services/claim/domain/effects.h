// What a decision asks the outside for, as data: the caller writes it in the same transaction as
// the row (outbox rows, timer rows), nothing of it is done here.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "claim/domain/commands.h"

namespace guarantee::claim {

// 3.12 result 0.
struct NotifyPaid {
  std::string business_no;
  std::string guarantee_no;
  Money amount;
  std::string contact_name;
  std::string contact_phone;
  std::string description;
  bool operator==(const NotifyPaid&) const = default;
};
// 3.12 result 1.
struct NotifyRefused {
  std::string business_no;
  std::string guarantee_no;
  std::string description;
  bool operator==(const NotifyRefused&) const = default;
};
// 3.11 of ours.
struct NotifyRegistered {
  std::string business_no;
  std::string guarantee_no;
  Party beneficiary;
  std::vector<std::string> attachments;
  bool operator==(const NotifyRegistered&) const = default;
};

// To the order service, under the guarantee's flow. A repeat is harmless there.
struct AskHold {
  std::string business_no;
  UnixMillis received_at;
  bool own = false;
  bool operator==(const AskHold&) const = default;
};
struct TellPaid {
  std::string business_no;
  Money amount;
  std::string reference;
  UnixMillis paid_at;
  bool operator==(const TellPaid&) const = default;
};
// `outcome`: paid, refused or withdrawn.
struct CloseHold {
  std::string business_no;
  std::string outcome;
  bool operator==(const CloseHold&) const = default;
};

struct SetTimer {  // replaces the claim's timer of that kind
  std::string business_no;
  TimerKind kind = TimerKind::kHoldAnswer;
  UnixMillis due;
  bool operator==(const SetTimer&) const = default;
};
struct ClearTimer {
  std::string business_no;
  TimerKind kind = TimerKind::kHoldAnswer;
  bool operator==(const ClearTimer&) const = default;
};

enum class AlarmKind : std::uint8_t {
  kHoldUnanswered,
  kHeldWhileSealed,      // the comparison waits for the restore
  kBeneficiaryDiffers,   // a discrepancy to be examined
  kExaminationWarning,   // 80 %
  kExaminationEnded,     // 100 %: only payment is left
  kConsentAsked,         // 3.19: somebody has to ask the beneficiary
  kPlatformSilent,       // no 3.12 to a claim that we registered
  kPlatformContradicts,  // its 3.12 is not what our books say
  kRegistrationRefused,  // a claim that we registered got no hold; no notice tells anybody
};
struct RaiseAlarm {
  std::string business_no;
  AlarmKind kind = AlarmKind::kHoldUnanswered;
  bool operator==(const RaiseAlarm&) const = default;
};

using Effect = std::variant<NotifyPaid, NotifyRefused, NotifyRegistered, AskHold, TellPaid,
                            CloseHold, SetTimer, ClearTimer, RaiseAlarm>;

struct Timer {
  std::string business_no;
  TimerKind kind = TimerKind::kHoldAnswer;
  UnixMillis due;
  bool operator==(const Timer&) const = default;
};
// The timers that the row has, derived from its value alone.
[[nodiscard]] std::vector<Timer> TimersOf(const Claims& row);

}  // namespace guarantee::claim
