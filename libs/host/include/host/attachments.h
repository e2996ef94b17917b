// Attachments of the platform's requests (rulings 3.24): taken out of the request at intake, kept
// in a row of their own beside the matter's, fetched under the lease of their flow's partition,
// read over gRPC. libs/attachment/README.md says how it all goes.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "base/result.h"
#include "contract/contract.h"
#include "guarantee/rpc/v1/common.pb.h"
#include "messaging/write_store.h"
#include "partner/directory.h"
#include "runtime/admin.h"

namespace prometheus {
class Registry;
}

namespace guarantee::host {

// The row of a flow's attachments, the same kind in every service; locked after the matter's.
inline constexpr std::int16_t kAttachmentsKind = 20;
inline constexpr int kAttachmentsMax = 64;             // of one flow; what comes later is not kept
inline constexpr int kFetchesMax = 2;                  // at once, of one service in one process
inline constexpr std::size_t kJobsMax = 32;            // handed over and not begun
inline constexpr int kAttemptsMax = 8;                 // then it is refused; about 15 hours
inline constexpr std::int64_t kFirstPauseMs = 30'000;  // four times as long after each try
inline constexpr std::int64_t kLongestPauseMs = 6LL * 3'600'000;
// A try that nothing was heard of, as of a process that died, is begun again.
inline constexpr std::int64_t kTryAgainMs = 150'000;
inline constexpr std::int64_t kFullPauseMs = 15'000;  // while kJobsMax wait

// After the n-th try, n from 1 on.
[[nodiscard]] std::int64_t PauseAfterMs(int attempts);
// What stands in the matter's row instead of the attachment.
[[nodiscard]] std::string AttachmentReference(const std::string& id);

struct AttachmentOptions {
  std::shared_ptr<const contract::Contract> contract;
  std::shared_ptr<const partner::PartnerDirectory> partners;  // null: the service has none
  std::string events_topic;                                   // of the service's public facts
};

// What the process has done since it started; a decision that is run again counts again.
struct AttachmentCounts {
  std::int64_t stored = 0;
  std::int64_t refused = 0;
  std::int64_t failed_tries = 0;
  std::int64_t in_flight = 0;  // now
};

// Adds a line for each attachment of the flow to what an operator is shown.
[[nodiscard]] Result<void> AddAttachments(messaging::WriteStore& store, const std::string& flow,
                                          rpc::v1::Summary& summary);

// Numbers of one group; Refresh before each scrape. Thread-safe.
class AttachmentMetrics {
 public:
  AttachmentMetrics(prometheus::Registry& registry, const std::string& group);
  ~AttachmentMetrics();
  void Refresh(const AttachmentCounts& counts);

 private:
  struct Families;
  std::unique_ptr<Families> families_;
};

}  // namespace guarantee::host
