// The words of the table, for people: pictures, tests and operators.
#include <array>

#include "order/domain/transitions.h"

namespace guarantee::order {
namespace {

constexpr std::array<std::string_view, kStateCount> kStateNames = {
    "NONE",    "ACCEPTED", "UNDERWRITING", "AWAIT_PREMIUM", "PREMIUM_OK",
    "ISSUING", "ISSUED",   "REJECTED",     "CANCELLED",     "LAPSED"};

constexpr std::array<std::string_view, kCommandCount> kCommandNames = {"Apply",
                                                                       "SpendRedirect",
                                                                       "CompleteMaterials",
                                                                       "Approve",
                                                                       "Reject",
                                                                       "PremiumReceived",
                                                                       "CreditReserved",
                                                                       "CreditRefused",
                                                                       "LetterReady",
                                                                       "LetterFailed",
                                                                       "Cancel",
                                                                       "AcceptCancel",
                                                                       "DeclineCancel",
                                                                       "OpenTimeChanged",
                                                                       "DeadlineChanged",
                                                                       "TimePassed",
                                                                       "IssueNoticeAccepted",
                                                                       "IssueNoticeExpired",
                                                                       "Proceed"};

constexpr std::array<std::string_view, kEventCount> kEventNames = {
    "OrderAccepted",     "RedirectSpent",    "UnderwritingStarted", "BidderIdentified",
    "OrderApproved",     "PremiumRequested", "PremiumAccepted",     "PaymentReturned",
    "CreditRequested",   "CreditSecured",    "CreditDenied",        "CreditReleased",
    "IssuingStarted",    "LetterRequested",  "LetterAttemptFailed", "LetterIssued",
    "IssueAcknowledged", "IssueUndelivered", "OrderRejected",       "CancelRequested",
    "OrderCancelled",    "CancelDeclined",   "OrderLapsed",         "OpenTimeMoved",
    "DeadlineMoved",     "DecisionRefused",  "DecisionApplied"};

constexpr std::array<std::string_view, kGuardCount> kGuardNames = {"always",
                                                                   "received late",
                                                                   "amount out of range",
                                                                   "basic account missing",
                                                                   "same business number",
                                                                   "same visit",
                                                                   "link spent",
                                                                   "past deadline",
                                                                   "identity missing",
                                                                   "same identity",
                                                                   "identity known",
                                                                   "known decision",
                                                                   "decision log full",
                                                                   "stale decision",
                                                                   "materials incomplete",
                                                                   "quote unfit",
                                                                   "number missing",
                                                                   "number taken",
                                                                   "payer missing",
                                                                   "payer not basic account",
                                                                   "payer not bidder",
                                                                   "letter unfit",
                                                                   "payer given",
                                                                   "reference missing",
                                                                   "known payment",
                                                                   "payment late",
                                                                   "premium differs",
                                                                   "credit awaited",
                                                                   "credit reserved",
                                                                   "credit settled",
                                                                   "credit to release",
                                                                   "old attempt",
                                                                   "same letter",
                                                                   "cancel pending",
                                                                   "cancel by decision",
                                                                   "no cancel request",
                                                                   "not acknowledged",
                                                                   "acknowledged",
                                                                   "expiry known",
                                                                   "same open time",
                                                                   "same deadline",
                                                                   "new deadline past",
                                                                   "letter restored",
                                                                   "deadline timer",
                                                                   "letter timer",
                                                                   "credit timer",
                                                                   "page not needed",
                                                                   "payer declared",
                                                                   "credit wanted",
                                                                   "letter at hand",
                                                                   "letter unrequested"};
constexpr std::array<std::string_view, 5> kNoticeNames = {"", "3.2 result 0", "3.2 result 1",
                                                          "3.4 result 0", "3.4 result 1"};
static_assert(!kGuardNames.back().empty() && !kEventNames.back().empty());

}  // namespace

std::string_view NameOf(State state) { return kStateNames[static_cast<std::size_t>(state)]; }
std::string_view NameOf(CommandKind command) {
  return kCommandNames[static_cast<std::size_t>(command)];
}
std::string_view NameOf(EventKind event) { return kEventNames[static_cast<std::size_t>(event)]; }
std::string_view NameOf(Guard guard) { return kGuardNames[static_cast<std::size_t>(guard)]; }
std::string_view NameOf(Notice notice) { return kNoticeNames[static_cast<std::size_t>(notice)]; }

}  // namespace guarantee::order
