// The claim service's settings.
#pragma once

#include <string>
#include <vector>

#include "claim/wiring.h"
#include "node/node.h"
#include "runtime/config.h"

namespace guarantee::claim {

[[nodiscard]] std::vector<runtime::ConfigKey> ClaimKeys();
// Topics that have to be there.
[[nodiscard]] std::vector<std::string> Topics();
[[nodiscard]] ClaimOptions ReadOptions(const runtime::Config& config, const node::Node& node);

}  // namespace guarantee::claim
