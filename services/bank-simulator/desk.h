// Who decides: a public event in, at most one decision out. Pure but for the clock it is given.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/money.h"
#include "base/result.h"
#include "messaging/bus.h"

namespace guarantee::bank_simulator {

// The topics it reads. Guarantees are the order service's.
inline constexpr std::array<const char*, 4> kEventsTopics = {
    "guarantee.events.order.v1", "guarantee.events.claim.v1", "guarantee.events.credit.v1",
    "guarantee.events.invoice.v1"};

struct DeskPolicy {
  Money approve_up_to;  // orders above are rejected, claims above are left to people
  std::string payer_name;
  std::string payer_account;
  std::string letter;        // a PDF's bytes
  std::string plain_letter;  // another's: a letter is not its own restoration
  Money credit_limit;
  int credit_days = 0;
  // Operations whose number ends so are left undecided, for people or for a withdrawal; empty:
  // none.
  std::string leave_suffix;
};

// Immutable; safe from every thread.
class Desk {
 public:
  explicit Desk(DeskPolicy policy) : policy_(std::move(policy)) {}

  // The record to publish on the decisions topic of the event's service; none when the event asks
  // for nothing. The decision's id follows from the event's, so the same event read twice is the
  // same decision. Permanent "event.header" or "event.value" for what cannot be read.
  [[nodiscard]] Result<std::optional<messaging::Record>> Answer(const messaging::Delivered& event,
                                                                UnixMillis now) const;

 private:
  const DeskPolicy policy_;
};

// At most 64 characters, the same for the same event.
[[nodiscard]] std::string DecisionIdOf(const std::string& event_id);

// "guarantee.decisions.claim.v1" for "guarantee.events.claim.v1".
[[nodiscard]] std::string DecisionsTopicOf(const std::string& events_topic);

}  // namespace guarantee::bank_simulator
