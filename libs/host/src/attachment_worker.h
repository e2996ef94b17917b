// The threads that fetch attachments.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "attachment/fetcher.h"
#include "attachment/file.h"
#include "base/clock.h"
#include "host/attachments.h"
#include "messaging/execute.h"
#include "service/outbound.h"
#include "sql/write_store.h"

namespace guarantee::host {

// One try of one attachment.
struct FetchJob {
  std::string flow;
  std::string partner;
  std::int32_t partition = 0;
  std::string id;
  std::string business_no;
  int attempt = 0;
  std::string text;  // the link or path
};

// Thread-safe.
class AttachmentWorker {
 public:
  struct Needs {
    AttachmentOptions options;
    sql::SqlDocumentStore* documents = nullptr;
    // Whether an effect may begin in this partition now.
    std::function<bool(std::int32_t partition)> may_act;
    std::function<Result<void>(const messaging::Unit&)> execute;
    std::function<std::string()> event_id;
    const Clock* clock = nullptr;
  };
  explicit AttachmentWorker(Needs needs);
  ~AttachmentWorker();
  AttachmentWorker(const AttachmentWorker&) = delete;
  AttachmentWorker& operator=(const AttachmentWorker&) = delete;

  // False: kJobsMax wait already, or the worker is stopping. The same attachment twice is one.
  [[nodiscard]] bool Offer(const FetchJob& job);
  // The try that waits or is being made.
  [[nodiscard]] std::optional<int> UnderWay(const std::string& id) const;
  // Counts an end that was decided without a fetch.
  void Count(bool stored);
  [[nodiscard]] AttachmentCounts counts() const;
  // Ends what is under way; its timer begins it again, here or elsewhere. Idempotent.
  void Stop();

 private:
  void Run();
  void Do(const FetchJob& job);
  [[nodiscard]] Result<attachment::File> FetchAndKeep(const FetchJob& job);
  [[nodiscard]] messaging::Unit UnitOf(const FetchJob& job, const Result<attachment::File>& file);

  const Needs needs_;
  attachment::Fetcher fetcher_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<FetchJob> jobs_;
  std::map<std::string, int> under_way_;  // by id: the try that waits or is being made
  bool stopping_ = false;
  AttachmentCounts counts_;
  std::vector<std::thread> threads_;
};

}  // namespace guarantee::host
