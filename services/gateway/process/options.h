// The gateway's settings as a process has them.
#pragma once

#include <vector>

#include "base/result.h"
#include "gateway/options.h"
#include "node/node.h"
#include "runtime/config.h"

namespace guarantee::gateway {

[[nodiscard]] std::vector<runtime::ConfigKey> SettingKeys();
[[nodiscard]] Result<GatewayOptions> ReadOptions(const runtime::Config& config,
                                                 const node::Node& node);

}  // namespace guarantee::gateway
