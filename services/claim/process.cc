#include "claim/process.h"

#include "claim/options.h"
#include "claim/wiring.h"
#include "host/process.h"

namespace guarantee::claim {

Result<std::unique_ptr<runtime::Running>> StartProcess(const runtime::Config& config) {
  return host::StartProcess(
      config, {kGroup, kSchema, Topics(), [&config](node::Node& node, sql::Database& database) {
                 return StartClaim(ReadOptions(config, node), node.bus(), database, node.contract(),
                                   node.partners(), SystemClock());
               }});
}

Result<void> Migrate(const runtime::Config& config) {
  return host::MigrateProcess(config, kSchema);
}

}  // namespace guarantee::claim
