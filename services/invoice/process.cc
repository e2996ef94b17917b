#include "invoice/process.h"

#include <grpcpp/grpcpp.h>

#include "invoice/options.h"
#include "invoice/wiring.h"
#include "node/health.h"
#include "node/node.h"
#include "rpc/server.h"
#include "runtime/admin.h"

namespace guarantee::invoice {
namespace {

constexpr std::chrono::milliseconds kDrainTimeout{6000};

class Process final : public runtime::Running {
 public:
  ~Process() override {
    if (server_) rpc::Stop(*server_);
    if (service_) service_->Drain(kDrainTimeout);
    admin_.reset();
  }

  Result<void> Start(const runtime::Config& config) {
    auto node = node::Node::Open(config, Topics());
    if (!node) return tl::unexpected(node.error());
    node_ = std::move(*node);
    database_ = node_->Schema(kSchema);
    const Result<InvoiceOptions> options = ReadOptions(config, *node_);
    if (!options) return tl::unexpected(options.error());
    auto service = StartInvoice(*options, node_->bus(), *database_, node_->contract(),
                                node_->partners(), SystemClock());
    if (!service) return tl::unexpected(service.error());
    service_ = std::move(*service);
    auto server = rpc::StartServer(config.Text("rpc.address"), {&service_->rpc()});
    if (!server) return tl::unexpected(server.error());
    server_ = std::move(*server);
    return StartAdmin(config);
  }

 private:
  Result<void> StartAdmin(const runtime::Config& config) {
    auto registry = node::MakeRegistry(node_->process_name());
    metrics_ = std::make_unique<node::ProcessorMetrics>(*registry, kGroup);
    auto admin = runtime::AdminServer::Start(
        config.At("admin.address"),
        {[this] { return node::Liveness(service_->State(), SystemClock()); },
         [this] { return node::Readiness(service_->State()); }, registry,
         [this] { metrics_->Refresh(service_->State(), service_->lag()); }});
    if (!admin) return tl::unexpected(admin.error());
    admin_ = std::move(*admin);
    return {};
  }

  std::unique_ptr<node::Node> node_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<host::Host> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<node::ProcessorMetrics> metrics_;
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

}  // namespace guarantee::invoice
