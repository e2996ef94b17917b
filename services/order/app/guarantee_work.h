// One command on one guarantee inside an Execute: reads the row, lets the domain decide, and turns
// events and effects into rows, outbox entries and timers.
#pragma once

#include <optional>
#include <string>

#include "contract/contract.h"
#include "order/adapters/guarantee_codec.h"
#include "order/app/rows.h"
#include "order/domain/letter/decide.h"
#include "service/outbound.h"
#include "service/task.h"

namespace guarantee::order {

// Where what a guarantee tells has to go; the contract knows it.
struct LetterRoutes {
  std::string notices_topic;
  std::string plain_section;    // of the plain letter
  std::string refund_section;   // of a refund's result
  std::string cancel_section;   // of a cancellation's result
  std::string propose_section;  // of our own cancellation
  std::string claim_topic;      // requests of our own services
  std::string invoice_topic;
  std::string credit_topic;
};
[[nodiscard]] LetterRoutes RoutesOf(const contract::Contract& contract);

struct GuaranteeSettings {
  const letter::Policy& policy;
  const LetterRoutes& routes;
};

// The guarantee is that of the cause's flow. Its rows are named by the unit, or asked for here
// (messaging::Workspace::Need). Permanent when the stored guarantee cannot be read.
[[nodiscard]] Result<service::Outcome> WorkGuarantee(service::Outbound& out,
                                                     const GuaranteeSettings& settings,
                                                     const letter::Command& command);

// The row in the workspace: empty where there is none.
[[nodiscard]] Result<std::optional<letter::GuaranteeRecord>> ReadGuarantee(
    messaging::Workspace& workspace, const std::string& guarantee_flow);

}  // namespace guarantee::order
