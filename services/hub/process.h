// Everything in one process, on the embedded log and SQLite: for a laptop or a small institution.
#pragma once

#include <memory>
#include <vector>

#include "base/result.h"
#include "runtime/config.h"
#include "runtime/service.h"

namespace guarantee::hub {

// The keys of all services.
[[nodiscard]] std::vector<runtime::ConfigKey> SettingKeys();
[[nodiscard]] Result<std::unique_ptr<runtime::Running>> StartProcess(const runtime::Config& config);

}  // namespace guarantee::hub
