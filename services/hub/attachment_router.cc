#include "hub/attachment_router.h"

#include "contract/flow.h"
#include "rpc/server.h"

namespace guarantee::hub {
namespace {

namespace v1 = guarantee::rpc::v1;

grpc::Status Nobody() {
  return rpc::ToStatus({ErrorKind::kRefused, "attachment.flow", "flow",
                        "no service of this process has attachments of this flow"});
}

}  // namespace

AttachmentRouter::Attachments* AttachmentRouter::Of(const std::string& flow) const {
  const Result<contract::FlowKey> key = contract::SplitFlow(flow);
  if (!key) return nullptr;
  for (const contract::Interface& interface : contract_->interfaces()) {
    if (interface.flow.kind != key->kind) continue;
    for (const Target& target : targets_) {
      if (target.service == interface.service) return target.attachments;
    }
  }
  return nullptr;
}

grpc::Status AttachmentRouter::ListAttachments(grpc::ServerContext* context,
                                               const v1::FlowRequest* request,
                                               v1::ListAttachmentsReply* reply) {
  Attachments* attachments = Of(request->flow());
  return attachments == nullptr ? Nobody() : attachments->ListAttachments(context, request, reply);
}

grpc::Status AttachmentRouter::GetAttachment(grpc::ServerContext* context,
                                             const v1::AttachmentRequest* request,
                                             grpc::ServerWriter<v1::DocumentChunk>* writer) {
  Attachments* attachments = Of(request->flow());
  return attachments == nullptr ? Nobody() : attachments->GetAttachment(context, request, writer);
}

grpc::Status AttachmentRouter::RetryAttachment(grpc::ServerContext* context,
                                               const v1::AttachmentRequest* request,
                                               v1::Attachment* reply) {
  Attachments* attachments = Of(request->flow());
  return attachments == nullptr ? Nobody() : attachments->RetryAttachment(context, request, reply);
}

}  // namespace guarantee::hub
