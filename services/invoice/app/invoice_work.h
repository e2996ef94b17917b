// One command on one guarantee's invoices inside an Execute: reads the row, lets the domain decide,
// and turns events and effects into rows, outbox entries and timers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "invoice/domain/decide.h"
#include "service/outbound.h"
#include "service/task.h"

namespace guarantee::invoice {

inline constexpr std::int16_t kInvoicesKind = 1;
inline constexpr std::int16_t kWaitingKind = 9;  // decisions that wait for their request

inline constexpr const char* kRequestsTopic = "guarantee.requests.invoice.v1";
inline constexpr const char* kDecisionsTopic = "guarantee.decisions.invoice.v1";
inline constexpr const char* kEventsTopic = "guarantee.events.invoice.v1";
inline constexpr const char* kStateTopic = "guarantee.state.invoice.v1";
inline constexpr const char* kNoticeEventsTopic = "guarantee.events.notice.v1";

// What the contract says of the notices that concern us.
struct NoticeTypes {
  std::string section;          // of the result
  std::string topic;            // and where it goes
  std::size_t link_length_max;  // characters
  std::string restore_section;  // of the notice that a request waits for
};

struct WorkSettings {
  const Policy& policy;
  const NoticeTypes& notices;
  bool issue_by_rules;
};

// The row is the task's subject. Permanent when it cannot be read.
[[nodiscard]] Result<service::Outcome> Work(service::Outbound& out, const WorkSettings& settings,
                                            const Command& command);

// A timer's name carries its request's number.
[[nodiscard]] std::string TimerName(const std::string& business_no);
[[nodiscard]] std::optional<TimePassed> TimerOf(std::string_view name, UnixMillis due);

}  // namespace guarantee::invoice
