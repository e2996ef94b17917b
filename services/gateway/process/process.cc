#include "gateway/process/process.h"

#include <grpcpp/grpcpp.h>

#include "crypto/random.h"
#include "gateway/process/gateway_rpc.h"
#include "gateway/process/metrics.h"
#include "gateway/process/options.h"
#include "gateway/process/service_client.h"
#include "gateway/register/register.h"
#include "gateway/wiring.h"
#include "node/health.h"
#include "node/node.h"
#include "rpc/server.h"
#include "runtime/admin.h"

namespace guarantee::gateway {
namespace {

constexpr std::chrono::milliseconds kDrainTimeout{7000};

class Process final : public runtime::Running {
 public:
  ~Process() override {
    if (gateway_ && !gateway_->Drain(kDrainTimeout)) {
      runtime::Log(runtime::Level::kWarning, "gateway",
                   "requests were cut at the end of the drain");
    }
    if (server_) rpc::Stop(*server_);
    admin_.reset();
    gateway_.reset();
  }

  Result<void> Start(const runtime::Config& config) {
    // The gateway finds its topics by itself, later if need be: it answers 503 until then.
    auto node = node::Node::Open(config, {});
    if (!node) return tl::unexpected(node.error());
    node_ = std::move(*node);
    database_ = node_->Schema(kSchema);
    ConnectServices(config);
    Result<GatewayOptions> options = ReadOptions(config, *node_, there_);
    if (!options) return tl::unexpected(options.error());
    registry_ = node::MakeRegistry(node_->process_name());
    metrics_ = MakeMetrics(*registry_);
    GatewayDependencies parts;
    parts.contract = node_->contract();
    parts.partners = node_->partners();
    parts.bus = &node_->bus();
    parts.database = database_.get();
    parts.metrics = metrics_.get();
    parts.services = services_.get();
    parts.clock = &SystemClock();
    parts.random = &crypto::SystemRandom();
    auto gateway = Gateway::Start(*options, parts);
    if (!gateway) return tl::unexpected(gateway.error());
    gateway_ = std::move(*gateway);
    return StartInner(config);
  }

 private:
  void ConnectServices(const runtime::Config& config) {
    ServiceClient::Channels channels;
    for (const auto& [service, address] : ReadServices(config)) {
      channels.emplace(service, rpc::Connect(address, config.Text("rpc.tls_folder")));
      there_.insert(service);
    }
    services_ = std::make_unique<ServiceClient>(channels);
  }

  Result<void> StartInner(const runtime::Config& config) {
    rpc_ = std::make_unique<GatewayRpc>(gateway_->reader(), node_->partners());
    auto server =
        rpc::StartServer(config.Text("rpc.address"), {rpc_.get()}, config.Text("rpc.tls_folder"));
    if (!server) return tl::unexpected(server.error());
    server_ = std::move(*server);
    auto admin = runtime::AdminServer::Start(
        config.At("admin.address"),
        {[] { return runtime::Reasons{}; }, [this] { return gateway_->readiness().reasons; },
         registry_, nullptr});
    if (!admin) return tl::unexpected(admin.error());
    admin_ = std::move(*admin);
    return {};
  }

  std::unique_ptr<node::Node> node_;
  std::unique_ptr<sql::Database> database_;
  std::shared_ptr<prometheus::Registry> registry_;
  std::unique_ptr<GatewayMetrics> metrics_;
  std::set<std::string> there_;
  std::unique_ptr<ServiceClient> services_;
  std::unique_ptr<Gateway> gateway_;
  std::unique_ptr<GatewayRpc> rpc_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<runtime::AdminServer> admin_;
};

}  // namespace

Result<std::unique_ptr<runtime::Running>> StartProcess(const runtime::Config& config) {
  auto process = std::make_unique<Process>();
  if (Result<void> started = process->Start(config); !started) {
    return tl::unexpected(started.error());
  }
  return process;
}

Result<void> Migrate(const runtime::Config& config) {
  return node::MigrateSchema(config, kSchema, RegisterMigrations());
}

}  // namespace guarantee::gateway
