// The order service as a process: its settings and what they start.
#pragma once

#include <memory>

#include "base/result.h"
#include "runtime/config.h"
#include "runtime/service.h"

namespace guarantee::order {

[[nodiscard]] Result<std::unique_ptr<runtime::Running>> StartProcess(const runtime::Config& config);

// Brings the schema up to date.
[[nodiscard]] Result<void> Migrate(const runtime::Config& config);

}  // namespace guarantee::order
