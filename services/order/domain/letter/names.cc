// The words of the table, for people: pictures, tests and operators.
#include <array>

#include "order/domain/letter/transitions.h"

namespace guarantee::order::letter {
namespace {

constexpr std::array<std::string_view, kStateCount> kStateNames = {
    "NONE", "SEALED", "RESTORED", "REFUNDED", "CANCELLED", "PAID", "EXPIRED"};

constexpr std::array<std::string_view, kCommandCount> kCommandNames = {"Issue",
                                                                       "IssueNoticeAccepted",
                                                                       "RequestRestore",
                                                                       "PlainLetterReady",
                                                                       "SendAgain",
                                                                       "PlainNoticeAccepted",
                                                                       "RequestRefund",
                                                                       "ApproveRefund",
                                                                       "RejectRefund",
                                                                       "WithdrawRefund",
                                                                       "RefundNoticeAccepted",
                                                                       "RefundNoticeExpired",
                                                                       "RequestCancellation",
                                                                       "ApproveCancellation",
                                                                       "RejectCancellation",
                                                                       "WithdrawCancellation",
                                                                       "ProposeCancellation",
                                                                       "ProposalAccepted",
                                                                       "ProposalRefused",
                                                                       "CancelNoticeReceived",
                                                                       "ClaimReceived",
                                                                       "ClaimPaid",
                                                                       "ClaimClosed",
                                                                       "OpenTimeChanged",
                                                                       "DeadlineChanged",
                                                                       "TimePassed",
                                                                       "Proceed"};

constexpr std::array<std::string_view, kEventCount> kEventNames = {
    "GuaranteeIssued",       "IssueAcknowledged",   "GuaranteeRestored",
    "PlainLetterAsked",      "PlainLetterReceived", "PlainLetterAcknowledged",
    "RefundRequested",       "RefundRefused",       "RefundWithdrawn",
    "GuaranteeRefunded",     "RefundAcknowledged",  "RefundUndelivered",
    "CancellationRequested", "CancellationRefused", "CancellationWithdrawn",
    "CancellationSettled",   "GuaranteeCancelled",  "CancellationProposed",
    "ProposalSent",          "ProposalConsented",   "ProposalOverdue",
    "ProposalClosed",        "ClaimHeld",           "ClaimPaymentRecorded",
    "ClaimReleased",         "GuaranteeExpired",    "OpenTimeMoved",
    "DeadlineMoved",         "DecisionRefused"};

constexpr std::array<std::string_view, kGuardCount> kGuardNames = {"always",
                                                                   "same order",
                                                                   "acknowledged",
                                                                   "before restore gate",
                                                                   "cannot open",
                                                                   "restored",
                                                                   "same restore",
                                                                   "same key",
                                                                   "same plaintexts",
                                                                   "too many restores",
                                                                   "not restored",
                                                                   "letter unfit",
                                                                   "plain letter known",
                                                                   "no plain letter",
                                                                   "restore unknown",
                                                                   "plain notice known",
                                                                   "known decision",
                                                                   "decision log full",
                                                                   "stale decision",
                                                                   "before opening",
                                                                   "past validity",
                                                                   "received before opening",
                                                                   "received after opening",
                                                                   "received after validity",
                                                                   "refund known",
                                                                   "refund pending",
                                                                   "refund overtaken",
                                                                   "no refund pending",
                                                                   "refund answered",
                                                                   "refund named",
                                                                   "refund named late",
                                                                   "refund withdrawn",
                                                                   "other refund notice",
                                                                   "refund notice accepted",
                                                                   "refund notice expired",
                                                                   "cancellation known",
                                                                   "cancellation settled",
                                                                   "cancellation pending",
                                                                   "cancellation open",
                                                                   "no cancellation open",
                                                                   "cancellation answered",
                                                                   "cancellation named",
                                                                   "cancellation named late",
                                                                   "cancellation withdrawn",
                                                                   "proposal open",
                                                                   "proposal unanswered",
                                                                   "proposal not consented",
                                                                   "proposal unsent",
                                                                   "proposal to send",
                                                                   "business number used",
                                                                   "proposal named",
                                                                   "proposal consented",
                                                                   "concludes proposal",
                                                                   "declines proposal",
                                                                   "says cancelled",
                                                                   "held",
                                                                   "held for this",
                                                                   "claim answered",
                                                                   "nothing left",
                                                                   "payment known",
                                                                   "payment unfit",
                                                                   "pays all",
                                                                   "same open time",
                                                                   "same deadline",
                                                                   "open time relied on",
                                                                   "opening timer",
                                                                   "expiry timer",
                                                                   "answer timer"};

constexpr std::array<std::string_view, 7> kNoticeNames = {
    "", "3.16 result 1", "3.10 result 0", "3.10 result 1", "GuaranteeHeld", "HoldRefused", "alarm"};
static_assert(!kGuardNames.back().empty() && !kEventNames.back().empty() &&
              !kCommandNames.back().empty());

}  // namespace

std::string_view NameOf(State state) { return kStateNames[static_cast<std::size_t>(state)]; }
std::string_view NameOf(CommandKind command) {
  return kCommandNames[static_cast<std::size_t>(command)];
}
std::string_view NameOf(EventKind event) { return kEventNames[static_cast<std::size_t>(event)]; }
std::string_view NameOf(Guard guard) { return kGuardNames[static_cast<std::size_t>(guard)]; }
std::string_view NameOf(Notice notice) { return kNoticeNames[static_cast<std::size_t>(notice)]; }

}  // namespace guarantee::order::letter
