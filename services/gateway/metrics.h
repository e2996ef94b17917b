// What the gateway counts. The process connects it to its exporter; tests count for themselves.
#pragma once

#include <chrono>
#include <string_view>

namespace guarantee::gateway {

// Thread-safe; must not block; outlives the gateway. Labels are from fixed sets: `section` is a
// section of the contract or empty, `outcome` one of the words of outcome.h.
class GatewayMetrics {
 public:
  virtual ~GatewayMetrics() = default;
  // Once for each answer that the gateway gave; `duration` from the end of the head.
  virtual void CountRequest(std::string_view section, std::string_view outcome,
                            std::chrono::microseconds duration) = 0;
  // Requests between their head and their answer: +1, -1.
  virtual void AddInFlight(int difference) = 0;
  // A deviation that was let pass (contract::Warning).
  virtual void CountWarning(std::string_view section, std::string_view kind) = 0;
};

}  // namespace guarantee::gateway
