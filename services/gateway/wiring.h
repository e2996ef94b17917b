// A whole gateway, put together. The gateway's own process and `hub` both start it here.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "contract/contract.h"
#include "crypto/random.h"
#include "gateway/edge.h"
#include "gateway/metrics.h"
#include "gateway/options.h"
#include "gateway/register/reader.h"
#include "gateway/service_port.h"
#include "messaging/bus.h"
#include "partner/directory.h"
#include "sql/database.h"

namespace guarantee::gateway {

// The schema that `sql::PostgresPool::Schema` and `sql::SqliteFile::Schema` are asked for.
inline constexpr const char* kSchema = "gateway";

// All of them outlive the gateway, and `metrics` also the last report of `bus`.
struct GatewayDependencies {
  std::shared_ptr<const contract::Contract> contract;
  std::shared_ptr<const partner::PartnerDirectory> partners;
  messaging::Bus* bus = nullptr;
  sql::Database* database = nullptr;  // handle of kSchema
  GatewayMetrics* metrics = nullptr;
  ServicePort* services = nullptr;  // null: none is reachable
  const Clock* clock = nullptr;
  crypto::Random* random = nullptr;
};

struct Readiness {
  bool ready = false;
  std::vector<std::string> reasons;  // why not; for people and /readyz
};

// Thread-safe.
class Gateway {
 public:
  // Listens when it returns, even while database or bus is away: requests get HTTP 503 until they
  // are back, and readiness says why. Refused for an option out of range ("gateway.option", the
  // field names it) or an address that cannot be bound; a schema newer than this program is
  // refused too.
  [[nodiscard]] static Result<std::unique_ptr<Gateway>> Start(const GatewayOptions& options,
                                                              const GatewayDependencies& parts);
  ~Gateway();
  Gateway(const Gateway&) = delete;
  Gateway& operator=(const Gateway&) = delete;

  [[nodiscard]] std::uint16_t port() const { return server_->port(); }
  [[nodiscard]] Readiness readiness() const;
  [[nodiscard]] http::ServerCounters counters() const { return server_->counters(); }
  [[nodiscard]] RegisterReader reader() const;
  // Another configuration of partners; requests under way keep theirs.
  void ReplacePartners(std::shared_ptr<const partner::PartnerDirectory> partners);
  // Not ready at once; stops accepting, lets requests in flight get their answers, writes their
  // confirmations. False when something was still open after `timeout`.
  bool Drain(std::chrono::milliseconds timeout);

 private:
  Gateway(const GatewayOptions& options, const GatewayDependencies& parts, GatewayKeys keys);

  [[nodiscard]] Result<void> Listen();
  [[nodiscard]] Result<void> Migrate();
  void Probe();
  void ProbeOnce();
  void Note(std::string& slot, std::string text);

  const GatewayOptions options_;
  const GatewayDependencies parts_;
  RegisterBatcher batcher_;
  DeadlineQueue deadlines_;
  WorkerPool workers_;
  const std::shared_ptr<InFlight> in_flight_;
  const std::shared_ptr<Authenticator> authenticator_;
  const std::shared_ptr<Pipeline> pipeline_;
  Edge edge_;
  std::vector<std::string> topics_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  bool draining_ = false;
  bool migrated_ = false;  // the probing thread's, after Start
  std::string database_trouble_ = "the database has not been asked yet";
  std::string bus_trouble_ = "the bus has not been asked yet";
  std::unique_ptr<http::HttpServer> server_;
  std::thread prober_;
};

}  // namespace guarantee::gateway
