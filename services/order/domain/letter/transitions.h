// The rules of rulings 5.2 and 5.5 as one table. Decide reads it, the test compares it with a text
// written from the rulings, and the picture in guarantee-states.md is printed from it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

#include "machine/rules.h"
#include "order/domain/letter/commands.h"
#include "order/domain/letter/events.h"
#include "order/domain/letter/guarantee.h"
#include "order/domain/letter/refusals.h"

namespace guarantee::order::letter {

enum class Guard : std::uint8_t {
  kAlways,
  kSameOrder,
  kAcknowledged,
  // 3.7 and the plain letter
  kBeforeRestoreGate,
  kCannotOpen,
  kRestored,
  kSameRestore,
  kSameKey,
  kSamePlaintexts,
  kTooManyRestores,
  kNotRestored,
  kLetterUnfit,
  kPlainLetterKnown,
  kNoPlainLetter,
  kRestoreUnknown,
  kPlainNoticeKnown,
  // decisions
  kKnownDecision,
  kDecisionLogFull,
  kStaleDecision,
  kBeforeOpening,
  kPastValidity,
  // requests, by their receipt
  kReceivedBeforeOpening,
  kReceivedAfterOpening,
  kReceivedAfterValidity,
  // refund
  kRefundKnown,
  kRefundPending,
  kRefundOvertaken,
  kNoRefundPending,
  kRefundAnswered,
  kRefundNamed,
  kRefundNamedLate,
  kRefundWithdrawn,
  kOtherRefundNotice,
  kRefundNoticeAccepted,
  kRefundNoticeExpired,
  // cancellation
  kCancellationKnown,
  kCancellationSettled,
  kCancellationPending,
  kCancellationOpen,
  kNoCancellationOpen,
  kCancellationAnswered,
  kCancellationNamed,
  kCancellationNamedLate,
  kCancellationWithdrawn,
  kProposalOpen,
  kProposalUnanswered,
  kProposalNotConsented,
  kProposalUnsent,
  kProposalToSend,
  kBusinessNumberUsed,
  kProposalNamed,
  kProposalConsented,
  kConcludesProposal,
  kDeclinesProposal,
  kSaysCancelled,
  // claim
  kHeld,
  kHeldForThis,
  kClaimAnswered,
  kNothingLeft,
  kPaymentKnown,
  kPaymentUnfit,
  kPaysAll,
  // times
  kSameOpenTime,
  kSameDeadline,
  kOpenTimeReliedOn,
  kOpeningTimer,
  kExpiryTimer,
  kAnswerTimer,
};
inline constexpr std::size_t kGuardCount = 68;

// What the rule itself tells; what an event brings along (3.8, 3.10, 3.16, 3.9, premium, credit,
// alarms) follows from the event.
enum class Notice : std::uint8_t {
  kNone,
  kRefundRefused,
  kCancelDone,
  kCancelRefused,
  kHeld,
  kHoldRefused,
  kAlarm,
};

struct LetterKinds {
  using State = letter::State;
  using Command = CommandKind;
  using Guard = letter::Guard;
  using Event = EventKind;
  using Refusal = RefusalCode;
  using Notice = letter::Notice;
  static constexpr std::size_t kStateCount = letter::kStateCount;
  static constexpr std::size_t kCommandCount = letter::kCommandCount;
};
using Rule = machine::Rule<LetterKinds>;

[[nodiscard]] std::span<const Rule> Rules();

[[nodiscard]] std::string_view NameOf(State state);
[[nodiscard]] std::string_view NameOf(CommandKind command);
[[nodiscard]] std::string_view NameOf(EventKind event);
[[nodiscard]] std::string_view NameOf(Guard guard);
[[nodiscard]] std::string_view NameOf(Notice notice);

}  // namespace guarantee::order::letter
