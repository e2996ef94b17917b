#include "platform-simulator/options.h"

namespace guarantee::platform_simulator {

using runtime::ConfigKey;
using runtime::KeyKind;

const std::vector<ConfigKey>& Keys() {
  static const std::vector<ConfigKey> keys = {
      {.name = "process.name", .required = true, .help = "in logs and metrics"},
      {.name = "process.environment",
       .fallback = "production",
       .help = "that of the partners: development or test"},
      {.name = "admin.address",
       .kind = KeyKind::kAddress,
       .required = true,
       .help = "/livez /readyz /metrics"},
      {.name = "partners.file", .kind = KeyKind::kFile, .required = true},
      {.name = "platform.address",
       .kind = KeyKind::kAddress,
       .required = true,
       .help = "where notices arrive"},
      {.name = "platform.receipts_file",
       .kind = KeyKind::kFile,
       .required = true,
       .help = "one line of JSON a notice"},
  };
  return keys;
}

}  // namespace guarantee::platform_simulator
