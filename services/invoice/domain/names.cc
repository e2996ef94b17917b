// The words of the table, for people: pictures, tests and operators.
#include <array>

#include "invoice/domain/transitions.h"

namespace guarantee::invoice {
namespace {

using Name = std::string_view;

constexpr std::array<Name, kStateCount> kStateNames = {"NONE",   "WAITING",  "REQUESTED",
                                                       "ISSUED", "REVERSED", "FAILED"};
constexpr std::array<Name, kCommandCount> kCommandNames = {
    "RequestInvoice",  "Issue",           "Fail",       "Reverse", "GuaranteeRestored",
    "RestoreAccepted", "PremiumReturned", "TimePassed", "Proceed"};
constexpr std::array<Name, kEventCount> kEventNames = {
    "InvoiceRequested",    "RequestAccepted", "InvoiceIssued",
    "InvoiceFailed",       "InvoiceReversed", "NamesRestored",
    "RestoreAcknowledged", "PremiumWentBack", "DecisionRefused"};
constexpr std::array<Name, kGuardCount> kGuardNames = {"always",
                                                       "too many requests",
                                                       "another request is open",
                                                       "another invoice is valid",
                                                       "3.8 not accepted",
                                                       "premium returned",
                                                       "bidder differs",
                                                       "amount differs",
                                                       "tax number unfit",
                                                       "address missing",
                                                       "phone missing",
                                                       "bank missing",
                                                       "account missing",
                                                       "known decision",
                                                       "decision log full",
                                                       "decider missing",
                                                       "stale decision",
                                                       "number unfit",
                                                       "number used",
                                                       "same number",
                                                       "nothing returned, no reason",
                                                       "names known",
                                                       "acceptance known",
                                                       "return known",
                                                       "wait over"};
constexpr std::array<Name, 3> kNoticeNames = {"", "3.14 result 0", "3.14 result 1"};
static_assert(!kGuardNames.back().empty() && !kEventNames.back().empty());

}  // namespace

Name NameOf(State state) { return kStateNames[static_cast<std::size_t>(state)]; }
Name NameOf(CommandKind command) { return kCommandNames[static_cast<std::size_t>(command)]; }
Name NameOf(EventKind event) { return kEventNames[static_cast<std::size_t>(event)]; }
Name NameOf(Guard guard) { return kGuardNames[static_cast<std::size_t>(guard)]; }
Name NameOf(Notice notice) { return kNoticeNames[static_cast<std::size_t>(notice)]; }

}  // namespace guarantee::invoice
