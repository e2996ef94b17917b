// AttachmentService over a write path's rows and documents.
#pragma once

#include <functional>
#include <string>

#include "base/clock.h"
#include "guarantee/rpc/v1/attachment.grpc.pb.h"
#include "guarantee/store/v1/attachment.pb.h"
#include "messaging/execute.h"
#include "sql/write_store.h"

namespace guarantee::host {

// Thread-safe; everything given outlives it.
class AttachmentRpc final : public rpc::v1::AttachmentService::Service {
 public:
  struct Needs {
    sql::SqlWriteStore* store = nullptr;
    sql::SqlDocumentStore* documents = nullptr;
    std::function<Result<void>(const messaging::Unit&)> execute;
    std::function<std::int32_t(const std::string& flow)> partition;
    const Clock* clock = nullptr;
  };
  explicit AttachmentRpc(Needs needs) : needs_(std::move(needs)) {}

  grpc::Status ListAttachments(grpc::ServerContext* context, const rpc::v1::FlowRequest* request,
                               rpc::v1::ListAttachmentsReply* reply) override;
  grpc::Status GetAttachment(grpc::ServerContext* context,
                             const rpc::v1::AttachmentRequest* request,
                             grpc::ServerWriter<rpc::v1::DocumentChunk>* writer) override;
  grpc::Status RetryAttachment(grpc::ServerContext* context,
                               const rpc::v1::AttachmentRequest* request,
                               rpc::v1::Attachment* reply) override;

 private:
  [[nodiscard]] Result<store::v1::StoredAttachments> Load(const std::string& flow) const;

  const Needs needs_;
};

}  // namespace guarantee::host
