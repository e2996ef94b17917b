#include "order/process.h"

#include "host/process.h"
#include "order/options.h"
#include "order/wiring.h"

namespace guarantee::order {

Result<std::unique_ptr<runtime::Running>> StartProcess(const runtime::Config& config) {
  return host::StartProcess(
      config,
      {kGroup, kSchema, Topics(),
       [&config](node::Node& node, sql::Database& database) -> Result<std::unique_ptr<host::Host>> {
         const Result<OrderOptions> options = ReadOptions(config, node);
         if (!options) return tl::unexpected(options.error());
         return OrderService::Start(*options, node.bus(), database, node.contract(),
                                    node.partners(), SystemClock());
       }});
}

Result<void> Migrate(const runtime::Config& config) {
  return host::MigrateProcess(config, kSchema);
}

}  // namespace guarantee::order
