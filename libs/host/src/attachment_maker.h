// A service's records with their attachments taken out, and the attachments' timers.
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "attachment_worker.h"
#include "guarantee/store/v1/attachment.pb.h"
#include "host/attachments.h"
#include "service/task.h"
#include "sql/write_store.h"

namespace guarantee::host {

// The service itself never sees an attachment: what it gets has AttachmentReference in its place.
// Thread-safe; everything given outlives it.
class AttachmentMaker final : public service::TaskMaker {
 public:
  struct Needs {
    service::TaskMaker* inner = nullptr;
    AttachmentOptions options;
    std::string requests_topic;
    sql::SqlDocumentStore* documents = nullptr;
    AttachmentWorker* worker = nullptr;
    std::function<std::string()> event_id;
  };
  explicit AttachmentMaker(Needs needs) : needs_(std::move(needs)) {}

  [[nodiscard]] Result<std::optional<service::Task>> FromRecord(
      const messaging::Delivered& record, const messaging::Envelope& envelope) override;
  [[nodiscard]] Result<service::Task> FromTimer(const messaging::Timer& timer,
                                                const contract::FlowKey& flow) override;
  [[nodiscard]] Result<std::optional<service::PublicState>> StateOf(
      const messaging::StoredRow& row) const override;

 private:
  // The field of the record's message, null where there is none or it is empty; `message` is what
  // it stands in.
  [[nodiscard]] const contract::FieldPlan* FieldOf(
      const messaging::Delivered& record, const messaging::Envelope& envelope,
      std::unique_ptr<google::protobuf::Message>& message) const;
  // An inline file is put into the document store; retryable while that is away.
  [[nodiscard]] Result<store::v1::StoredAttachment> TakeIn(const messaging::Envelope& envelope,
                                                           const std::string& text) const;
  [[nodiscard]] Result<void> Keep(messaging::Workspace& workspace, const service::Cause& cause,
                                  const store::v1::StoredAttachment& attachment,
                                  UnixMillis now) const;
  [[nodiscard]] Result<void> Begin(messaging::Workspace& workspace, const service::Cause& cause,
                                   const std::string& id, UnixMillis now) const;

  const Needs needs_;
};

}  // namespace guarantee::host
