#include "hub/process.h"

#include <grpcpp/grpcpp.h>

#include <set>

#include "crypto/random.h"
#include "dispatcher/app/topics.h"
#include "dispatcher/process/dispatcher_rpc.h"
#include "dispatcher/process/metrics.h"
#include "dispatcher/process/options.h"
#include "gateway/process/gateway_rpc.h"
#include "gateway/process/metrics.h"
#include "gateway/process/options.h"
#include "gateway/process/service_client.h"
#include "gateway/wiring.h"
#include "hub/event_rpc.h"
#include "hub/services.h"
#include "node/health.h"
#include "node/node.h"
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
    if (services_) services_->Drain(kServiceDrain);
    if (dispatcher_) dispatcher_->Drain(kServiceDrain);
    admin_.reset();
  }

  Result<void> Start(const runtime::Config& config) {
    auto node = node::Node::Open(config, {});
    if (!node) return tl::unexpected(node.error());
    node_ = std::move(*node);
    registry_ = node::MakeRegistry(node_->process_name());
    for (const auto step : {&Process::StartServices, &Process::StartDispatcher,
                            &Process::StartGateway, &Process::StartRpc, &Process::StartAdmin}) {
      if (Result<void> started = (this->*step)(config); !started) return started;
    }
    return {};
  }

 private:
  Result<void> StartServices(const runtime::Config& config) {
    auto services = Services::Start(config, *node_, *registry_);
    if (!services) return tl::unexpected(services.error());
    services_ = std::move(*services);
    return {};
  }

  Result<void> StartDispatcher(const runtime::Config& config) {
    dispatcher_database_ = node_->Schema(dispatcher::kSchema);
    const auto documents = [this](std::string_view sha256) -> Result<std::string> {
      Result<sql::Document> document = services_->documents().Get(std::string(sha256));
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
    const std::set<std::string> there = gateway::ServicesOf(*node_->contract());
    Result<gateway::GatewayOptions> options = gateway::ReadOptions(config, *node_, there);
    if (!options) return tl::unexpected(options.error());
    gateway::ServiceClient::Channels channels;
    for (const std::string& service : there) channels.emplace(service, services_->channel());
    service_client_ = std::make_unique<gateway::ServiceClient>(channels);
    gateway_metrics_ = gateway::MakeMetrics(*registry_);
    gateway::GatewayDependencies parts;
    parts.contract = node_->contract();
    parts.partners = node_->partners();
    parts.bus = &node_->bus();
    parts.database = gateway_database_.get();
    parts.metrics = gateway_metrics_.get();
    parts.services = service_client_.get();
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
    std::vector<grpc::Service*> rpcs = services_->rpcs();
    rpcs.insert(rpcs.end(), {gateway_rpc_.get(), dispatcher_rpc_.get(), events_.get()});
    auto server = rpc::StartServer(config.Text("rpc.address"), rpcs, config.Text("rpc.tls_folder"));
    if (!server) return tl::unexpected(server.error());
    server_ = std::move(*server);
    return {};
  }

  Result<void> StartAdmin(const runtime::Config& config) {
    auto admin = runtime::AdminServer::Start(
        config.At("admin.address"),
        {[this] { return Joined(services_->Liveness(), dispatcher_->Liveness(), {}); },
         [this] {
           return Joined(services_->Readiness(), dispatcher_->Readiness(),
                         gateway_->readiness().reasons);
         },
         registry_,
         [this] {
           services_->RefreshMetrics();
           dispatcher_metrics_->Refresh(*dispatcher_, *dispatcher_lag_, SystemClock());
         }});
    if (!admin) return tl::unexpected(admin.error());
    admin_ = std::move(*admin);
    return {};
  }

  static runtime::Reasons Joined(runtime::Reasons services, const runtime::Reasons& dispatcher,
                                 const runtime::Reasons& gateway) {
    for (const std::string& reason : dispatcher) services.push_back("dispatcher: " + reason);
    for (const std::string& reason : gateway) services.push_back("gateway: " + reason);
    return services;
  }

  std::unique_ptr<node::Node> node_;
  std::shared_ptr<prometheus::Registry> registry_;
  std::unique_ptr<sql::Database> dispatcher_database_;
  std::unique_ptr<sql::Database> gateway_database_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<dispatcher::Dispatcher> dispatcher_;
  std::unique_ptr<messaging::LagMeter> dispatcher_lag_;
  std::unique_ptr<dispatcher::DispatcherMetrics> dispatcher_metrics_;
  std::unique_ptr<gateway::GatewayMetrics> gateway_metrics_;
  std::unique_ptr<gateway::ServiceClient> service_client_;
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
  for (const auto& more : {ServiceKeys(), dispatcher::SettingKeys()}) {
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
