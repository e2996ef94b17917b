// What happened to an applicant's credit. Whatever stands in a member called `sensitive` is for our
// own store only; everything else may be published. Nothing public links the applicant's flow to
// an order.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include "credit/domain/credit.h"

namespace guarantee::credit {

// Both empty where no decision made it.
struct DecidedBy {
  std::string decision_id;
  std::string decided_by;
  bool operator==(const DecidedBy&) const = default;
};

struct CreditApplied {
  std::string partner;
  std::string business_no;
  UnixMillis received_at;
  struct Sensitive {
    Applicant applicant;
    std::string attachment;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const CreditApplied&) const = default;
};
// Ends the line before it, if there is one.
struct CreditGranted {
  std::string business_no;
  Money limit;
  UnixMillis valid_begin;
  UnixMillis valid_end;
  DecidedBy by;
  UnixMillis at;
  bool operator==(const CreditGranted&) const = default;
};
struct CreditDeclined {
  std::string business_no;
  RefusalCode reason = RefusalCode::kNone;
  DecidedBy by;
  UnixMillis at;
  struct Sensitive {
    std::string text;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const CreditDeclined&) const = default;
};
struct CreditWithdrawn {
  std::string business_no;
  UnixMillis at;
  struct Sensitive {
    std::string text;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const CreditWithdrawn&) const = default;
};
struct CreditLapsed {
  std::string business_no;
  UnixMillis at;
  bool operator==(const CreditLapsed&) const = default;
};

// Of the order named in `sensitive`. `headroom`: what is left of the line.
struct CreditReserved {
  Money amount;
  Money headroom;
  UnixMillis at;
  struct Sensitive {
    std::string order_flow;
    std::string order_no;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const CreditReserved&) const = default;
};
// An amount of zero: nothing was reserved, and a late request of that order will get nothing.
struct CreditReleased {
  Money amount;
  UnixMillis at;
  struct Sensitive {
    std::string order_flow;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const CreditReleased&) const = default;
};

struct DecisionRefused {
  std::string business_no;
  DecidedBy by;
  RefusalCode reason = RefusalCode::kNone;
  UnixMillis at;
  bool operator==(const DecisionRefused&) const = default;
};

using Event = std::variant<CreditApplied, CreditGranted, CreditDeclined, CreditWithdrawn,
                           CreditLapsed, CreditReserved, CreditReleased, DecisionRefused>;

// In the variant's order.
enum class EventKind : std::uint8_t {
  kCreditApplied,
  kCreditGranted,
  kCreditDeclined,
  kCreditWithdrawn,
  kCreditLapsed,
  kCreditReserved,
  kCreditReleased,
  kDecisionRefused,
};
inline constexpr std::size_t kEventCount = 8;
static_assert(std::variant_size_v<Event> == kEventCount);

// Pure: the same events give the same value.
[[nodiscard]] Credit Apply(Credit row, const Event& event);

}  // namespace guarantee::credit
