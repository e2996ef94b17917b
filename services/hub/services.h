// The four services of a hub: their schemas, their calls, their health.
#pragma once

#include <grpcpp/grpcpp.h>

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "host/host.h"
#include "hub/attachment_router.h"
#include "hub/case_router.h"
#include "node/health.h"
#include "node/node.h"
#include "order/wiring.h"
#include "runtime/admin.h"
#include "runtime/config.h"

namespace prometheus {
class Registry;
}

namespace guarantee::hub {

// The keys of all four.
[[nodiscard]] std::vector<runtime::ConfigKey> ServiceKeys();

class Services {
 public:
  // Starts order, claim, credit and invoice. `node` and `registry` outlive them.
  [[nodiscard]] static Result<std::unique_ptr<Services>> Start(const runtime::Config& config,
                                                               node::Node& node,
                                                               prometheus::Registry& registry);
  ~Services();
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  // What goes to a server: one router for all, and what else the services answer.
  [[nodiscard]] std::vector<grpc::Service*> rpcs();
  // For callers in this process, without a socket.
  [[nodiscard]] std::shared_ptr<grpc::Channel> channel();
  // Bytes of a document, for the dispatcher.
  [[nodiscard]] sql::SqlDocumentStore& documents() { return order_->documents(); }

  [[nodiscard]] runtime::Reasons Liveness() const;
  [[nodiscard]] runtime::Reasons Readiness() const;
  void RefreshMetrics();
  // All of them together within `timeout`. Takes no more calls of this process.
  void Drain(std::chrono::milliseconds timeout);

 private:
  struct Running {
    std::string service;
    std::unique_ptr<sql::Database> database;
    std::unique_ptr<host::Host> host;
    std::unique_ptr<node::ProcessorMetrics> metrics;
    std::unique_ptr<host::AttachmentMetrics> attachments;
  };

  Services() = default;
  [[nodiscard]] Result<void> StartAll(const runtime::Config& config, node::Node& node);
  void StartCalls(const std::shared_ptr<const contract::Contract>& contract);

  std::vector<Running> running_;
  order::OrderService* order_ = nullptr;  // one of running_
  std::unique_ptr<CaseRouter> router_;
  std::unique_ptr<AttachmentRouter> attachments_;
  std::unique_ptr<CaseRouter> inner_router_;
  std::unique_ptr<grpc::Server> inner_server_;
};

}  // namespace guarantee::hub
