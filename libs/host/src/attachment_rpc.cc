#include "attachment_rpc.h"

#include "attachment_rows.h"
#include "contract/flow.h"
#include "host/call.h"
#include "host/document.h"

namespace guarantee::host {
namespace {

using store::v1::StoredAttachment;
using store::v1::StoredAttachments;

Error Unknown() {
  return {ErrorKind::kRefused, "attachment.unknown", {}, "no attachment has this id"};
}

// Waiting again, from the first try on.
Result<void> BeginAnew(StoredAttachment* attachment, UnixMillis now) {
  if (attachment == nullptr) return tl::unexpected(Unknown());
  if (attachment->form() != "link" && attachment->form() != "path") {
    return Refused("attachment.form", "only a link or a path can be fetched");
  }
  if (attachment->state() == store::v1::ATTACHMENT_STATE_STORED) {
    return Refused("attachment.stored", "the file is there already");
  }
  attachment->set_state(store::v1::ATTACHMENT_STATE_WAITING);
  attachment->clear_reason();
  attachment->set_attempts(0);
  attachment->set_changed_at(now.value);
  return {};
}

}  // namespace

Result<StoredAttachments> AttachmentRpc::Load(const std::string& flow) const {
  const auto row = needs_.store->Load(AttachmentsOf(flow));
  if (!row) return tl::unexpected(row.error());
  return ParseAttachments(*row ? (*row)->state : std::string());
}

grpc::Status AttachmentRpc::ListAttachments(grpc::ServerContext*,
                                            const rpc::v1::FlowRequest* request,
                                            rpc::v1::ListAttachmentsReply* reply) {
  const Result<StoredAttachments> all = Load(request->flow());
  if (!all) return Failed(all.error());
  for (const StoredAttachment& one : all->attachments()) *reply->add_attachments() = ViewOf(one);
  return grpc::Status::OK;
}

grpc::Status AttachmentRpc::GetAttachment(grpc::ServerContext*,
                                          const rpc::v1::AttachmentRequest* request,
                                          grpc::ServerWriter<rpc::v1::DocumentChunk>* writer) {
  Result<StoredAttachments> all = Load(request->flow());
  if (!all) return Failed(all.error());
  const StoredAttachment* attachment = FindAttachment(*all, request->attachment_id());
  if (attachment == nullptr || attachment->sha256().empty()) return Failed(Unknown());
  const Result<sql::Document> document = needs_.documents->Get(attachment->sha256());
  return document ? WriteDocument(*document, *writer) : Failed(document.error());
}

grpc::Status AttachmentRpc::RetryAttachment(grpc::ServerContext*,
                                            const rpc::v1::AttachmentRequest* request,
                                            rpc::v1::Attachment* reply) {
  const messaging::RowKey row = AttachmentsOf(request->flow());
  const Result<contract::FlowKey> flow = contract::SplitFlow(request->flow());
  if (!flow) return Failed(flow.error());
  messaging::Unit unit;
  unit.rows = {row};
  unit.decide = [&](messaging::Workspace& workspace) -> Result<void> {
    auto all = ParseAttachments(workspace.Row(row).state);
    if (!all) return tl::unexpected(all.error());
    const UnixMillis now = needs_.clock->Now();
    StoredAttachment* attachment = FindAttachment(*all, request->attachment_id());
    if (Result<void> begun = BeginAnew(attachment, now); !begun) return begun;
    service::Cause cause;
    cause.partner = flow->partner;
    cause.flow = request->flow();
    cause.partition = needs_.partition(cause.flow);
    workspace.SetTimer({row, attachment->id(), cause.partition, now, {}});
    workspace.Note({cause.flow,
                    now,
                    "decision",
                    {},
                    std::nullopt,
                    "attachment " + attachment->id() + " is to be fetched again"});
    *reply = ViewOf(*attachment);
    PutAttachments(workspace, cause, *all);
    return {};
  };
  const Result<void> done = needs_.execute(unit);
  return done ? grpc::Status::OK : Failed(done.error());
}

}  // namespace guarantee::host
