// `platform-simulator serve` as a process.
#pragma once

#include <memory>

#include "base/result.h"
#include "runtime/config.h"
#include "runtime/service.h"

namespace guarantee::platform_simulator {

// Refused "config" in production.
[[nodiscard]] Result<std::unique_ptr<runtime::Running>> StartProcess(const runtime::Config& config);

}  // namespace guarantee::platform_simulator
