// One command on one applicant's credit inside an Execute: reads the row, lets the domain decide,
// and turns events and effects into rows, outbox entries and timers.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "credit/app/rules.h"
#include "credit/domain/decide.h"
#include "service/outbound.h"
#include "service/task.h"

namespace guarantee::credit {

inline constexpr std::int16_t kCreditsKind = 1;
inline constexpr std::int16_t kWaitingKind = 9;  // decisions that wait for their application

inline constexpr const char* kRequestsTopic = "guarantee.requests.credit.v1";
inline constexpr const char* kDecisionsTopic = "guarantee.decisions.credit.v1";
inline constexpr const char* kEventsTopic = "guarantee.events.credit.v1";
inline constexpr const char* kStateTopic = "guarantee.state.credit.v1";
inline constexpr const char* kOrderRequestsTopic = "guarantee.requests.order.v1";

// What we send to the platform; the contract knows the rest.
struct NoticeType {
  std::string section;
  std::string topic;
};

struct WorkSettings {
  const NoticeType& notice;
  const std::optional<Rules>& rules;
};

// The row is the task's subject. Permanent when it cannot be read.
[[nodiscard]] Result<service::Outcome> Work(service::Outbound& out, const WorkSettings& settings,
                                            const Command& command);

// 3.21: how the applicant stands for `need` at `received_at`; changes nothing. Where there is no
// row, `missing`: a 3.5 may lie unread.
[[nodiscard]] Result<service::Outcome> Answer(service::Outbound& out, Money need,
                                              UnixMillis received_at);

// A timer's name is its kind and the application's number.
[[nodiscard]] std::string TimerName(const std::string& business_no);
[[nodiscard]] std::optional<TimePassed> TimerOf(std::string_view name, UnixMillis due);

}  // namespace guarantee::credit
