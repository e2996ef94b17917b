#include "hub/services.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "claim/options.h"
#include "claim/wiring.h"
#include "credit/options.h"
#include "credit/wiring.h"
#include "invoice/options.h"
#include "invoice/wiring.h"
#include "order/options.h"
#include "rpc/server.h"

namespace guarantee::hub {
namespace {

// Of this process; each may wait for its partition and holds a thread as long. What is beyond is
// told to come again, which the gateway does.
constexpr int kCallThreadsMax = 128;

using HostResult = Result<std::unique_ptr<host::Host>>;

// A service as it is started here: its word in the contract, its schema, the cases it has.
struct Plan {
  const char* service;
  const char* schema;
  std::vector<std::string> kinds;
  std::function<HostResult(const runtime::Config&, node::Node&, sql::Database&)> start;
};

HostResult StartOrder(const runtime::Config& config, node::Node& node, sql::Database& database) {
  const Result<order::OrderOptions> options = order::ReadOptions(config, node);
  if (!options) return tl::unexpected(options.error());
  return order::OrderService::Start(*options, node.bus(), database, node.contract(),
                                    node.partners(), SystemClock());
}

HostResult StartClaim(const runtime::Config& config, node::Node& node, sql::Database& database) {
  return claim::StartClaim(claim::ReadOptions(config, node), node.bus(), database, node.contract(),
                           node.partners(), SystemClock());
}

HostResult StartCredit(const runtime::Config& config, node::Node& node, sql::Database& database) {
  return credit::StartCredit(credit::ReadOptions(config, node), node.bus(), database,
                             node.contract(), node.partners(), SystemClock());
}

HostResult StartInvoice(const runtime::Config& config, node::Node& node, sql::Database& database) {
  const Result<invoice::InvoiceOptions> options = invoice::ReadOptions(config, node);
  if (!options) return tl::unexpected(options.error());
  return invoice::StartInvoice(*options, node.bus(), database, node.contract(), node.partners(),
                               SystemClock());
}

// The order service first: the others' rows name guarantees of its.
const std::vector<Plan>& Plans() {
  static const std::vector<Plan> plans = {
      {order::kGroup, order::kSchema, {"guarantee", "refund", "cancellation"}, StartOrder},
      {claim::kGroup, claim::kSchema, {"claim"}, StartClaim},
      {credit::kGroup, credit::kSchema, {"credit"}, StartCredit},
      {invoice::kGroup, invoice::kSchema, {"invoice"}, StartInvoice},
  };
  return plans;
}

void Prefix(const std::string& service, const runtime::Reasons& reasons, runtime::Reasons& all) {
  for (const std::string& reason : reasons) all.push_back(service + ": " + reason);
}

}  // namespace

std::vector<runtime::ConfigKey> ServiceKeys() {
  std::vector<runtime::ConfigKey> keys = order::OrderKeys();
  for (const auto& more : {claim::ClaimKeys(), credit::CreditKeys(), invoice::InvoiceKeys()}) {
    keys.insert(keys.end(), more.begin(), more.end());
  }
  return keys;
}

Result<std::unique_ptr<Services>> Services::Start(const runtime::Config& config, node::Node& node,
                                                  prometheus::Registry& registry) {
  std::unique_ptr<Services> services(new Services());
  if (Result<void> started = services->StartAll(config, node); !started) {
    return tl::unexpected(started.error());
  }
  for (Running& one : services->running_) {
    one.metrics = std::make_unique<node::ProcessorMetrics>(registry, one.service);
    one.attachments = std::make_unique<host::AttachmentMetrics>(registry, one.service);
  }
  services->StartCalls(node.contract());
  return services;
}

Services::~Services() {
  if (inner_server_) rpc::Stop(*inner_server_);
}

Result<void> Services::StartAll(const runtime::Config& config, node::Node& node) {
  for (const Plan& plan : Plans()) {
    Running one;
    one.service = plan.service;
    one.database = node.Schema(plan.schema);
    HostResult host = plan.start(config, node, *one.database);
    if (!host) return tl::unexpected(host.error());
    one.host = std::move(*host);
    running_.push_back(std::move(one));
  }
  order_ = static_cast<order::OrderService*>(running_.front().host.get());
  return {};
}

void Services::StartCalls(const std::shared_ptr<const contract::Contract>& contract) {
  std::vector<CaseRouter::Target> targets;
  std::vector<AttachmentRouter::Target> attachments;
  for (std::size_t at = 0; at < running_.size(); ++at) {
    targets.push_back({running_[at].service, Plans()[at].kinds, &running_[at].host->cases()});
    attachments.push_back({running_[at].service, running_[at].host->attachments()});
  }
  router_ = std::make_unique<CaseRouter>(contract, targets);
  attachments_ = std::make_unique<AttachmentRouter>(contract, std::move(attachments));
  inner_router_ = std::make_unique<CaseRouter>(contract, std::move(targets));
  // A server without a port: calls of this process go through memory.
  grpc::ResourceQuota threads("hub");
  threads.SetMaxThreads(kCallThreadsMax);
  grpc::ServerBuilder builder;
  builder.SetResourceQuota(threads);
  builder.RegisterService(inner_router_.get());
  inner_server_ = builder.BuildAndStart();
}

std::vector<grpc::Service*> Services::rpcs() {
  return {router_.get(), attachments_.get(), &order_->orders()};
}

std::shared_ptr<grpc::Channel> Services::channel() { return inner_server_->InProcessChannel({}); }

runtime::Reasons Services::Liveness() const {
  runtime::Reasons reasons;
  for (const Running& one : running_) {
    Prefix(one.service, node::Liveness(one.host->State(), SystemClock()), reasons);
  }
  return reasons;
}

runtime::Reasons Services::Readiness() const {
  runtime::Reasons reasons;
  for (const Running& one : running_) {
    Prefix(one.service, node::Readiness(one.host->State()), reasons);
  }
  return reasons;
}

void Services::RefreshMetrics() {
  for (Running& one : running_) {
    one.metrics->Refresh(one.host->State(), one.host->lag(), SystemClock());
    one.attachments->Refresh(one.host->attachment_counts());
  }
}

void Services::Drain(std::chrono::milliseconds timeout) {
  if (inner_server_) rpc::Stop(*inner_server_);
  const auto until = std::chrono::steady_clock::now() + timeout;
  for (Running& one : running_) {
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(
        until - std::chrono::steady_clock::now());
    one.host->Drain(std::max(left, std::chrono::milliseconds(0)));
  }
}

}  // namespace guarantee::hub
