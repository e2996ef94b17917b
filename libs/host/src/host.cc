#include "host/host.h"

#include "host/case_rpc.h"
#include "host/write_path.h"

namespace guarantee::host {
namespace {

class WiredHost final : public Host {
 public:
  WiredHost(HostOptions options, messaging::Bus& bus, sql::Database& database, const Clock& clock)
      : path_(std::move(options), bus, database, clock) {}
  Result<void> Start(std::shared_ptr<const contract::Contract> contract, const DeskFactory& make) {
    Result<std::unique_ptr<service::Desk>> desk = make(path_.Tools());
    if (!desk) return tl::unexpected(desk.error());
    desk_ = std::move(*desk);
    if (Result<void> started = path_.Start(*desk_); !started) return started;
    rpc_ = std::make_unique<CaseRpc>(std::move(contract), *desk_, path_);
    return {};
  }

  rpc::v1::CaseService::Service& cases() override { return *rpc_; }
  rpc::v1::AttachmentService::Service* attachments() override { return path_.attachments(); }
  AttachmentCounts attachment_counts() const override { return path_.attachment_counts(); }
  messaging::Processor::State State() const override { return path_.State(); }
  messaging::LagMeter& lag() override { return path_.lag(); }
  void Drain(std::chrono::milliseconds timeout) override { path_.Drain(timeout); }

 private:
  std::unique_ptr<service::Desk> desk_;  // outlives what asks it
  WritePath path_;
  std::unique_ptr<CaseRpc> rpc_;
};

}  // namespace

std::vector<grpc::Service*> Host::rpcs() {
  std::vector<grpc::Service*> rpcs{&cases()};
  if (attachments() != nullptr) rpcs.push_back(attachments());
  return rpcs;
}

Result<std::unique_ptr<Host>> Host::Start(HostOptions options, messaging::Bus& bus,
                                          sql::Database& database,
                                          std::shared_ptr<const contract::Contract> contract,
                                          const DeskFactory& make, const Clock& clock) {
  if (Result<void> migrated = database.Migrate(sql::WriteStoreMigrations()); !migrated) {
    return tl::unexpected(migrated.error());
  }
  auto host = std::make_unique<WiredHost>(std::move(options), bus, database, clock);
  if (Result<void> started = host->Start(std::move(contract), make); !started) {
    return tl::unexpected(started.error());
  }
  return host;
}

}  // namespace guarantee::host
