#include "hub/process.h"

#include <grpcpp/grpcpp.h>

#include "crypto/random.h"
#include "dispatcher/app/topics.h"
#include "dispatcher/process/dispatcher_rpc.h"
#include "dispatcher/process/metrics.h"
#include "dispatcher/process/options.h"
#include "gateway/process/gateway_rpc.h"
#include "gateway/process/metrics.h"
#include "gateway/process/options.h"
#include "gateway/wiring.h"
#include "hub/event_rpc.h"
#include "node/health.h"
#include "node/node.h"
#include "order/options.h"
#include "order/wiring.h"
#include "rpc/server.h"
#include "runtime/admin.h"

namespace guarantee::hub {
namespace {

constexpr std::chrono::milliseconds kGatewayDrain{4000};
constexpr std::chrono::milliseconds kServiceDrain{4000};

// Order of members: what is declared later stops earlier.
class Process final : public runtime::Running {
 public:
  ~Process() override {
    if (gateway_ && !gateway_->Drain(kGatewayDrain)) {
      runtime::Log(runtime::Level::kWarning, "gateway",
                   "requests were cut at the end of the drain");
    }
    if (events_) events_->Stop();
    if (server_) rpc::Stop(*server_);
    if (order_) order_->Drain(kServiceDrain);
    if (dispatcher_) dispatcher_->Drain(kServiceDrain);
    admin_.reset();
  }

  Result<void> Start(const runtime::Config& config) {
    auto node = node::Node::Open(config, {});
    if (!node) return tl::unexpected(node.error());
    node_ = std::move(*node);
    registry_ = node::MakeRegistry(node_->process_name());
    for (const auto step : {&Process::StartOrder, &Process::StartDispatcher, &Process::StartGateway,
                            &Process::StartRpc, &Process::StartAdmin}) {
      if (Result<void> started = (this->*step)(config); !started) return started;
    }
    return {};
  }

 private:
  Result<void> StartOrder(const runtime::Config& config) {
    order_database_ = node_->Schema(order::kSchema);
    const Result<order::OrderOptions> options = order::ReadOptions(config, *node_);
    if (!options) return tl::unexpected(options.error());
    auto service = order::OrderService::Start(*options, node_->bus(), *order_database_,
                                              node_->contract(), node_->partners(), SystemClock());
    if (!service) return tl::unexpected(service.error());
    order_ = std::move(*service);
    order_metrics_ = std::make_unique<node::ProcessorMetrics>(*registry_, order::kGroup);
    return {};
  }

  Result<void> StartDispatcher(const runtime::Config& config) {
    dispatcher_database_ = node_->Schema(dispatcher::kSchema);
    const auto documents = [this](std::string_view sha256) -> Result<std::string> {
      Result<sql::Document> document = order_->documents().Get(std::string(sha256));
      if (!document) return tl::unexpected(document.error());
      return std::move(document->bytes);
    };
    auto started =
        dispatcher::Dispatcher::Start({node_->bus(), *dispatcher_database_, SystemClock(),
                                       node_->contract(), node_->partners(), documents},
                                      dispatcher::ReadOptions(config, *node_));
    if (!started) return tl::unexpected(started.error());
    dispatcher_ = std::move(*started);
    dispatcher_lag_ =
        std::make_unique<messaging::LagMeter>(node_->bus(), SystemClock(), dispatcher::kGroup,
                                              [this] { return dispatcher_->Positions(); });
    dispatcher_metrics_ = std::make_unique<dispatcher::DispatcherMetrics>(*registry_);
    return {};
  }

  Result<void> StartGateway(const runtime::Config& config) {
    gateway_database_ = node_->Schema(gateway::kSchema);
    Result<gateway::GatewayOptions> options = gateway::ReadOptions(config, *node_, {"order"});
    if (!options) return tl::unexpected(options.error());
    gateway_metrics_ = gateway::MakeMetrics(*registry_);
    gateway::GatewayDependencies parts;
    parts.contract = node_->contract();
    parts.partners = node_->partners();
    parts.bus = &node_->bus();
    parts.database = gateway_database_.get();
    parts.metrics = gateway_metrics_.get();
    parts.clock = &SystemClock();
    parts.random = &crypto::SystemRandom();
    auto started = gateway::Gateway::Start(*options, parts);
    if (!started) return tl::unexpected(started.error());
    gateway_ = std::move(*started);
    return {};
  }

