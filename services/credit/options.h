// The credit service's settings.
#pragma once

#include <string>
#include <vector>

#include "credit/wiring.h"
#include "node/node.h"
#include "runtime/config.h"

namespace guarantee::credit {

[[nodiscard]] std::vector<runtime::ConfigKey> CreditKeys();
// Topics that have to be there.
[[nodiscard]] std::vector<std::string> Topics();
[[nodiscard]] CreditOptions ReadOptions(const runtime::Config& config, const node::Node& node);

}  // namespace guarantee::credit
