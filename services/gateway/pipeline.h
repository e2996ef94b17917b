// From an admitted body to its answer, the same for every interface: decode, register, publish (or
// ask the service), answer.
#pragma once

#include <atomic>
#include <memory>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "contract/contract.h"
#include "crypto/random.h"
#include "crypto/token.h"
#include "gateway/deadline_queue.h"
#include "gateway/options.h"
#include "gateway/register/batcher.h"
#include "gateway/request_run.h"
#include "gateway/service_port.h"
#include "gateway/worker_pool.h"
#include "messaging/bus.h"

namespace guarantee::gateway {

// What a pipeline works with; all of it outlives the pipeline's last request.
struct PipelineParts {
  std::shared_ptr<const contract::Contract> contract;
  messaging::Producer* producer = nullptr;
  RegisterBatcher* batcher = nullptr;
  DeadlineQueue* deadlines = nullptr;
  WorkerPool* workers = nullptr;
  GatewayMetrics* metrics = nullptr;
  crypto::Random* random = nullptr;
  const Clock* clock = nullptr;
  ServicePort* services = nullptr;  // null: no interface is answered by a service
};

// Keys of one master, each for one purpose.
struct GatewayKeys {
  crypto::TokenKey redirect;
  crypto::TokenKey digest;
  crypto::TokenKey flow;

  [[nodiscard]] static Result<GatewayKeys> Derive(const Secret& master);
};

// Thread-safe.
class Pipeline : public std::enable_shared_from_this<Pipeline> {
 public:
  Pipeline(const GatewayOptions& options, PipelineParts parts, GatewayKeys keys);

  // Answers `responder` once, within the request's timeout from the body's receipt.
  void Handle(Inbound inbound, http::Body body, http::Responder responder);
  // Reports that are still out must no longer touch the parts.
  void Close() { closed_ = true; }

 private:
  using Run = std::shared_ptr<RequestRun>;
  struct Event {
    std::string id;
    UnixMillis received_at;
    std::string flow;
    std::string business_no;
    std::string_view outcome;
    bool registered = false;
  };

  void Decode(const Run& run, std::string_view body);
  void StartItem(const Run& run, std::size_t index);
  [[nodiscard]] bool IsOffered(const contract::Interface& interface) const;
  // With a register.
  void Register(const Run& run, std::size_t index, std::optional<std::string_view> refusal);
  [[nodiscard]] RegisterRow MakeRow(const RequestRun& run, std::size_t index) const;
  void OnClaimed(const Run& run, std::size_t index, const RegisterRow& row,
                 const Result<ClaimOutcome>& outcome);
  void OnQueried(const Run& run, std::size_t index, const RegisterRow& row,
                 std::string_view refusal, const Result<QueryOutcome>& outcome);
  void Repeat(const Run& run, std::size_t index, const RegisterRow& ours, const RegisterRow& first);
  // Without one.
  void Resolve(const Run& run, std::size_t index);
  void OnResolved(const Run& run, std::size_t index, const Result<QueryOutcome>& outcome);
  void Forward(const Run& run, std::size_t index, const std::string& flow);
  void AskService(const Run& run, std::size_t index, const std::string& flow);
  // Both.
  void Publish(const Run& run, std::size_t index, const Event& event);
  void OnPublished(const Run& run, std::size_t index, const Event& event,
                   const Result<messaging::Position>& position);
  [[nodiscard]] std::string FlowNumber(const RequestRun& run, std::size_t index) const;
  [[nodiscard]] std::string BusinessNumber(const RequestRun& run, std::size_t index) const;
  [[nodiscard]] contract::Answer Success(const RequestRun& run, std::size_t index) const;

  const GatewayOptions options_;
  const PipelineParts parts_;
  const GatewayKeys keys_;
  const std::string business_number_;  // name of that field, in every message that has it
  std::atomic<bool> closed_{false};
};

}  // namespace guarantee::gateway
