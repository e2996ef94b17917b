// The gateway's counts as Prometheus metrics.
#pragma once

#include <prometheus/registry.h>

#include <memory>

#include "gateway/metrics.h"

namespace guarantee::gateway {

[[nodiscard]] std::unique_ptr<GatewayMetrics> MakeMetrics(prometheus::Registry& registry);

}  // namespace guarantee::gateway
