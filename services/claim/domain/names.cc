// The words of the table, for people: pictures, tests and operators.
#include <array>

#include "claim/domain/transitions.h"

namespace guarantee::claim {
namespace {

using Name = std::string_view;

constexpr std::array<Name, kStateCount> kStateNames = {"NONE", "RECEIVED", "EXAMINING", "PAYING",
                                                       "PAID", "REFUSED",  "WITHDRAWN"};

constexpr std::array<Name, kCommandCount> kCommandNames = {
    "Present",        "Withdraw",          "PlatformResult", "GuaranteeHeld",
    "HoldRefused",    "GuaranteeRestored", "Register",       "OpenExamination",
    "SetDemand",      "ApprovePayment",    "Refuse",         "PreApproveWithdrawal",
    "ConfirmPayment", "CloseRegistered",   "TimePassed",     "Proceed"};

constexpr std::array<Name, kEventCount> kEventNames = {
    "ClaimReceived",       "HoldAskedAgain",    "GuaranteeLocked",  "NamesRestored",
    "BeneficiaryCompared", "ExaminationOpened", "DemandLowered",    "PaymentApproved",
    "ClaimPaid",           "ClaimRefused",      "WithdrawalAsked",  "WithdrawalPreApproved",
    "ClaimWithdrawn",      "ClockPassed",       "PlatformAnswered", "PlatformSilent",
    "RegistrationClosed",  "DecisionRefused"};

constexpr std::array<Name, kGuardCount> kGuardNames = {"always",
                                                       "another claim is open",
                                                       "too many claims",
                                                       "registered by us",
                                                       "not registered by us",
                                                       "consent on file",
                                                       "withdrawal asked before",
                                                       "platform answered",
                                                       "platform's answer outstanding",
                                                       "platform paid a fitting amount",
                                                       "platform paid",
                                                       "held",
                                                       "names known",
                                                       "known decision",
                                                       "decision log full",
                                                       "decider missing",
                                                       "stale decision",
                                                       "presentation unfit",
                                                       "hold awaited",
                                                       "not compared",
                                                       "same examiner",
                                                       "document missing",
                                                       "demand unfit",
                                                       "amount differs",
                                                       "same person",
                                                       "first approval",
                                                       "precluded",
                                                       "discrepancies missing",
                                                       "reference missing",
                                                       "reference used",
                                                       "same payment",
                                                       "hold timer",
                                                       "80 % timer",
                                                       "100 % timer",
                                                       "platform timer",
                                                       "names to compare"};
constexpr std::array<Name, 6> kNoticeNames = {"",
                                              "3.12 result 0",
                                              "3.12 result 1",
                                              "3.11 of ours",
                                              "asks for the hold",
                                              "gives the hold back"};
static_assert(!kGuardNames.back().empty() && !kEventNames.back().empty());

}  // namespace

Name NameOf(State state) { return kStateNames[static_cast<std::size_t>(state)]; }
Name NameOf(CommandKind command) { return kCommandNames[static_cast<std::size_t>(command)]; }
Name NameOf(EventKind event) { return kEventNames[static_cast<std::size_t>(event)]; }
Name NameOf(Guard guard) { return kGuardNames[static_cast<std::size_t>(guard)]; }
Name NameOf(Notice notice) { return kNoticeNames[static_cast<std::size_t>(notice)]; }

}  // namespace guarantee::claim
