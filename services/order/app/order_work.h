// One command on one order inside an Execute: reads the row, lets the domain decide, and turns
// events and effects into rows, outbox entries and timers.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "messaging/execute.h"
#include "order/app/ports.h"
#include "order/domain/decide.h"

namespace guarantee::event::v1 {
class DecideOrder;
}

namespace guarantee::order {

inline constexpr std::int16_t kOrderKind = 1;      // locked before
inline constexpr std::int16_t kGuaranteeKind = 2;  // the guarantee
inline constexpr std::int16_t kWaitingKind = 3;    // commands that wait for their order

inline constexpr const char* kRequestsTopic = "guarantee.requests.order.v1";
inline constexpr const char* kDecisionsTopic = "guarantee.decisions.order.v1";
inline constexpr const char* kEventsTopic = "guarantee.events.order.v1";
inline constexpr const char* kNoticeEventsTopic = "guarantee.events.notice.v1";

// Sections that the order service's notices belong to; the contract knows the rest.
struct NoticeTypes {
  std::string issue_section;   // of the notice with the letter or its failure
  std::string cancel_section;  // of the notice that an order was closed
  std::string topic;
};

// What a command came with.
struct Cause {
  std::string partner;
  std::string flow;  // key of the order
  std::int32_t partition = 0;
  std::string event_id;  // of the record or call, becomes the causation
  std::string business_no;
  std::string traceparent;
  std::string journal_kind;  // request, decision or timer
  std::string section;
  std::string detail;
  std::optional<messaging::StartOffset> source;
};

// Outcome of the command for whoever called.
struct WorkResult {
  Verdict verdict = Verdict::kApplied;
  RefusalCode refusal = RefusalCode::kNone;
  std::string business_no;
};

struct WorkSettings {
  Policy policy;
  const Makers& makers;
  const NoticeTypes& notices;
  UnixMillis now;
};

// `command` is bound to the order as it stands (command_codec.h Bind). The row of the order, and
// of every guarantee number that the command may bring, are named by the unit. Permanent when the
// stored order cannot be read.
[[nodiscard]] Result<WorkResult> Work(messaging::Workspace& workspace, const Cause& cause,
                                      const WorkSettings& settings, const Command& command,
                                      const std::string& minted_guarantee_no);

// Tells that a decision could not be understood: its error's code and sentence, in public.
struct RefusalSettings {
  const Makers& makers;
  UnixMillis now;
};
void RefuseUnbound(messaging::Workspace& workspace, const Cause& cause,
                   const RefusalSettings& settings, const event::v1::DecideOrder& decision,
                   const Error& error);

// The order in the workspace, if there is one.
[[nodiscard]] Result<std::optional<Order>> ReadOrder(const messaging::Workspace& workspace,
                                                     const std::string& flow);

[[nodiscard]] std::string TimerName(TimerKind kind);
[[nodiscard]] std::optional<TimerKind> TimerKindOf(std::string_view name);

}  // namespace guarantee::order
