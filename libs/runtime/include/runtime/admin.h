// The admin port of a process: /livez, /readyz (reasons in JSON), /metrics (Prometheus text), and
// /startupz, which is well as soon as it answers: a process opens this port last, when its
// settings, its schema and the topics that it cannot do without are as declared.
// Loopback or cluster-internal; it answers GET only and reads no body.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "runtime/config.h"

namespace prometheus {
class Registry;
}

namespace guarantee::runtime {

// Empty: well.
using Reasons = std::vector<std::string>;

struct AdminSources {
  std::function<Reasons()> liveness;   // heartbeats of the process' own loops, never the broker
  std::function<Reasons()> readiness;  // what keeps it from serving
  std::shared_ptr<prometheus::Registry> metrics;
  std::function<void()> refresh;  // sets the gauges, before each scrape
};

class AdminServer {
 public:
  // The sources are called on the server's threads until the object is gone.
  [[nodiscard]] static Result<std::unique_ptr<AdminServer>> Start(const Address& address,
                                                                  AdminSources sources);
  virtual ~AdminServer() = default;
};

}  // namespace guarantee::runtime