  Result<void> StartRpc(const runtime::Config& config) {
    gateway_rpc_ = std::make_unique<gateway::GatewayRpc>(gateway_->reader(), node_->partners());
    dispatcher_rpc_ = std::make_unique<dispatcher::DispatcherRpc>(*dispatcher_, *dispatcher_lag_);
    events_ = std::make_unique<EventRpc>(node_->bus());
    auto server = rpc::StartServer(
        config.Text("rpc.address"),
        {&order_->orders(), gateway_rpc_.get(), dispatcher_rpc_.get(), events_.get()});
    if (!server) return tl::unexpected(server.error());
    server_ = std::move(*server);
    return {};
  }

  Result<void> StartAdmin(const runtime::Config& config) {
    auto admin = runtime::AdminServer::Start(
        config.At("admin.address"), {[this] {
                                       return Joined(node::Liveness(order_->State(), SystemClock()),
                                                     dispatcher_->Liveness(), {});
                                     },
                                     [this] {
                                       return Joined(node::Readiness(order_->State()),
                                                     dispatcher_->Readiness(),
                                                     gateway_->readiness().reasons);
                                     },
                                     registry_,
                                     [this] {
                                       order_metrics_->Refresh(order_->State(), order_->lag());
                                       dispatcher_metrics_->Refresh(*dispatcher_, *dispatcher_lag_);
                                     }});
    if (!admin) return tl::unexpected(admin.error());
    admin_ = std::move(*admin);
    return {};
  }

  static runtime::Reasons Joined(runtime::Reasons order, const runtime::Reasons& dispatcher,
                                 const runtime::Reasons& gateway) {
    for (const std::string& reason : dispatcher) order.push_back("dispatcher: " + reason);
    for (const std::string& reason : gateway) order.push_back("gateway: " + reason);
    return order;
  }

  std::unique_ptr<node::Node> node_;
  std::shared_ptr<prometheus::Registry> registry_;
  std::unique_ptr<sql::Database> order_database_;
  std::unique_ptr<sql::Database> dispatcher_database_;
  std::unique_ptr<sql::Database> gateway_database_;
  std::unique_ptr<order::OrderService> order_;
  std::unique_ptr<node::ProcessorMetrics> order_metrics_;
  std::unique_ptr<dispatcher::Dispatcher> dispatcher_;
  std::unique_ptr<messaging::LagMeter> dispatcher_lag_;
  std::unique_ptr<dispatcher::DispatcherMetrics> dispatcher_metrics_;
  std::unique_ptr<gateway::GatewayMetrics> gateway_metrics_;
  std::unique_ptr<gateway::Gateway> gateway_;
  std::unique_ptr<gateway::GatewayRpc> gateway_rpc_;
  std::unique_ptr<dispatcher::DispatcherRpc> dispatcher_rpc_;
  std::unique_ptr<EventRpc> events_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<runtime::AdminServer> admin_;
};

}  // namespace

std::vector<runtime::ConfigKey> SettingKeys() {
  std::vector<runtime::ConfigKey> keys = gateway::SettingKeys();
  for (const auto& more : {order::OrderKeys(), dispatcher::SettingKeys()}) {
    keys.insert(keys.end(), more.begin(), more.end());
  }
  return keys;
}

Result<std::unique_ptr<runtime::Running>> StartProcess(const runtime::Config& config) {
  if (config.Text("bus.kind") != "embedded" || config.Text("store.kind") != "sqlite") {
    return Refused("config", "hub runs on the embedded log and SQLite", "bus.kind");
  }
  auto process = std::make_unique<Process>();
  if (Result<void> started = process->Start(config); !started) {
    return tl::unexpected(started.error());
  }
  return process;
}

}  // namespace guarantee::hub
