// What happened to an order. Whatever stands in a member called `sensitive` is for our own store
// only; everything else may be published.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "order/domain/order.h"

namespace guarantee::order {

struct OrderAccepted {
  std::string partner;
  std::string order_no;
  std::string business_no;
  Money amount;
  UnixMillis applied_at;
  UnixMillis received_at;
  UnixMillis purchase_deadline;
  UnixMillis open_time;
  bool basic_account_checked = false;
  bool opening_already_past = false;    // worth a warning, no refusal
  bool deadline_after_opening = false;  // likewise
  struct Sensitive {
    SealedFields sealed;
    std::string basic_bank;
    std::string basic_account;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const OrderAccepted&) const = default;
};

struct RedirectSpent {
  UnixMillis at;
  std::string visit_id;
  bool operator==(const RedirectSpent&) const = default;
};

// `identified`: the bidder proved who he is.
struct UnderwritingStarted {
  UnixMillis at;
  bool identified = false;
  struct Sensitive {
    std::optional<Identity> bidder;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const UnderwritingStarted&) const = default;
};

struct BidderIdentified {
  UnixMillis at;
  struct Sensitive {
    Identity bidder;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const BidderIdentified&) const = default;
};

struct OrderApproved {
  std::string decision_id;
  std::string decided_by;
  UnixMillis at;
  Quote quote;
  std::optional<Letter> letter;
  struct Sensitive {
    std::string reason;
    std::string guarantee_no;  // reserved and public from IssuingStarted on
    std::optional<Payment> payer;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const OrderApproved&) const = default;
};

struct PremiumRequested {
  Money premium;
  std::int64_t rate_ppm = 0;
  UnixMillis purchase_deadline;
  bool operator==(const PremiumRequested&) const = default;
};

struct PremiumAccepted {
  Money amount;
  UnixMillis arrived_at;
  bool waived = false;
  struct Sensitive {
    Payment payment;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const PremiumAccepted&) const = default;
};

// A payment that does not count goes back to where it came from.
struct PaymentReturned {
  Money amount;
  UnixMillis arrived_at;
  RefusalCode reason = RefusalCode::kNone;
  struct Sensitive {
    Payment payment;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const PaymentReturned&) const = default;
};

struct CreditRequested {
  Money amount;
  UnixMillis answer_due;
  bool again = false;
  bool operator==(const CreditRequested&) const = default;
};
struct CreditSecured {
  Money amount;
  bool operator==(const CreditSecured&) const = default;
};
struct CreditDenied {
  UnixMillis at;
  struct Sensitive {
    std::string reason;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const CreditDenied&) const = default;
};
// Credit that came after the order's end was given back.
struct CreditReleased {
  Money amount;
  bool operator==(const CreditReleased&) const = default;
};

struct IssuingStarted {
  std::string guarantee_no;
  UnixMillis at;
  bool operator==(const IssuingStarted&) const = default;
};
struct LetterRequested {
  std::string guarantee_no;
  std::int64_t attempt = 0;
  UnixMillis at;
  bool operator==(const LetterRequested&) const = default;
};
struct LetterAttemptFailed {
  std::int64_t attempt = 0;
  UnixMillis retry_due;
  struct Sensitive {
    std::string reason;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const LetterAttemptFailed&) const = default;
};
// `letter.guarantee_no` is final here.
struct LetterIssued {
  Letter letter;
  Money amount;
  Money premium;
  std::int64_t rate_ppm = 0;
  UnixMillis open_time;
  UnixMillis at;
  bool operator==(const LetterIssued&) const = default;
};
struct IssueAcknowledged {
  UnixMillis at;
  bool operator==(const IssueAcknowledged&) const = default;
};
struct IssueUndelivered {
  UnixMillis at;
  bool operator==(const IssueUndelivered&) const = default;
};

// `premium_refunded`: a premium was held and goes back; `credit_released` likewise. `decision_id`
// is empty where no decision made the end.
struct OrderRejected {
  RefusalCode reason = RefusalCode::kNone;
  std::string decision_id;
  std::string decided_by;
  UnixMillis at;
  struct Sensitive {
    std::string reason;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const OrderRejected&) const = default;
};
struct CancelRequested {
  UnixMillis received_at;
  struct Sensitive {
    std::string apply_no;
    std::string remark;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const CancelRequested&) const = default;
};
struct OrderCancelled {
  std::string decision_id;
  std::string decided_by;
  UnixMillis at;
  bool premium_refunded = false;
  bool credit_released = false;
  bool operator==(const OrderCancelled&) const = default;
};
struct CancelDeclined {
  std::string decision_id;
  std::string decided_by;
  UnixMillis at;
  struct Sensitive {
    std::string reason;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const CancelDeclined&) const = default;
};
struct OrderLapsed {
  RefusalCode reason = RefusalCode::kNone;
  UnixMillis at;
  bool premium_refunded = false;
  bool credit_released = false;
  bool operator==(const OrderLapsed&) const = default;
};

// `returned`: the order had this value before; a late duplicate may have set the clock back.
struct OpenTimeMoved {
  UnixMillis from;
  UnixMillis to;
  UnixMillis received_at;
  bool returned = false;
  bool operator==(const OpenTimeMoved&) const = default;
};
struct DeadlineMoved {
  UnixMillis from;
  UnixMillis to;
  UnixMillis received_at;
  bool returned = false;
  bool operator==(const DeadlineMoved&) const = default;
};

// A decision whose own event does not name it has been applied.
struct DecisionApplied {
  std::string decision_id;
  std::string decided_by;
  UnixMillis at;
  bool operator==(const DecisionApplied&) const = default;
};
struct DecisionRefused {
  std::string decision_id;
  std::string decided_by;
  RefusalCode reason = RefusalCode::kNone;
  UnixMillis at;
  bool operator==(const DecisionRefused&) const = default;
};

using Event =
    std::variant<OrderAccepted, RedirectSpent, UnderwritingStarted, BidderIdentified, OrderApproved,
                 PremiumRequested, PremiumAccepted, PaymentReturned, CreditRequested, CreditSecured,
                 CreditDenied, CreditReleased, IssuingStarted, LetterRequested, LetterAttemptFailed,
                 LetterIssued, IssueAcknowledged, IssueUndelivered, OrderRejected, CancelRequested,
                 OrderCancelled, CancelDeclined, OrderLapsed, OpenTimeMoved, DeadlineMoved,
                 DecisionRefused, DecisionApplied>;

// In the variant's order.
enum class EventKind : std::uint8_t {
  kOrderAccepted,
  kRedirectSpent,
  kUnderwritingStarted,
  kBidderIdentified,
  kOrderApproved,
  kPremiumRequested,
  kPremiumAccepted,
  kPaymentReturned,
  kCreditRequested,
  kCreditSecured,
  kCreditDenied,
  kCreditReleased,
  kIssuingStarted,
  kLetterRequested,
  kLetterAttemptFailed,
  kLetterIssued,
  kIssueAcknowledged,
  kIssueUndelivered,
  kOrderRejected,
  kCancelRequested,
  kOrderCancelled,
  kCancelDeclined,
  kOrderLapsed,
  kOpenTimeMoved,
  kDeadlineMoved,
  kDecisionRefused,
  kDecisionApplied,
};
inline constexpr std::size_t kEventCount = 27;
static_assert(std::variant_size_v<Event> == kEventCount);

[[nodiscard]] inline EventKind KindOf(const Event& event) {
  return static_cast<EventKind>(event.index());
}

// The next value of the order. OrderAccepted begins a new one. DecisionRefused on an order that
// does not exist leaves State::kNone, which is not to be stored.
[[nodiscard]] Order Apply(Order order, const Event& event);

}  // namespace guarantee::order
