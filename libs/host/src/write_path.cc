#include "host/write_path.h"

#include "attachment_maker.h"
#include "attachment_rpc.h"
#include "attachment_worker.h"
#include "crypto/digest.h"
#include "crypto/identifier.h"
#include "crypto/random.h"

namespace guarantee::host {
namespace {

constexpr std::size_t kHolderBytes = 8;
constexpr std::chrono::milliseconds kLastDrain{5000};

}  // namespace

// Order of members: the maker and the calls use the worker.
struct WritePath::AttachmentParts {
  AttachmentParts(AttachmentWorker::Needs worker_needs, AttachmentMaker::Needs maker_needs,
                  AttachmentRpc::Needs rpc_needs)
      : worker(std::move(worker_needs)),
        maker([&] {
          maker_needs.worker = &worker;
          return std::move(maker_needs);
        }()),
        calls(std::move(rpc_needs)) {}

  AttachmentWorker worker;
  AttachmentMaker maker;
  AttachmentRpc calls;
};

WritePath::WritePath(HostOptions options, messaging::Bus& bus, sql::Database& database,
                     const Clock& clock)
    : options_(std::move(options)),
      bus_(bus),
      clock_(clock),
      store_(database, options_.group),
      leases_(database),
      documents_(database) {}

WritePath::~WritePath() { Drain(kLastDrain); }

Result<void> WritePath::Start(service::TaskMaker& maker) {
  units_ = std::make_unique<service::Units>(service::Units::Dependencies{
      &WithAttachments(maker), options_.waiting_kind, options_.waiting_code,
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

service::TaskMaker& WritePath::WithAttachments(service::TaskMaker& maker) {
  if (!options_.attachments.partners) return maker;
  const auto event_id = [this] { return NewId(); };
  const auto execute = [this](const messaging::Unit& unit) {
    return processor_->Execute(std::span(&unit, 1));
  };
  const auto partition = [this](const std::string& flow) { return processor_->PartitionOf(flow); };
  attachments_ = std::make_unique<AttachmentParts>(
      AttachmentWorker::Needs{options_.attachments, &documents_,
                              [this](std::int32_t number) { return processor_->MayAct(number); },
                              execute, event_id, &clock_},
      AttachmentMaker::Needs{&maker, options_.attachments, options_.requests_topic, &documents_,
                             nullptr, event_id},
      AttachmentRpc::Needs{&store_, &documents_, execute, partition, &clock_});
  return attachments_->maker;
}

rpc::v1::AttachmentService::Service* WritePath::attachments() {
  return attachments_ ? &attachments_->calls : nullptr;
}

AttachmentCounts WritePath::attachment_counts() const {
  return attachments_ ? attachments_->worker.counts() : AttachmentCounts{};
}

void WritePath::Drain(std::chrono::milliseconds timeout) {
  if (attachments_) attachments_->worker.Stop();
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
