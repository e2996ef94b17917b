// Apache Kafka behind messaging::Bus (librdkafka 2.0.2; brokers 3.x or ≥ 4.0.1).
#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/secret.h"
#include "messaging/bus.h"

namespace guarantee::kafka {

// librdkafka's own words, already without values of settings. `level` is syslog's: 0 worst, 7
// debug. Called on threads of the client; must be thread-safe and quick.
using LogSink = std::function<void(int level, std::string_view text)>;

struct KafkaOptions {
  std::string brokers;  // host:port, comma separated
  std::string client_id = "guarantee-hub";
  // From Publish to the report at the latest; must be below the deadline of who waits for it.
  std::chrono::milliseconds message_timeout{4000};
  // How long a record waits for company. Anything but 0 costs a waiting request that time.
  std::chrono::milliseconds linger{0};
  std::size_t queue_records_max = 100'000;  // published and not yet reported
  std::size_t queue_kbytes_max = 65'536;
  // A member that says nothing for so long has lost its partitions (broker's minimum: 6 s).
  std::chrono::milliseconds session_timeout{6000};
  // The same for a thread that does not come back to Poll.
  std::chrono::milliseconds poll_interval_max{60'000};
  // How long a broker holds a fetch that finds nothing; it answers at once when something comes.
  std::chrono::milliseconds fetch_wait{100};
  // Between an assignment that the handler refused and the next attempt to join.
  std::chrono::milliseconds rejoin_pause{500};
  // TLS and SASL by librdkafka's names; README.md lists what is taken.
  std::map<std::string, Secret> security;
  LogSink log;  // empty: nothing is logged
};

// Errors: refused "kafka.setting" with the setting's name in `field`, never its value. No broker
// need be there yet. The bus's destructor waits a bounded time for open reports and then reports
// them retryable.
[[nodiscard]] Result<std::unique_ptr<messaging::Bus>> OpenKafka(const KafkaOptions& options);

}  // namespace guarantee::kafka
