#include "host/host.h"

#include "crypto/digest.h"
#include "crypto/identifier.h"
#include "crypto/random.h"
#include "host/case_rpc.h"
#include "service/units.h"
#include "sql/lease_store.h"

namespace guarantee::host {
namespace {

constexpr std::size_t kHolderBytes = 8;
constexpr std::chrono::milliseconds kLastDrain{5000};

class WiredHost final : public Host {
 public:
  WiredHost(HostOptions options, messaging::Bus& bus, sql::Database& database, const Clock& clock)
      : options_(std::move(options)),
        bus_(bus),
        clock_(clock),
        store_(database, options_.group),
        leases_(database) {}
  ~WiredHost() override { Drain(kLastDrain); }

  Result<void> Start(std::shared_ptr<const contract::Contract> contract, const DeskFactory& make) {
    Result<std::unique_ptr<service::Desk>> desk = make(Tools());
    if (!desk) return tl::unexpected(desk.error());
    desk_ = std::move(*desk);
    units_ = std::make_unique<service::Units>(service::Units::Dependencies{
        desk_.get(), options_.waiting_kind,
        [this](const std::string& flow) { return processor_->PartitionOf(flow); },
        [this](const std::string& flow) { return LoadWaiting(flow); }, &clock_});
    MakeProcessor();
    if (Result<void> started = processor_->Start(); !started) return started;
    lag_ = std::make_unique<messaging::LagMeter>(bus_, clock_, options_.group,
                                                 [this] { return processor_->Positions(); });
    rpc_ = std::make_unique<CaseRpc>(
        CaseRpc::Dependencies{std::move(contract), processor_.get(), desk_.get(), units_.get(),
                              &store_, lag_.get(), [this] { return NewId(); }, options_.partners});
    return {};
  }

  grpc::Service& rpc() override { return *rpc_; }
  messaging::Processor::State State() const override { return processor_->state(); }
  messaging::LagMeter& lag() override { return *lag_; }
  void Drain(std::chrono::milliseconds timeout) override {
    if (processor_) processor_->Drain(timeout);
  }

 private:
  [[nodiscard]] std::string NewId() const {
    return crypto::MakeIdentifier(clock_.Now(), crypto::SystemRandom());
  }

  [[nodiscard]] Result<std::string> LoadWaiting(const std::string& flow) {
    const auto row = store_.Load({options_.waiting_kind, flow});
    if (!row) return tl::unexpected(row.error());
    return *row ? (*row)->state : std::string();
  }

  [[nodiscard]] Result<std::optional<messaging::StoredRow>> Find(std::int16_t kind,
                                                                 const std::string& partner,
                                                                 const std::string& number) {
    Result<std::vector<messaging::StoredRow>> rows = store_.List({kind, partner, number, 2});
    if (!rows) return tl::unexpected(rows.error());
    if (rows->size() > 1) return Refused("case.ambiguous", "several have this number", "number");
    if (rows->empty()) return std::optional<messaging::StoredRow>{};
    return std::optional<messaging::StoredRow>{std::move(rows->front())};
  }

  [[nodiscard]] service::DeskTools Tools() {
    service::DeskTools tools;
    tools.event_id = [this] { return NewId(); };
    tools.partition = [this](const std::string& flow) { return processor_->PartitionOf(flow); };
    tools.load = [this](const messaging::RowKey& key) { return store_.Load(key); };
    tools.find = [this](std::int16_t kind, const std::string& partner, const std::string& number) {
      return Find(kind, partner, number);
    };
    tools.clock = &clock_;
    return tools;
  }

  void MakeProcessor() {
    messaging::Processor::Options options;
    options.lease.group = options_.group;
    options.lease.holder =
        options_.process_name + "-" + crypto::ToHex(crypto::SystemRandom().Bytes(kHolderBytes));
    options.lease.alone = options_.alone;
    options.requests_topic = options_.requests_topic;
    options.foreign_topics = options_.foreign_topics;
    options.request_limit_ms = options_.request_limit_ms;
    processor_ = std::make_unique<messaging::Processor>(bus_, store_, leases_, *units_, clock_,
                                                        std::move(options));
  }

  const HostOptions options_;
  messaging::Bus& bus_;
  const Clock& clock_;
  sql::SqlWriteStore store_;
  sql::SqlLeaseStore leases_;
  std::unique_ptr<service::Desk> desk_;
  std::unique_ptr<service::Units> units_;
  std::unique_ptr<messaging::Processor> processor_;
  std::unique_ptr<messaging::LagMeter> lag_;
  std::unique_ptr<CaseRpc> rpc_;
};

}  // namespace

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
