// Tolerance switches by their number in the contract.
#pragma once

#include "contract/plan.h"
#include "contract/tolerance.h"

namespace guarantee::contract {

// Whether the switch is on; no switch counts as off.
[[nodiscard]] inline bool IsOn(Switch which, const Tolerance& tolerance) {
  switch (which) {
    case Switch::kNone:
      return false;
    case Switch::kCompatSample31:
      return tolerance.compat_sample31;
    case Switch::kRelaxedInvoice:
      return tolerance.relaxed_invoice;
    case Switch::kRemarkOnFailure:
      return tolerance.remark_on_failure;
    case Switch::kDualResult:
      return tolerance.dual_result;
  }
  return false;
}

}  // namespace guarantee::contract
