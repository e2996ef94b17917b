#include "platform-simulator/process.h"

#include "node/health.h"
#include "platform-simulator/server.h"
#include "runtime/admin.h"

namespace guarantee::platform_simulator {
namespace {

class Process final : public runtime::Running {
 public:
  Result<void> Start(const runtime::Config& config) {
    const auto environment = partner::ParseEnvironment(config.Text("process.environment"));
    if (!environment || *environment == partner::Environment::kProduction) {
      return Refused("config", "must be development or test", "process.environment");
    }
    auto contract = contract::Contract::Load();
    if (!contract) return tl::unexpected(contract.error());
    auto partners =
        partner::PartnerDirectory::Load(config.Text("partners.file"), *environment, **contract);
    if (!partners) return Refused("partners", partner::Describe(partners.error()), "partners.file");
    auto receipts = ReceiptLog::Open(config.Text("platform.receipts_file"));
    if (!receipts) return tl::unexpected(receipts.error());
    receipts_ = std::move(*receipts);
    auto server = PlatformServer::Start(config.At("platform.address"), *contract, *partners,
                                        *receipts_, levers_);
    if (!server) return tl::unexpected(server.error());
    server_ = std::move(*server);
    auto admin = runtime::AdminServer::Start(config.At("admin.address"),
                                             {[] { return runtime::Reasons(); },
                                              [] { return runtime::Reasons(); },
                                              node::MakeRegistry(config.Text("process.name")),
                                              {}});
    if (!admin) return tl::unexpected(admin.error());
    admin_ = std::move(*admin);
    return {};
  }

 private:
  std::unique_ptr<ReceiptLog> receipts_;
  Levers levers_;
  std::unique_ptr<PlatformServer> server_;
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

}  // namespace guarantee::platform_simulator
