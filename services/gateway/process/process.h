// The gateway as a process.
#pragma once

#include <memory>

#include "base/result.h"
#include "runtime/config.h"
#include "runtime/service.h"

namespace guarantee::gateway {

[[nodiscard]] Result<std::unique_ptr<runtime::Running>> StartProcess(const runtime::Config& config);

// Brings the schema up to date.
[[nodiscard]] Result<void> Migrate(const runtime::Config& config);

}  // namespace guarantee::gateway
