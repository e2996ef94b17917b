#include "attachment_rows.h"

#include <algorithm>

#include "attachment/reasons.h"
#include "guarantee/event/v1/attachment.pb.h"
#include "host/attachments.h"

namespace guarantee::host {
namespace {

using store::v1::StoredAttachment;
using store::v1::StoredAttachments;

constexpr const char* kComponent = "attachments";
constexpr std::int64_t kPauseFactor = 4;

event::v1::AttachmentHead HeadOf(const StoredAttachment& attachment, UnixMillis now) {
  event::v1::AttachmentHead head;
  head.set_attachment_id(attachment.id());
  head.set_section(attachment.section());
  head.set_business_no(attachment.business_no());
  head.set_form(attachment.form());
  head.set_at(now.value);
  return head;
}

// One line for people: what it is and where it stands.
std::string LineOf(const StoredAttachment& attachment) {
  std::string line = attachment.section() + " " + attachment.form() + " " + StateWordOf(attachment);
  if (!attachment.sha256().empty()) {
    line += " " + attachment.media_type() + " " + std::to_string(attachment.size_bytes()) +
            " bytes sha256 " + attachment.sha256();
  }
  if (!attachment.reason().empty()) line += " " + attachment.reason();
  if (attachment.attempts() > 0) line += " tries " + std::to_string(attachment.attempts());
  if (attachment.encrypted()) line += " encrypted";
  if (attachment.nested()) line += " nested";
  return line + " id " + attachment.id();
}

}  // namespace

std::int64_t PauseAfterMs(int attempts) {
  std::int64_t pause_ms = kFirstPauseMs;
  for (int attempt = 1; attempt < attempts && pause_ms < kLongestPauseMs; ++attempt) {
    pause_ms *= kPauseFactor;
  }
  return std::min(pause_ms, kLongestPauseMs);
}

std::string AttachmentReference(const std::string& id) { return "attachment:" + id; }

Result<StoredAttachments> ParseAttachments(const std::string& state) {
  StoredAttachments all;
  if (!all.ParseFromString(state)) return Permanent("store.attachments", "cannot be read");
  return all;
}

StoredAttachment* FindAttachment(StoredAttachments& all, const std::string& id) {
  for (StoredAttachment& one : *all.mutable_attachments()) {
    if (one.id() == id) return &one;
  }
  return nullptr;
}

messaging::RowKey AttachmentsOf(const std::string& flow) { return {kAttachmentsKind, flow}; }

void SetStored(StoredAttachment& attachment, const attachment::File& file) {
  attachment.set_state(store::v1::ATTACHMENT_STATE_STORED);
  attachment.clear_reason();
  attachment.set_sha256(file.sha256);
  attachment.set_media_type(file.media_type);
  attachment.set_size_bytes(file.size_bytes);
  attachment.set_encrypted(file.encrypted);
  attachment.set_nested(file.nested);
}

void SetRefused(StoredAttachment& attachment, const std::string& reason) {
  attachment.set_state(reason == attachment::reasons::kText ? store::v1::ATTACHMENT_STATE_TEXT
                                                            : store::v1::ATTACHMENT_STATE_REFUSED);
  attachment.set_reason(reason);
}

void PutAttachments(messaging::Workspace& workspace, const service::Cause& cause,
                    const StoredAttachments& all) {
  workspace.Put(AttachmentsOf(cause.flow), cause.partition, all.SerializeAsString(),
                {cause.partner, {}, {}, "attachments", 0});
}

void TellEnd(service::Outbound& out, const std::string& events_topic,
             const StoredAttachment& attachment) {
  if (attachment.state() == store::v1::ATTACHMENT_STATE_STORED) {
    event::v1::AttachmentFetched fetched;
    *fetched.mutable_attachment() = HeadOf(attachment, out.now());
    fetched.set_media_type(attachment.media_type());
    fetched.set_encrypted(attachment.encrypted());
    fetched.set_nested(attachment.nested());
    out.Fact(events_topic, fetched, attachment.business_no(), "attachment stored");
    return;
  }
  event::v1::AttachmentRefused refused;
  *refused.mutable_attachment() = HeadOf(attachment, out.now());
  refused.set_reason(attachment.reason());
  out.Fact(events_topic, refused, attachment.business_no(), attachment.reason());
  out.Alarm(kComponent, "attachment " + attachment.id() + " has no file: " + attachment.reason());
}

std::string StateWordOf(const StoredAttachment& attachment) {
  switch (attachment.state()) {
    case store::v1::ATTACHMENT_STATE_WAITING:
      return "waiting";
    case store::v1::ATTACHMENT_STATE_STORED:
      return "stored";
    case store::v1::ATTACHMENT_STATE_REFUSED:
      return "refused";
    case store::v1::ATTACHMENT_STATE_TEXT:
      return "text";
    default:
      return "unknown";
  }
}

rpc::v1::Attachment ViewOf(const StoredAttachment& attachment) {
  rpc::v1::Attachment view;
  view.set_attachment_id(attachment.id());
  view.set_section(attachment.section());
  view.set_business_no(attachment.business_no());
  view.set_form(attachment.form());
  view.set_text(attachment.text());
  view.set_state(StateWordOf(attachment));
  view.set_reason(attachment.reason());
  if (!attachment.sha256().empty()) {
    view.mutable_document()->set_sha256(attachment.sha256());
    view.mutable_document()->set_media_type(attachment.media_type());
    view.mutable_document()->set_size_bytes(attachment.size_bytes());
  }
  view.set_encrypted(attachment.encrypted());
  view.set_nested(attachment.nested());
  view.set_attempts(attachment.attempts());
  view.set_received_at(attachment.received_at());
  return view;
}

Result<void> AddAttachments(messaging::WriteStore& store, const std::string& flow,
                            rpc::v1::Summary& summary) {
  const auto row = store.Load(AttachmentsOf(flow));
  if (!row) return tl::unexpected(row.error());
  if (!*row) return {};
  const Result<StoredAttachments> all = ParseAttachments((*row)->state);
  if (!all) return tl::unexpected(all.error());
  int number = 0;
  for (const StoredAttachment& one : all->attachments()) {
    rpc::v1::Detail& detail = *summary.add_details();
    detail.set_name("attachment_" + std::to_string(++number));
    detail.set_value(LineOf(one));
  }
  return {};
}

}  // namespace guarantee::host
