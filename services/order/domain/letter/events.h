// What happened to a guarantee. Whatever stands in a member called `sensitive` is for our own store
// only; everything else may be published.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "order/domain/letter/guarantee.h"

namespace guarantee::order::letter {

struct GuaranteeIssued {
  std::string partner;
  std::string guarantee_no;
  std::string order_no;
  Money amount;
  UnixMillis at;
  UnixMillis valid_begin;
  UnixMillis valid_end;
  UnixMillis open_time;
  UnixMillis purchase_deadline;
  LetterFile sealed_letter;
  struct Sensitive {
    std::string order_flow;
    std::optional<Premium> premium;
    Credit credit;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const GuaranteeIssued&) const = default;
};
struct IssueAcknowledged {
  UnixMillis at;
  bool operator==(const IssueAcknowledged&) const = default;
};

// `out_time_differs`: the platform's idea of the time of issue is not ours. `bidder_differs`: the
// restored bidder is not the one who paid or proved himself.
struct GuaranteeRestored {
  std::string business_no;
  UnixMillis received_at;
  UnixMillis at;
  bool out_time_differs = false;
  bool bidder_differs = false;
  struct Sensitive {
    RestoredNames names;
    std::string key_fingerprint;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const GuaranteeRestored&) const = default;
};
// A further 3.7, or an operator, wants a 3.8. `again`: one with this number was promised or sent.
// `received_at`: of the 3.7.
struct PlainLetterAsked {
  std::string business_no;
  std::optional<UnixMillis> received_at;
  UnixMillis at;
  bool again = false;
  std::string decision_id;
  std::string decided_by;
  bool operator==(const PlainLetterAsked&) const = default;
};
struct PlainLetterReceived {
  LetterFile letter;
  std::string decision_id;
  std::string decided_by;
  UnixMillis at;
  bool operator==(const PlainLetterReceived&) const = default;
};
struct PlainLetterAcknowledged {
  std::string business_no;
  UnixMillis at;
  bool operator==(const PlainLetterAcknowledged&) const = default;
};

struct RefundRequested {
  std::string business_no;
  UnixMillis received_at;
  struct Sensitive {
    std::string reason;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const RefundRequested&) const = default;
};
// Also of a 3.15 that was refused at once. `decision_id` is empty where no decision refused.
// `description` is told to the platform, `request_reason` goes back to it.
struct RefundRefused {
  std::string business_no;
  RefusalCode reason = RefusalCode::kNone;
  std::string decision_id;
  std::string decided_by;
  UnixMillis at;
  struct Sensitive {
    std::string description;
    std::string request_reason;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const RefundRefused&) const = default;
};
struct RefundWithdrawn {
  std::string business_no;
  UnixMillis received_at;
  struct Sensitive {
    std::string reason;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const RefundWithdrawn&) const = default;
};
// `premium_returned`: a premium was held and goes back; `credit_released` likewise.
struct GuaranteeRefunded {
  std::string business_no;
  std::string decision_id;
  std::string decided_by;
  UnixMillis at;
  bool premium_returned = false;
  bool credit_released = false;
  bool operator==(const GuaranteeRefunded&) const = default;
};
struct RefundAcknowledged {
  UnixMillis at;
  bool operator==(const RefundAcknowledged&) const = default;
};
struct RefundUndelivered {
  UnixMillis at;
  bool operator==(const RefundUndelivered&) const = default;
};

struct CancellationRequested {
  std::string business_no;
  UnixMillis received_at;
  struct Sensitive {
    std::string reason;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const CancellationRequested&) const = default;
};
struct CancellationRefused {
  std::string business_no;
  RefusalCode reason = RefusalCode::kNone;
  std::string decision_id;
  std::string decided_by;
  UnixMillis at;
  struct Sensitive {
    std::string description;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const CancellationRefused&) const = default;
};
struct CancellationWithdrawn {
  std::string business_no;
  UnixMillis received_at;
  struct Sensitive {
    std::string reason;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const CancellationWithdrawn&) const = default;
};
// The letter ended otherwise: what was asked for has come about.
struct CancellationSettled {
  std::string business_no;
  UnixMillis at;
  bool operator==(const CancellationSettled&) const = default;
};
// `own`: at our own proposal. `decision_id` is empty where the platform's 3.10 ended it.
struct GuaranteeCancelled {
  std::string business_no;
  bool own = false;
  std::string decision_id;
  std::string decided_by;
  UnixMillis at;
  bool credit_released = false;
  bool operator==(const GuaranteeCancelled&) const = default;
};

struct CancellationProposed {
  std::string business_no;
  std::string decision_id;
  std::string decided_by;
  UnixMillis at;
  struct Sensitive {
    std::string reason;
    bool operator==(const Sensitive&) const = default;
  } sensitive;
  bool operator==(const CancellationProposed&) const = default;
};
struct ProposalSent {
  std::string business_no;
  UnixMillis at;
  UnixMillis answer_due;
  bool operator==(const ProposalSent&) const = default;
};
struct ProposalConsented {
  std::string business_no;
  UnixMillis at;
  bool operator==(const ProposalConsented&) const = default;
};
struct ProposalOverdue {
  std::string business_no;
  UnixMillis at;
  bool operator==(const ProposalOverdue&) const = default;
};
// Refused by the platform, pre-empted by a claim, overtaken by an end or closed by an operator.
struct ProposalClosed {
  std::string business_no;
  std::string decision_id;
  std::string decided_by;
  UnixMillis at;
  bool operator==(const ProposalClosed&) const = default;
};

struct ClaimHeld {
  std::string business_no;
  UnixMillis received_at;
  UnixMillis at;
  Money available;
  bool operator==(const ClaimHeld&) const = default;
};
// `paid_out`: a live letter has nothing left and ends by it.
struct ClaimPaymentRecorded {
  std::string business_no;
  Money amount;
  Money available;
  std::string reference;
  UnixMillis paid_at;
  bool paid_out = false;
  bool credit_released = false;
  bool operator==(const ClaimPaymentRecorded&) const = default;
};
struct ClaimReleased {
  std::string business_no;
  UnixMillis at;
  bool operator==(const ClaimReleased&) const = default;
};

struct GuaranteeExpired {
  UnixMillis at;
  bool credit_released = false;
  bool operator==(const GuaranteeExpired&) const = default;
};
struct OpenTimeMoved {
  UnixMillis from;
  UnixMillis to;
  UnixMillis received_at;
  bool operator==(const OpenTimeMoved&) const = default;
};
struct DeadlineMoved {
  UnixMillis from;
  UnixMillis to;
  UnixMillis received_at;
  bool operator==(const DeadlineMoved&) const = default;
};
struct DecisionRefused {
  std::string decision_id;
  std::string decided_by;
  RefusalCode reason = RefusalCode::kNone;
  UnixMillis at;
  bool operator==(const DecisionRefused&) const = default;
};

using Event = std::variant<GuaranteeIssued, IssueAcknowledged, GuaranteeRestored, PlainLetterAsked,
                           PlainLetterReceived, PlainLetterAcknowledged, RefundRequested,
                           RefundRefused, RefundWithdrawn, GuaranteeRefunded, RefundAcknowledged,
                           RefundUndelivered, CancellationRequested, CancellationRefused,
                           CancellationWithdrawn, CancellationSettled, GuaranteeCancelled,
                           CancellationProposed, ProposalSent, ProposalConsented, ProposalOverdue,
                           ProposalClosed, ClaimHeld, ClaimPaymentRecorded, ClaimReleased,
                           GuaranteeExpired, OpenTimeMoved, DeadlineMoved, DecisionRefused>;

// In the variant's order.
enum class EventKind : std::uint8_t {
  kGuaranteeIssued,
  kIssueAcknowledged,
  kGuaranteeRestored,
  kPlainLetterAsked,
  kPlainLetterReceived,
  kPlainLetterAcknowledged,
  kRefundRequested,
  kRefundRefused,
  kRefundWithdrawn,
  kGuaranteeRefunded,
  kRefundAcknowledged,
  kRefundUndelivered,
  kCancellationRequested,
  kCancellationRefused,
  kCancellationWithdrawn,
  kCancellationSettled,
  kGuaranteeCancelled,
  kCancellationProposed,
  kProposalSent,
  kProposalConsented,
  kProposalOverdue,
  kProposalClosed,
  kClaimHeld,
  kClaimPaymentRecorded,
  kClaimReleased,
  kGuaranteeExpired,
  kOpenTimeMoved,
  kDeadlineMoved,
  kDecisionRefused,
};
inline constexpr std::size_t kEventCount = 29;
static_assert(std::variant_size_v<Event> == kEventCount);

[[nodiscard]] inline EventKind KindOf(const Event& event) {
  return static_cast<EventKind>(event.index());
}

// The next value. GuaranteeIssued begins a new one. DecisionRefused on a guarantee that does not
// exist leaves State::kNone, which is not to be stored.
[[nodiscard]] Guarantee Apply(Guarantee guarantee, const Event& event);

}  // namespace guarantee::order::letter
