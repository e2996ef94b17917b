// One AttachmentService for all: a server can have only one of a name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "contract/contract.h"
#include "guarantee/rpc/v1/attachment.grpc.pb.h"

namespace guarantee::hub {

// Hands each call to the service whose flow it names. Thread-safe.
class AttachmentRouter final : public rpc::v1::AttachmentService::Service {
 public:
  using Attachments = rpc::v1::AttachmentService::Service;
  struct Target {
    std::string service;                 // the contract's word
    Attachments* attachments = nullptr;  // outlives the router; null: it has none
  };
  AttachmentRouter(std::shared_ptr<const contract::Contract> contract, std::vector<Target> targets)
      : contract_(std::move(contract)), targets_(std::move(targets)) {}

  grpc::Status ListAttachments(grpc::ServerContext* context, const rpc::v1::FlowRequest* request,
                               rpc::v1::ListAttachmentsReply* reply) override;
  grpc::Status GetAttachment(grpc::ServerContext* context,
                             const rpc::v1::AttachmentRequest* request,
                             grpc::ServerWriter<rpc::v1::DocumentChunk>* writer) override;
  grpc::Status RetryAttachment(grpc::ServerContext* context,
                               const rpc::v1::AttachmentRequest* request,
                               rpc::v1::Attachment* reply) override;

 private:
  // Null where there is none.
  [[nodiscard]] Attachments* Of(const std::string& flow) const;

  const std::shared_ptr<const contract::Contract> contract_;
  const std::vector<Target> targets_;
};

}  // namespace guarantee::hub
