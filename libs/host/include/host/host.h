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
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "host/write_path.h"
#include "messaging/bus.h"
#include "messaging/lag.h"
#include "messaging/processor.h"
#include "service/task.h"
#include "sql/database.h"

namespace guarantee::host {

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

  [[nodiscard]] virtual rpc::v1::CaseService::Service& cases() = 0;
  // Null: the service has no attachments.
  [[nodiscard]] virtual rpc::v1::AttachmentService::Service* attachments() = 0;
  [[nodiscard]] virtual AttachmentCounts attachment_counts() const = 0;
  // Everything that it serves over gRPC, `cases` included.
  [[nodiscard]] virtual std::vector<grpc::Service*> rpcs();
  [[nodiscard]] virtual messaging::Processor::State State() const = 0;
  [[nodiscard]] virtual messaging::LagMeter& lag() = 0;
  // Stops taking, finishes what runs, leaves the group. Idempotent; the destructor does it too.
  virtual void Drain(std::chrono::milliseconds timeout) = 0;
};

}  // namespace guarantee::host
