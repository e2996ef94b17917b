#include "attachment_maker.h"

#include <algorithm>
#include <utility>

#include "attachment/file.h"
#include "attachment/reasons.h"
#include "attachment/source.h"
#include "attachment_rows.h"
#include "base/base64.h"
#include "contract/fields.h"
#include "contract/formats.h"
#include "service/units.h"

namespace guarantee::host {
namespace {

namespace reasons = attachment::reasons;
using contract::AttachmentForm;
using messaging::Delivered;
using messaging::Envelope;
using messaging::Workspace;
using service::Task;
using store::v1::StoredAttachment;
using store::v1::StoredAttachments;

constexpr const char* kInline = "inline";

const char* FormWord(AttachmentForm form) {
  switch (form) {
    case AttachmentForm::kInline:
      return kInline;
    case AttachmentForm::kLink:
      return "link";
    case AttachmentForm::kPath:
      return "path";
    case AttachmentForm::kOther:
      return "text";
  }
  return "text";
}

// The same file or link of the same operation, as when 3.3, which has no number, is sent again.
bool IsSame(const StoredAttachment& one, const StoredAttachment& other) {
  if (one.id() == other.id()) return true;
  const bool same_operation =
      one.section() == other.section() && one.business_no() == other.business_no();
  const bool same_text = !one.text().empty() && one.text() == other.text();
  const bool same_file = one.form() == other.form() && one.form() == kInline &&
                         !one.sha256().empty() && one.sha256() == other.sha256();
  return same_operation && (same_text || same_file);
}

}  // namespace

const contract::FieldPlan* AttachmentMaker::FieldOf(
    const Delivered& record, const Envelope& envelope,
    std::unique_ptr<google::protobuf::Message>& message) const {
  if (record.source.topic != needs_.requests_topic) return nullptr;
  const contract::Interface* interface = needs_.options.contract->FindMessage(envelope.type);
  if (interface == nullptr || !interface->FromPlatform()) return nullptr;
  const auto& fields = interface->message.fields;
  const auto field = std::find_if(fields.begin(), fields.end(), [](const auto& one) {
    return one.kind == contract::FieldKind::kAttachment;
  });
  if (field == fields.end()) return nullptr;
  message = contract::NewMessage(*interface);
  // What cannot be parsed is the service's to park.
  if (!message->ParseFromString(record.value)) return nullptr;
  return contract::HasField(*message, *field) ? &*field : nullptr;
}

Result<StoredAttachment> AttachmentMaker::TakeIn(const Envelope& envelope,
                                                 const std::string& text) const {
  StoredAttachment taken;
  const AttachmentForm form = contract::ClassifyAttachment(text);
  taken.set_id(envelope.id);
  taken.set_section(envelope.interface_section);
  taken.set_business_no(envelope.business_no);
  taken.set_form(FormWord(form));
  taken.set_received_at(envelope.time.value);
  if (form == AttachmentForm::kOther) {
    taken.set_text(text);
    SetRefused(taken, reasons::kText);
    return taken;
  }
  if (form != AttachmentForm::kInline) {
    taken.set_text(text);
    taken.set_state(store::v1::ATTACHMENT_STATE_WAITING);
    return taken;
  }
  std::optional<std::string> bytes = DecodeBase64(text);
  const Result<attachment::File> file =
      bytes ? attachment::JudgeFile(*bytes)
            : Result<attachment::File>(Refused(reasons::kMediaType, "not the base64 of a file"));
  if (!file) {
    SetRefused(taken, file.error().code);
    return taken;
  }
  const sql::Document document{file->sha256, file->media_type, std::move(*bytes)};
  if (Result<void> put = needs_.documents->Put(document); !put) {
    return tl::unexpected(put.error());
  }
  SetStored(taken, *file);
  return taken;
}

Result<std::optional<Task>> AttachmentMaker::FromRecord(const Delivered& record,
                                                        const Envelope& envelope) {
  std::unique_ptr<google::protobuf::Message> message;
  const contract::FieldPlan* field = FieldOf(record, envelope, message);
  if (field == nullptr) return needs_.inner->FromRecord(record, envelope);
  const auto* reflection = message->GetReflection();
  const std::string text = reflection->GetString(*message, field->descriptor);
  reflection->SetString(message.get(), field->descriptor, AttachmentReference(envelope.id));
  Delivered referring = record;
  referring.value = message->SerializeAsString();
  Result<std::optional<Task>> task = needs_.inner->FromRecord(referring, envelope);
  if (!task || !*task) return task;
  Result<StoredAttachment> taken = TakeIn(envelope, text);
  if (!taken) return tl::unexpected(taken.error());
  (*task)->more_rows.push_back(AttachmentsOf((*task)->cause.flow));
  (*task)->work = [this, cause = (*task)->cause, taken = std::move(*taken),
                   work = std::move((*task)->work)](Workspace& workspace,
                                                    UnixMillis now) -> Result<service::Outcome> {
    Result<service::Outcome> outcome = work(workspace, now);
    if (!outcome) return outcome;
    if (Result<void> kept = Keep(workspace, cause, taken, now); !kept) {
      return tl::unexpected(kept.error());
    }
    return outcome;
  };
  return task;
}

Result<void> AttachmentMaker::Keep(Workspace& workspace, const service::Cause& cause,
                                   const StoredAttachment& attachment, UnixMillis now) const {
  auto all = ParseAttachments(workspace.Row(AttachmentsOf(cause.flow)).state);
  if (!all) return tl::unexpected(all.error());
  const bool known = std::any_of(all->attachments().begin(), all->attachments().end(),
                                 [&](const auto& one) { return IsSame(one, attachment); });
  if (known) return {};
  service::Outbound out(workspace, cause, now, needs_.event_id);
  StoredAttachment kept = attachment;
  kept.set_changed_at(now.value);
  if (all->attachments_size() >= kAttachmentsMax) {
    SetRefused(kept, reasons::kTooMany);
    TellEnd(out, needs_.options.events_topic, kept);
    return {};
  }
  if (kept.state() == store::v1::ATTACHMENT_STATE_WAITING) {
    workspace.SetTimer({AttachmentsOf(cause.flow), kept.id(), cause.partition, now, {}});
  } else {
    needs_.worker->Count(kept.state() == store::v1::ATTACHMENT_STATE_STORED);
    TellEnd(out, needs_.options.events_topic, kept);
  }
  *all->add_attachments() = std::move(kept);
  PutAttachments(workspace, cause, *all);
  return {};
}

Result<Task> AttachmentMaker::FromTimer(const messaging::Timer& timer,
                                        const contract::FlowKey& flow) {
  if (timer.row.kind != kAttachmentsKind) return needs_.inner->FromTimer(timer, flow);
  Task task;
  task.cause = service::CauseOfTimer(timer, flow.partner, needs_.event_id());
  task.subject = timer.row;
  task.work = [this, cause = task.cause, id = timer.name](
                  Workspace& workspace, UnixMillis now) -> Result<service::Outcome> {
    if (Result<void> begun = Begin(workspace, cause, id, now); !begun) {
      return tl::unexpected(begun.error());
    }
    return service::Outcome{};
  };
  return task;
}

// The try itself happens outside the transaction. Its timer is set first: if nothing comes of the
// try, it is begun again.
Result<void> AttachmentMaker::Begin(Workspace& workspace, const service::Cause& cause,
                                    const std::string& id, UnixMillis now) const {
  const messaging::RowKey row = AttachmentsOf(cause.flow);
  auto all = ParseAttachments(workspace.Row(row).state);
  if (!all) return tl::unexpected(all.error());
  StoredAttachment* attachment = FindAttachment(*all, id);
  if (attachment == nullptr || attachment->state() != store::v1::ATTACHMENT_STATE_WAITING) {
    return {};
  }
  // One that still waits for its turn, or lasts, is no further try.
  const std::optional<int> under_way = needs_.worker->UnderWay(id);
  if (!under_way && attachment->attempts() >= kAttemptsMax) {
    SetRefused(*attachment, reasons::kUnreachable);
    attachment->set_changed_at(now.value);
    needs_.worker->Count(false);
    service::Outbound out(workspace, cause, now, needs_.event_id);
    TellEnd(out, needs_.options.events_topic, *attachment);
    PutAttachments(workspace, cause, *all);
    return {};
  }
  const FetchJob job{cause.flow,
                     cause.partner,
                     cause.partition,
                     id,
                     attachment->business_no(),
                     under_way.value_or(attachment->attempts() + 1),
                     attachment->text()};
  if (!needs_.worker->Offer(job)) {
    workspace.SetTimer({row, id, cause.partition, now + kFullPauseMs, {}});
    return {};
  }
  attachment->set_attempts(job.attempt);
  workspace.SetTimer({row, id, cause.partition, now + kTryAgainMs, {}});
  PutAttachments(workspace, cause, *all);
  return {};
}

Result<std::optional<service::PublicState>> AttachmentMaker::StateOf(
    const messaging::StoredRow& row) const {
  if (row.key.kind == kAttachmentsKind) return std::optional<service::PublicState>{};
  return needs_.inner->StateOf(row);
}

}  // namespace guarantee::host
