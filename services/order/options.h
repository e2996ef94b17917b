// The order service's settings.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "node/node.h"
#include "order/wiring.h"
#include "runtime/config.h"

namespace guarantee::order {

[[nodiscard]] std::vector<runtime::ConfigKey> OrderKeys();
// Topics that have to be there.
[[nodiscard]] std::vector<std::string> Topics();
[[nodiscard]] Result<OrderOptions> ReadOptions(const runtime::Config& config,
                                               const node::Node& node);

}  // namespace guarantee::order
