// The settings of `platform-simulator serve`.
#pragma once

#include <vector>

#include "runtime/config.h"

namespace guarantee::platform_simulator {

[[nodiscard]] const std::vector<runtime::ConfigKey>& Keys();

}  // namespace guarantee::platform_simulator
