#include "credit/process.h"

#include "credit/options.h"
#include "credit/wiring.h"
#include "host/process.h"

namespace guarantee::credit {

Result<std::unique_ptr<runtime::Running>> StartProcess(const runtime::Config& config) {
  return host::StartProcess(
      config, {kGroup, kSchema, Topics(), [&config](node::Node& node, sql::Database& database) {
                 return StartCredit(ReadOptions(config, node), node.bus(), database,
                                    node.contract(), node.partners(), SystemClock());
               }});
}

Result<void> Migrate(const runtime::Config& config) {
  return host::MigrateProcess(config, kSchema);
}

}  // namespace guarantee::credit
