// Files that came with the platform's requests; the command's first word is the kind of case.
#include <filesystem>
#include <fstream>
#include <optional>

#include "crypto/digest.h"
#include "guarantee/rpc/v1/attachment.grpc.pb.h"
#include "guaranteectl/case_calls.h"
#include "guaranteectl/client.h"
#include "guaranteectl/commands.h"

namespace guarantee::guaranteectl {
namespace {

namespace v1 = guarantee::rpc::v1;

constexpr std::size_t kFileBytesMax = 24U << 20;

struct Target {
  std::string kind;
  std::string flow;
};

// By any number of the case.
Result<Target> TargetOf(const Context& context, const Arguments& arguments) {
  Target target{std::string(arguments.command->words.front()), {}};
  const Result<v1::Summary> row =
      target.kind == "order" ? ShowOrder(context, arguments.positionals.front())
                             : ShowCase(context, target.kind, arguments.positionals.front());
  if (!row) return tl::unexpected(row.error());
  for (const v1::Detail& detail : row->details()) {
    if (detail.name() == "flow") target.flow = detail.value();
  }
  if (target.flow.empty()) return Permanent("attachment.flow", "the service named no flow");
  return target;
}

Result<v1::ListAttachmentsReply> ListOf(const Context& context, const Target& target) {
  v1::FlowRequest request;
  request.set_flow(target.flow);
  const std::string service = ServiceOf(target.kind);
  return Call<v1::AttachmentService>(context.endpoints.tls_folder,
                                     *CasesAt(context.endpoints, service), service.c_str(),
                                     &v1::AttachmentService::Stub::ListAttachments, request);
}

// The one that --id names; without it, the only one there is.
Result<v1::Attachment> OneOf(const Context& context, const Target& target,
                             const Arguments& arguments) {
  const auto list = ListOf(context, target);
  if (!list) return tl::unexpected(list.error());
  const std::string id = arguments.Value("--id");
  std::optional<v1::Attachment> found;
  for (const v1::Attachment& one : list->attachments()) {
    if (!id.empty() && one.attachment_id() != id) continue;
    if (found) {
      return Refused("attachment.ambiguous",
                     "there are several: --id says which; `attachments` "
                     "lists them");
    }
    found = one;
  }
  if (!found) return Refused("attachment.unknown", "there is none");
  return *found;
}

Result<std::string> Download(const std::string& tls_folder, const std::string& address,
                             const v1::AttachmentRequest& request) {
  const auto stub = v1::AttachmentService::NewStub(rpc::Connect(address, tls_folder));
  grpc::ClientContext context;
  rpc::SetDeadline(context, kCallTimeout);
  const auto reader = stub->GetAttachment(&context, request);
  std::string bytes;
  v1::DocumentChunk chunk;
  while (reader->Read(&chunk)) {
    if (bytes.size() + chunk.data().size() > kFileBytesMax) {
      context.TryCancel();
      return Permanent("document.size", "the file is larger than allowed");
    }
    bytes += chunk.data();
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return tl::unexpected(rpc::ToError(status));
  return bytes;
}

// Of the first replica that answers.
Result<std::string> DownloadFrom(const Context& context, const Target& target,
                                 const v1::Attachment& attachment) {
  v1::AttachmentRequest request;
  request.set_flow(target.flow);
  request.set_attachment_id(attachment.attachment_id());
  Result<std::string> bytes = Retryable("attachment.service", "no service answers");
  for (const std::string& address : *CasesAt(context.endpoints, ServiceOf(target.kind))) {
    bytes = Download(context.endpoints.tls_folder, address, request);
    if (bytes || bytes.error().kind != ErrorKind::kRetryable) break;
  }
  if (bytes && crypto::ToHex(crypto::Sha256(*bytes)) != attachment.document().sha256()) {
    return Retryable("document.digest", "the bytes that came are not the file's");
  }
  return bytes;
}

// Never over a file that is there: what came from outside replaces nothing of the operator's.
Result<void> WriteNew(const std::string& path, const std::string& bytes) {
  if (std::filesystem::exists(path)) return Refused("attachment.file", path + " exists already");
  std::ofstream file(path, std::ios::binary);
  file.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  file.close();
  if (!file) return Refused("attachment.file", "cannot write " + path);
  return {};
}

Json RowJson(const v1::Attachment& row) {
  return {{"id", row.attachment_id()},
          {"section", row.section()},
          {"business_no", row.business_no()},
          {"form", row.form()},
          {"text", row.text()},
          {"state", row.state()},
          {"reason", row.reason()},
          {"sha256", row.document().sha256()},
          {"media_type", row.document().media_type()},
          {"size_bytes", row.document().size_bytes()},
          {"encrypted", row.encrypted()},
          {"nested", row.nested()},
          {"attempts", row.attempts()},
          {"received_at", MomentJson(row.received_at())}};
}

}  // namespace

Result<Report> AttachmentList(const Context& context, const Arguments& arguments) {
  const Result<Target> target = TargetOf(context, arguments);
  if (!target) return tl::unexpected(target.error());
  const auto reply = ListOf(context, *target);
  if (!reply) return tl::unexpected(reply.error());
  Report report{Json::array(), {}, Exit::kDone, {}};
  Table table({"id", "section", "business_no", "form", "state", "reason", "media_type", "bytes",
               "received_at (UTC+8)", "text"});
  for (const v1::Attachment& row : reply->attachments()) {
    report.document.push_back(RowJson(row));
    table.Add({row.attachment_id(), row.section(), row.business_no(), row.form(), row.state(),
               row.reason(), row.document().media_type(),
               std::to_string(row.document().size_bytes()), MomentText(row.received_at()),
               row.text()});
  }
  report.text = table.Text();
  return report;
}

Result<Report> AttachmentSave(const Context& context, const Arguments& arguments) {
  const Result<Target> target = TargetOf(context, arguments);
  if (!target) return tl::unexpected(target.error());
  const Result<v1::Attachment> attachment = OneOf(context, *target, arguments);
  if (!attachment) return tl::unexpected(attachment.error());
  if (attachment->document().sha256().empty()) {
    return Refused("attachment.no_file",
                   "there is no file: " + attachment->state() + " " + attachment->reason());
  }
  const Result<std::string> bytes = DownloadFrom(context, *target, *attachment);
  if (!bytes) return tl::unexpected(bytes.error());
  const std::string& path = arguments.positionals.back();
  if (Result<void> written = WriteNew(path, *bytes); !written) {
    return tl::unexpected(written.error());
  }
  Report report{RowJson(*attachment), {}, Exit::kDone, {}};
  report.text = path + ": " + attachment->document().media_type() + ", " +
                std::to_string(bytes->size()) + " bytes\n";
  return report;
}

Result<Report> AttachmentRetry(const Context& context, const Arguments& arguments) {
  const Result<Target> target = TargetOf(context, arguments);
  if (!target) return tl::unexpected(target.error());
  const Result<v1::Attachment> attachment = OneOf(context, *target, arguments);
  if (!attachment) return tl::unexpected(attachment.error());
  v1::AttachmentRequest request;
  request.set_flow(target->flow);
  request.set_attachment_id(attachment->attachment_id());
  const std::string service = ServiceOf(target->kind);
  const auto reply = Call<v1::AttachmentService>(
      context.endpoints.tls_folder, *CasesAt(context.endpoints, service), service.c_str(),
      &v1::AttachmentService::Stub::RetryAttachment, request);
  if (!reply) return tl::unexpected(reply.error());
  return Report{
      RowJson(*reply), reply->attachment_id() + ": " + reply->state() + "\n", Exit::kDone, {}};
}

}  // namespace guarantee::guaranteectl
