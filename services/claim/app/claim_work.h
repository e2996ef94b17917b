// One command on one guarantee's claims inside an Execute: reads the row, lets the domain decide,
// and turns events and effects into rows, outbox entries and timers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "claim/app/rules.h"
#include "claim/domain/decide.h"
#include "service/outbound.h"
#include "service/task.h"

namespace guarantee::claim {

inline constexpr std::int16_t kClaimsKind = 1;
inline constexpr std::int16_t kWaitingKind = 9;  // decisions that wait for their claim

inline constexpr const char* kRequestsTopic = "guarantee.requests.claim.v1";
inline constexpr const char* kDecisionsTopic = "guarantee.decisions.claim.v1";
inline constexpr const char* kEventsTopic = "guarantee.events.claim.v1";
inline constexpr const char* kStateTopic = "guarantee.state.claim.v1";
inline constexpr const char* kOrderRequestsTopic = "guarantee.requests.order.v1";

// Sections of what we send to the platform; the contract knows the rest.
struct NoticeTypes {
  std::string result_section;    // paid or refused
  std::string register_section;  // a claim of ours
  std::string topic;
};

struct WorkSettings {
  const Policy& policy;
  const NoticeTypes& notices;
  const std::optional<Rules>& rules;
};

// The row is the task's subject. Permanent when it cannot be read.
[[nodiscard]] Result<service::Outcome> Work(service::Outbound& out, const WorkSettings& settings,
                                            const Command& command);

// A timer's name is its kind and, where a row can have several of a kind, the claim's number.
[[nodiscard]] std::string TimerName(TimerKind kind, const std::string& business_no);
[[nodiscard]] std::optional<TimePassed> TimerOf(std::string_view name, UnixMillis due);

}  // namespace guarantee::claim
