// A desk (service/task.h) wired over a bus and a schema: write path, waiting records, calls. The
// same for every service; used by each service's own binary and by `hub`.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "contract/contract.h"
#include "messaging/bus.h"
#include "messaging/lag.h"
#include "messaging/processor.h"
#include "service/task.h"
#include "sql/database.h"
#include "sql/write_store.h"

namespace guarantee::host {

struct HostOptions {
  std::string group;         // consumer group; the name that lag is shown under
  std::string process_name;  // part of the lease holder's name
  bool alone = false;        // the store's file lock is ours: older leases are void
  std::string requests_topic;
  std::vector<std::string> foreign_topics;  // inputs whose producers choose the partition
  std::int16_t waiting_kind = 0;            // of the queues of waiting records
  std::int64_t request_limit_ms = 5'000;    // of the gateway
  std::vector<std::string> partners;        // ids
};

using DeskFactory = std::function<Result<std::unique_ptr<service::Desk>>(service::DeskTools tools)>;

// Everything given outlives the host. Thread-safe.
class Host {
 public:
  // Migrates the schema, makes the desk, joins the group.
  [[nodiscard]] static Result<std::unique_ptr<Host>> Start(
      HostOptions options, messaging::Bus& bus, sql::Database& database,
      std::shared_ptr<const contract::Contract> contract, const DeskFactory& make,
      const Clock& clock);
  virtual ~Host() = default;

  // CaseService.
  [[nodiscard]] virtual grpc::Service& rpc() = 0;
  [[nodiscard]] virtual messaging::Processor::State State() const = 0;
  [[nodiscard]] virtual messaging::LagMeter& lag() = 0;
  // Stops taking, finishes what runs, leaves the group. Idempotent; the destructor does it too.
  virtual void Drain(std::chrono::milliseconds timeout) = 0;
};

}  // namespace guarantee::host
