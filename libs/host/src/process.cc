#include "host/process.h"

#include "node/health.h"
#include "rpc/server.h"
#include "runtime/admin.h"
#include "sql/write_store.h"

namespace guarantee::host {
namespace {

constexpr std::chrono::milliseconds kDrainTimeout{6000};

class Process final : public runtime::Running {
 public:
  ~Process() override {
    if (server_) rpc::Stop(*server_);
    if (service_) service_->Drain(kDrainTimeout);
    admin_.reset();
  }

  Result<void> Start(const runtime::Config& config, const ProcessPlan& plan) {
    auto node = node::Node::Open(config, plan.topics);
    if (!node) return tl::unexpected(node.error());
    node_ = std::move(*node);
    database_ = node_->Schema(plan.schema);
    auto service = plan.start(*node_, *database_);
    if (!service) return tl::unexpected(service.error());
    service_ = std::move(*service);
    auto server = rpc::StartServer(config.Text("rpc.address"), service_->rpcs(),
                                   config.Text("rpc.tls_folder"));
    if (!server) return tl::unexpected(server.error());
    server_ = std::move(*server);
    return StartAdmin(config, plan.group);
  }

 private:
  Result<void> StartAdmin(const runtime::Config& config, const std::string& group) {
    auto registry = node::MakeRegistry(node_->process_name());
    metrics_ = std::make_unique<node::ProcessorMetrics>(*registry, group);
    attachments_ = std::make_unique<AttachmentMetrics>(*registry, group);
    auto admin = runtime::AdminServer::Start(
        config.At("admin.address"),
        {[this] { return node::Liveness(service_->State(), SystemClock()); },
         [this] { return node::Readiness(service_->State()); }, registry,
         [this] {
           metrics_->Refresh(service_->State(), service_->lag(), SystemClock());
           attachments_->Refresh(service_->attachment_counts());
         }});
    if (!admin) return tl::unexpected(admin.error());
    admin_ = std::move(*admin);
    return {};
  }

  std::unique_ptr<node::Node> node_;
  std::unique_ptr<sql::Database> database_;
  std::unique_ptr<Host> service_;
  std::unique_ptr<grpc::Server> server_;
  std::unique_ptr<node::ProcessorMetrics> metrics_;
  std::unique_ptr<AttachmentMetrics> attachments_;
  std::unique_ptr<runtime::AdminServer> admin_;
};

}  // namespace

Result<void> MigrateProcess(const runtime::Config& config, const std::string& schema) {
  return node::MigrateSchema(config, schema, sql::WriteStoreMigrations());
}

Result<std::unique_ptr<runtime::Running>> StartProcess(const runtime::Config& config,
                                                       const ProcessPlan& plan) {
  auto process = std::make_unique<Process>();
  if (Result<void> started = process->Start(config, plan); !started) {
    return tl::unexpected(started.error());
  }
  return process;
}

}  // namespace guarantee::host
