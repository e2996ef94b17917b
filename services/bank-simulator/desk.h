// Who decides: a public event in, at most one decision out. Pure but for the clock it is given.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "base/money.h"
#include "base/result.h"
#include "guarantee/event/v1/order_decision.pb.h"
#include "messaging/bus.h"

namespace guarantee::bank_simulator {

inline constexpr const char* kEventsTopic = "guarantee.events.order.v1";
inline constexpr const char* kDecisionsTopic = "guarantee.decisions.order.v1";

struct DeskPolicy {
  Money approve_up_to;
  std::string payer_name;
  std::string payer_account;
  std::string letter;  // a PDF's bytes
};

// Immutable; safe from every thread.
class Desk {
 public:
  explicit Desk(DeskPolicy policy) : policy_(std::move(policy)) {}

  // The record to publish on kDecisionsTopic; none when the event asks for nothing. The decision's
  // id follows from the event's, so the same event read twice is the same decision. Permanent
  // "event.header" or "event.value" for what cannot be read.
  [[nodiscard]] Result<std::optional<messaging::Record>> Answer(const messaging::Delivered& event,
                                                                UnixMillis now) const;

 private:
  // False: nothing to decide.
  [[nodiscard]] Result<bool> Fill(std::string_view type, const std::string& value,
                                  event::v1::DecideOrder& decision) const;

  const DeskPolicy policy_;
};

// At most 64 characters, the same for the same event.
[[nodiscard]] std::string DecisionIdOf(const std::string& event_id);

}  // namespace guarantee::bank_simulator
