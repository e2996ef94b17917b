// A hosted service as a process of its own: node, schema, gRPC and admin port.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "host/host.h"
#include "node/node.h"
#include "runtime/config.h"
#include "runtime/service.h"

namespace guarantee::host {

struct ProcessPlan {
  std::string group;                // the name that lag is shown under
  std::string schema;               // of the database
  std::vector<std::string> topics;  // that have to be there
  // Everything given outlives the host.
  std::function<Result<std::unique_ptr<Host>>(node::Node& node, sql::Database& database)> start;
};

// What Host::Start does first, and no more.
[[nodiscard]] Result<void> MigrateProcess(const runtime::Config& config, const std::string& schema);

[[nodiscard]] Result<std::unique_ptr<runtime::Running>> StartProcess(const runtime::Config& config,
                                                                     const ProcessPlan& plan);

}  // namespace guarantee::host
