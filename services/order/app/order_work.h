// One command on one order inside an Execute: reads the row, lets the domain decide, and turns
// events and effects into rows, outbox entries and timers.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "messaging/execute.h"
#include "order/app/guarantee_work.h"
#include "order/app/ports.h"
#include "order/app/rows.h"
#include "order/domain/decide.h"
#include "service/outbound.h"

namespace guarantee::event::v1 {
class DecideOrder;
}

namespace guarantee::order {

// Sections that the order service's notices belong to; the contract knows the rest.
struct NoticeTypes {
  std::string issue_section;   // of the notice with the letter or its failure
  std::string cancel_section;  // of the notice that an order was closed
  std::string topic;
};

struct WorkSettings {
  const Policy& policy;
  const NoticeTypes& notices;
  const GuaranteeSettings& guarantee;
  // Of a flow in the service's requests topic.
  const std::function<std::int32_t(const std::string& flow)>& partition;
  // Flow of the credit line behind the order; empty while the bidder's code is sealed. Permanent
  // when what we sealed ourselves cannot be opened: then nothing may be decided by it.
  const std::function<Result<std::string>(const Order&)>& credit_flow;
};

// `command` is bound to the order as it stands (command_codec.h Bind). What it means for the
// letter (its issue, the acceptance of its notice, a moved time) is done with it, under the
// guarantee's flow. The row of the order, and of every guarantee number that the command may
// bring, are named by the unit. Permanent when a stored value cannot be read.
[[nodiscard]] Result<service::Outcome> Work(service::Outbound& out, const WorkSettings& settings,
                                            const Command& command,
                                            const std::string& minted_guarantee_no);

// Tells that a decision could not be understood: its error's code and sentence, in public.
void RefuseUnbound(service::Outbound& out, const event::v1::DecideOrder& decision,
                   const Error& error);

// The order in the workspace, if there is one.
[[nodiscard]] Result<std::optional<Order>> ReadOrder(const messaging::Workspace& workspace,
                                                     const std::string& flow);

[[nodiscard]] std::string TimerName(TimerKind kind);
[[nodiscard]] std::optional<TimerKind> TimerKindOf(std::string_view name);

}  // namespace guarantee::order
