#include "dispatcher/process/process.h"

#include <grpcpp/grpcpp.h>

#include "dispatcher/adapters/notice_migrations.h"
#include "dispatcher/app/topics.h"
#include "dispatcher/process/dispatcher_rpc.h"
#include "dispatcher/process/metrics.h"
#include "dispatcher/process/options.h"
#include "dispatcher/process/remote_documents.h"
#include "node/health.h"
#include "node/node.h"
#include "rpc/server.h"
#include "runtime/admin.h"

namespace guarantee::dispatcher {
namespace {

constexpr std::chrono::milliseconds kDrainTimeout{7000};

class Process final : public runtime::Running {
 public:
  ~Process() override {
    if (dispatcher_) dispatcher_->Drain(kDrainTimeout);
    if (server_) rpc::Stop(*server_);
    admin_.reset();
  }

  Result<void> Start(const runtime::Config& config) {
    auto node = node::Node::Open(config, Topics());
    if (!node) return tl::unexpected(node.error());
    node_ = std::move(*node);
    database_ = node_->Schema(kSchema);
    const std::string& order = config.Text("dispatcher.order_rpc");
    if (order.empty()) return Refused("config", "must be set", "dispatcher.order_rpc");
    auto dispatcher = Dispatcher::Start(
        {node_->bus(), *database_, SystemClock(), node_->contract(), node_->partners(),
         RemoteDocuments(order, config.Text("rpc.tls_folder"))},
        ReadOptions(config, *node_));
    if (!dispatcher) return tl::unexpected(dispatcher.error());
    dispatcher_ = std::move(*dispatcher);
    return StartInner(config);
  }

 private:
  Result<void> StartInner(const runtime::Config& config) {
    lag_ = std::make_unique<messaging::LagMeter>(node_->bus(), SystemClock(), kGroup,
                                                 [this] { return dispatcher_->Positions(); });
    rpc_ = std::make_unique<DispatcherRpc>(*dispatcher_, *lag_);
    auto server =
        rpc::StartServer(config.Text("rpc.address"), {rpc_.get()}, config.Text("rpc.tls_folder"));
    if (!server) return tl::unexpected(server.error());
    server_ = std::move(*server);
    auto registry = node::MakeRegistry(node_->process_name());
    metrics_ = std::make_unique<DispatcherMetrics>(*registry);
    auto admin = runtime::AdminServer::Start(
        config.At("admin.address"),
        {[this] { return dispatcher_->Liveness(); }, [this] { return dispatcher_->Readiness(); },
         registry, [this] { metrics_->Refresh(*dispatcher_, *lag_, SystemClock()); }});
    if (!admin) return tl::unexpected(admin.error());
    admin_ = std::move(*admin);
    return {};
  }

  std::unique_ptr<node::Node> node_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<Dispatcher> dispatcher_;
  std::unique_ptr<messaging::LagMeter> lag_;
  std::unique_ptr<DispatcherRpc> rpc_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<DispatcherMetrics> metrics_;
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
  return node::MigrateSchema(config, kSchema, DispatcherMigrations());
}

}  // namespace guarantee::dispatcher
