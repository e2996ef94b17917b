// The bank-simulator's settings.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "bank-simulator/desk.h"
#include "base/result.h"
#include "runtime/config.h"

namespace guarantee::bank_simulator {

struct BankOptions {
  std::string process_name;
  std::string brokers;  // Kafka; empty: by the hub
  std::string hub_rpc;  // the hub's gRPC; empty: by Kafka
  std::int32_t hub_partitions = 1;
  std::string position_file;
  DeskPolicy policy;
};

[[nodiscard]] const std::vector<runtime::ConfigKey>& Keys();

// Refused "config" outside development: what it issues are demonstration letters.
[[nodiscard]] Result<BankOptions> ReadOptions(const runtime::Config& config);

}  // namespace guarantee::bank_simulator
