#include "invoice/process.h"

#include "host/process.h"
#include "invoice/options.h"
#include "invoice/wiring.h"

namespace guarantee::invoice {

Result<std::unique_ptr<runtime::Running>> StartProcess(const runtime::Config& config) {
  return host::StartProcess(
      config,
      {kGroup, kSchema, Topics(),
       [&config](node::Node& node, sql::Database& database) -> Result<std::unique_ptr<host::Host>> {
         const Result<InvoiceOptions> options = ReadOptions(config, node);
         if (!options) return tl::unexpected(options.error());
         return StartInvoice(*options, node.bus(), database, node.contract(), node.partners(),
                             SystemClock());
       }});
}

Result<void> Migrate(const runtime::Config& config) {
  return host::MigrateProcess(config, kSchema);
}

}  // namespace guarantee::invoice
