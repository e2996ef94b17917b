// The row of a flow's attachments, and what is told of one. Nothing here reads or fetches a file.
#pragma once

#include <string>

#include "attachment/file.h"
#include "base/result.h"
#include "guarantee/rpc/v1/attachment.pb.h"
#include "guarantee/store/v1/attachment.pb.h"
#include "messaging/execute.h"
#include "service/outbound.h"

namespace guarantee::host {

[[nodiscard]] Result<store::v1::StoredAttachments> ParseAttachments(const std::string& state);
// Null: none has this id.
[[nodiscard]] store::v1::StoredAttachment* FindAttachment(store::v1::StoredAttachments& all,
                                                          const std::string& id);
[[nodiscard]] messaging::RowKey AttachmentsOf(const std::string& flow);

// The three ends; each sets the state and nothing else.
void SetStored(store::v1::StoredAttachment& attachment, const attachment::File& file);
void SetRefused(store::v1::StoredAttachment& attachment, const std::string& reason);

void PutAttachments(messaging::Workspace& workspace, const service::Cause& cause,
                    const store::v1::StoredAttachments& all);
// The public fact of an end, with an alarm where there is no file.
void TellEnd(service::Outbound& out, const std::string& events_topic,
             const store::v1::StoredAttachment& attachment);

[[nodiscard]] std::string StateWordOf(const store::v1::StoredAttachment& attachment);
[[nodiscard]] rpc::v1::Attachment ViewOf(const store::v1::StoredAttachment& attachment);

}  // namespace guarantee::host
