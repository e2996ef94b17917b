// A service's tasks on the write path over a bus and a schema: consumer, leases, relay, timers,
// waiting records and lag.
#pragma once

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "guarantee/rpc/v1/attachment.grpc.pb.h"
#include "host/attachments.h"
#include "messaging/bus.h"
#include "messaging/lag.h"
#include "messaging/processor.h"
#include "service/task.h"
#include "service/units.h"
#include "sql/database.h"
#include "sql/lease_store.h"
#include "sql/write_store.h"

namespace guarantee::host {

struct HostOptions {
  std::string group;         // consumer group; the name that lag is shown under
  std::string process_name;  // part of the lease holder's name
  bool alone = false;        // the store's file lock is ours: older leases are void
  std::string requests_topic;
  std::string state_topic;                       // compacted picture of each matter; empty: none
  std::vector<std::string> foreign_topics;       // inputs whose producers choose the partition
  std::int16_t waiting_kind = 0;                 // of the queues of waiting records
  std::string waiting_code = "service.waiting";  // of the errors that such a queue leads to
  std::int64_t request_limit_ms = 5'000;         // of the gateway
  std::vector<std::string> partners;             // ids
  AttachmentOptions attachments;
};

// Everything given outlives it. Thread-safe once started.
class WritePath {
 public:
  WritePath(HostOptions options, messaging::Bus& bus, sql::Database& database, const Clock& clock);
  ~WritePath();
  WritePath(const WritePath&) = delete;
  WritePath& operator=(const WritePath&) = delete;

  // For the maker, before Start; they work from Start on.
  [[nodiscard]] service::DeskTools Tools();
  // Joins the group.
  [[nodiscard]] Result<void> Start(service::TaskMaker& maker);
  // A call's task, at once: what became of it. Retryable while others wait before it.
  [[nodiscard]] Result<service::Outcome> Run(service::Task task);
  // Stops taking, finishes what runs, leaves the group. Idempotent; the destructor does it too.
  void Drain(std::chrono::milliseconds timeout);

  [[nodiscard]] const HostOptions& options() const { return options_; }
  [[nodiscard]] sql::SqlWriteStore& store() { return store_; }
  [[nodiscard]] messaging::Processor& processor() { return *processor_; }
  [[nodiscard]] messaging::Processor::State State() const { return processor_->state(); }
  [[nodiscard]] messaging::LagMeter& lag() { return *lag_; }
  [[nodiscard]] std::string NewId() const;
  // Null: the service has no attachments.
  [[nodiscard]] rpc::v1::AttachmentService::Service* attachments();
  [[nodiscard]] AttachmentCounts attachment_counts() const;

 private:
  [[nodiscard]] Result<std::string> LoadWaiting(const std::string& flow);
  [[nodiscard]] Result<std::optional<messaging::StoredRow>> Find(std::int16_t kind,
                                                                 const std::string& partner,
                                                                 const std::string& number);
  void MakeProcessor();
  // The maker with attachments taken out, where the service has them.
  [[nodiscard]] service::TaskMaker& WithAttachments(service::TaskMaker& maker);

  struct AttachmentParts;

  const HostOptions options_;
  messaging::Bus& bus_;
  const Clock& clock_;
  sql::SqlWriteStore store_;
  sql::SqlLeaseStore leases_;
  sql::SqlDocumentStore documents_;
  std::unique_ptr<service::Units> units_;
  std::unique_ptr<messaging::Processor> processor_;
  std::unique_ptr<messaging::LagMeter> lag_;
  std::unique_ptr<AttachmentParts> attachments_;
};

}  // namespace guarantee::host
