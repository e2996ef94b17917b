// The invoice service's settings.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "invoice/wiring.h"
#include "node/node.h"
#include "runtime/config.h"

namespace guarantee::invoice {

[[nodiscard]] std::vector<runtime::ConfigKey> InvoiceKeys();
// Topics that have to be there.
[[nodiscard]] std::vector<std::string> Topics();
// Refused "config" when demonstration is asked for outside development.
[[nodiscard]] Result<InvoiceOptions> ReadOptions(const runtime::Config& config,
                                                 const node::Node& node);

}  // namespace guarantee::invoice
