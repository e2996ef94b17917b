// What can be asked of an applicant's credit: a request of the platform (section in brackets), a
// decision of the institution, a message of the order service, or a timer. Times of arrival are
// stamped by whoever received the thing, never by the domain.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "credit/domain/credit.h"

namespace guarantee::credit {

// Every decision. The same id again is the same decision, whatever else it says.
using machine::DecisionHead;

struct ApplyForCredit {  // 3.5
  std::string partner;
  std::string business_no;
  UnixMillis received_at;
  Applicant applicant;
  std::string attachment;
};

struct Withdraw {  // 3.17
  std::string business_no;
  std::string reason;
  UnixMillis received_at;
};

// An empty `business_no` in a decision means the open application. Both ends of the validity
// belong to it.
struct Grant {
  DecisionHead decision;
  std::string business_no;
  Money limit;
  UnixMillis valid_begin;
  UnixMillis valid_end;
};
struct Decline {
  DecisionHead decision;
  std::string business_no;
};

// The order service's, for one of its flows. `arrived_at`: by it validity is judged.
struct Reserve {
  std::string order_flow;
  std::string order_no;
  Money amount;
  UnixMillis arrived_at;
};
struct Release {
  std::string order_flow;
};

// The line's last day is over; a timer that the line no longer has is without effect.
struct TimePassed {
  std::string business_no;
  UnixMillis due;
};

using Command =
    std::variant<ApplyForCredit, Withdraw, Grant, Decline, Reserve, Release, TimePassed>;

// In the variant's order.
enum class CommandKind : std::uint8_t {
  kApplyForCredit,
  kWithdraw,
  kGrant,
  kDecline,
  kReserve,
  kRelease,
  kTimePassed,
};
inline constexpr std::size_t kCommandCount = 7;
static_assert(std::variant_size_v<Command> == kCommandCount);

[[nodiscard]] inline CommandKind KindOf(const Command& command) {
  return static_cast<CommandKind>(command.index());
}

// The decision's head, or null where the command is no decision.
[[nodiscard]] const DecisionHead* HeadOf(const Command& command);

}  // namespace guarantee::credit
