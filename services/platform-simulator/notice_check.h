// A notice against the contract, as a strict platform would look at it.
#pragma once

#include <string>
#include <string_view>

#include "contract/contract.h"
#include "platform-simulator/receipts.h"

namespace guarantee::platform_simulator {

struct NoticeCheck {
  bool accepted = false;
  std::string message;  // for the answer; names fields, shows no value
  Json facts;           // for the receipt: numbers and findings, nothing sensitive
};

// `interface` must be one that institutions send.
[[nodiscard]] NoticeCheck CheckNotice(const contract::Interface& interface, std::string_view body);

}  // namespace guarantee::platform_simulator
