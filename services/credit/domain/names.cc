// The words of the table, for people: pictures, tests and operators.
#include <array>

#include "credit/domain/transitions.h"

namespace guarantee::credit {
namespace {

using Name = std::string_view;

constexpr std::array<Name, kStateCount> kStateNames = {"NONE",     "APPLIED",   "GRANTED",
                                                       "DECLINED", "WITHDRAWN", "LAPSED"};
constexpr std::array<Name, kCommandCount> kCommandNames = {
    "ApplyForCredit", "Withdraw", "Grant", "Decline", "Reserve", "Release", "TimePassed"};
constexpr std::array<Name, kEventCount> kEventNames = {
    "CreditApplied", "CreditGranted",  "CreditDeclined", "CreditWithdrawn",
    "CreditLapsed",  "CreditReserved", "CreditReleased", "DecisionRefused"};
constexpr std::array<Name, kGuardCount> kGuardNames = {"always",
                                                       "another application is open",
                                                       "too many applications",
                                                       "crossed by the grant",
                                                       "guarantees outstanding",
                                                       "known decision",
                                                       "decision log full",
                                                       "decider missing",
                                                       "stale decision",
                                                       "terms unfit",
                                                       "limit below what is reserved",
                                                       "reserved for this order",
                                                       "released for this order",
                                                       "amount unfit",
                                                       "not in validity",
                                                       "too many reservations",
                                                       "headroom short",
                                                       "validity over"};
constexpr std::array<Name, 5> kNoticeNames = {"", "3.6 result 0", "3.6 result 1", "Reserved",
                                              "ReservationRefused"};
static_assert(!kGuardNames.back().empty() && !kEventNames.back().empty());

}  // namespace

Name NameOf(State state) { return kStateNames[static_cast<std::size_t>(state)]; }
Name NameOf(CommandKind command) { return kCommandNames[static_cast<std::size_t>(command)]; }
Name NameOf(EventKind event) { return kEventNames[static_cast<std::size_t>(event)]; }
Name NameOf(Guard guard) { return kGuardNames[static_cast<std::size_t>(guard)]; }
Name NameOf(Notice notice) { return kNoticeNames[static_cast<std::size_t>(notice)]; }

}  // namespace guarantee::credit
