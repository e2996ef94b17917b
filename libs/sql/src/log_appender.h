// The publishing half of the embedded log: a queue that one job of the file's writer at a time
// empties, so that offsets are dense and in the order of Publish.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "log_store.h"
#include "sql/embedded_log.h"
#include "sqlite_file.h"

namespace guarantee::sql {

// Records and bytes of one job.
inline constexpr std::size_t kAppendRecordsMax = 1000;
inline constexpr std::size_t kAppendBytesMax = 8U << 20U;

// Thread-safe. Jobs hold a reference, and with it the file: whoever drops the appender settles it
// first, else the writer's thread would be the one to close its own file.
class LogAppender : public std::enable_shared_from_this<LogAppender> {
 public:
  LogAppender(std::shared_ptr<OpenSqliteFile> file, std::shared_ptr<LogStore> store,
              const EmbeddedLogOptions& options, std::function<void()> appended);

  void Publish(messaging::Record record, messaging::PublishReport report);
  // True when every report has been called.
  bool Drain(std::chrono::milliseconds timeout);
  // Reports what could not be queued and starts a job if one is due; called every now and then
  // by the bus's own thread, for the case that the writer's queue was full.
  void Nudge();
  // Nothing is appended any more: what is queued is reported retryable.
  void Stop();
  // Returns when no job refers to the appender any more; after Stop and Drain.
  void Settle();

 private:
  struct Entry {
    messaging::Record record;
    messaging::PublishReport report;
    messaging::TopicPartition target;
    std::size_t bytes = 0;
  };
  struct Rejected {
    messaging::PublishReport report;
    Error error;
  };
  using Ends = std::map<messaging::TopicPartition, std::int64_t>;

  Result<messaging::TopicPartition> TargetOf(const messaging::Record& record);
  void Reject(messaging::PublishReport report, Error error);
  // Under the lock: starts the job if there is work and none is under way.
  void StartJob();
  // On the writer's thread.
  Result<void> Append(Transaction& transaction);
  Result<std::array<Column, 5>> Number(std::vector<Entry>& batch);
  void Done(const Result<void>& result);
  std::vector<Entry> TakeBatch();
  void ReportRejected();
  void Finish(std::size_t reports);

  const std::shared_ptr<OpenSqliteFile> file_;
  const std::shared_ptr<LogStore> store_;
  const std::string prefix_;
  const Clock& clock_;
  const std::size_t queue_records_max_;
  const std::size_t queue_bytes_max_;
  const std::function<void()> appended_;

  std::mutex mutex_;
  std::condition_variable idle_;
  std::deque<Entry> queue_;
  std::size_t queue_bytes_ = 0;
  std::deque<Rejected> rejected_;
  std::size_t open_ = 0;  // not yet reported
  bool job_under_way_ = false;
  bool stopped_ = false;

  // Of the job under way.
  std::vector<Entry> batch_;
  std::vector<messaging::Position> positions_;
  Ends ends_;
};

}  // namespace guarantee::sql
