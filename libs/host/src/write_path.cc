#include "host/write_path.h"

#include "crypto/digest.h"
#include "crypto/identifier.h"
#include "crypto/random.h"

namespace guarantee::host {
namespace {

constexpr std::size_t kHolderBytes = 8;
constexpr std::chrono::milliseconds kLastDrain{5000};

}  // namespace

WritePath::WritePath(HostOptions options, messaging::Bus& bus, sql::Database& database,
                     const Clock& clock)
    : options_(std::move(options)),
      bus_(bus),
      clock_(clock),
      store_(database, options_.group),
      leases_(database) {}

WritePath::~WritePath() { Drain(kLastDrain); }

Result<void> WritePath::Start(service::TaskMaker& maker) {
  units_ = std::make_unique<service::Units>(service::Units::Dependencies{
      &maker, options_.waiting_kind, options_.waiting_code,
      [this](const std::string& flow) { return processor_->PartitionOf(flow); },
      [this](const std::string& flow) { return LoadWaiting(flow); }, &clock_, options_.state_topic,
      [this] { return NewId(); }, [this] { return processor_->AllPassed(); }});
  MakeProcessor();
  if (Result<void> started = processor_->Start(); !started) return started;
  lag_ = std::make_unique<messaging::LagMeter>(bus_, clock_, options_.group,
                                               [this] { return processor_->Positions(); });
  return {};
}

Result<service::Outcome> WritePath::Run(service::Task task) {
  auto outcome = std::make_shared<service::Outcome>();
  task.done = [outcome](const service::Outcome& told) { *outcome = told; };
  const messaging::Unit unit = units_->FromTask(std::move(task));
  const Result<void> done = processor_->Execute(std::span(&unit, 1));
  if (!done) return tl::unexpected(done.error());
  return *outcome;
}

void WritePath::Drain(std::chrono::milliseconds timeout) {
  if (processor_) processor_->Drain(timeout);
}

std::string WritePath::NewId() const {
  return crypto::MakeIdentifier(clock_.Now(), crypto::SystemRandom());
}

Result<std::string> WritePath::LoadWaiting(const std::string& flow) {
  const auto row = store_.Load({options_.waiting_kind, flow});
  if (!row) return tl::unexpected(row.error());
  return *row ? (*row)->state : std::string();
}

Result<std::optional<messaging::StoredRow>> WritePath::Find(std::int16_t kind,
                                                            const std::string& partner,
                                                            const std::string& number) {
  Result<std::vector<messaging::StoredRow>> rows = store_.List({kind, partner, number, 2});
  if (!rows) return tl::unexpected(rows.error());
  if (rows->size() > 1) return Refused("case.ambiguous", "several have this number", "number");
  if (rows->empty()) return std::optional<messaging::StoredRow>{};
  return std::optional<messaging::StoredRow>{std::move(rows->front())};
}

service::DeskTools WritePath::Tools() {
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

void WritePath::MakeProcessor() {
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

}  // namespace guarantee::host
