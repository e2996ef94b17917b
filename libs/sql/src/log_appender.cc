#include "log_appender.h"

#include <array>

namespace guarantee::sql {
namespace {

using messaging::Position;
using messaging::Record;
using messaging::TopicPartition;

std::size_t SizeOf(const Record& record) {
  std::size_t bytes = record.value.size();
  for (const messaging::Header& header : record.headers) {
    bytes += header.name.size() + header.value.size();
  }
  return bytes;
}

}  // namespace

LogAppender::LogAppender(std::shared_ptr<OpenSqliteFile> file, std::shared_ptr<LogStore> store,
                         const EmbeddedLogOptions& options, std::function<void()> appended)
    : file_(std::move(file)),
      store_(std::move(store)),
      prefix_(options.schema + "_"),
      clock_(options.clock == nullptr ? SystemClock() : *options.clock),
      queue_records_max_(options.queue_records_max),
      queue_bytes_max_(options.queue_bytes_max),
      appended_(std::move(appended)) {}

void LogAppender::Publish(Record record, messaging::PublishReport report) {
  const std::size_t bytes = SizeOf(record);
  Result<TopicPartition> target = TargetOf(record);
  const std::lock_guard lock(mutex_);
  ++open_;
  if (bytes > messaging::kRecordBytesMax) {
    return Reject(std::move(report), {ErrorKind::kPermanent,
                                      "bus.too_large",
                                      {},
                                      "value and headers exceed the limit of a record"});
  }
  if (!target) return Reject(std::move(report), target.error());
  if (stopped_) {
    return Reject(std::move(report),
                  {ErrorKind::kRetryable, "bus.unavailable", {}, "the log is closing"});
  }
  if (queue_.size() >= queue_records_max_ || queue_bytes_ + bytes > queue_bytes_max_) {
    return Reject(std::move(report),
                  {ErrorKind::kRetryable, "bus.queue_full", {}, "the log's queue is full"});
  }
  queue_bytes_ += bytes;
  queue_.push_back({std::move(record), std::move(report), std::move(*target), bytes});
  StartJob();
}

Result<TopicPartition> LogAppender::TargetOf(const Record& record) {
  const Result<std::int32_t> count = store_->CountPartitions(record.topic);
  if (!count) return Permanent("bus.topic", count.error().message);
  return TopicPartition{record.topic, messaging::PartitionOfKey(record.key, *count)};
}

void LogAppender::Reject(messaging::PublishReport report, Error error) {
  // Reported by another thread: the caller may hold a lock that its report takes.
  rejected_.push_back({std::move(report), std::move(error)});
  StartJob();
}

void LogAppender::StartJob() {
  if (job_under_way_ || (queue_.empty() && rejected_.empty())) return;
  job_under_way_ = true;
  SqliteJob job{prefix_,
                [self = shared_from_this()](SqliteTransaction& transaction) {
                  return self->Append(transaction);
                },
                [self = shared_from_this()](Result<void> result) { self->Done(result); }, 0};
  if (!file_->writer().Enqueue(std::move(job))) job_under_way_ = false;  // Nudge tries again
}

void LogAppender::Settle() {
  // Jobs run in their order, and each is gone before the next is told.
  const Result<void> last =
      file_->writer().Execute(prefix_, [](SqliteTransaction&) -> Result<void> { return {}; });
  static_cast<void>(last);  // a fault of the disk has told its own callers
}

void LogAppender::Nudge() {
  ReportRejected();
  const std::lock_guard lock(mutex_);
  StartJob();
}

Result<void> LogAppender::Append(Transaction& transaction) {
  batch_ = TakeBatch();
  positions_.clear();
  ends_.clear();
  if (batch_.empty()) return {};
  const Result<std::array<Column, 5>> columns = Number(batch_);
  if (!columns) return tl::unexpected(columns.error());
  const Result<Outcome> appended = transaction.RunSet(kAppendRecords, *columns, {});
  if (!appended) return tl::unexpected(appended.error());
  return {};
}

std::vector<LogAppender::Entry> LogAppender::TakeBatch() {
  const std::lock_guard lock(mutex_);
  std::vector<Entry> batch;
  std::size_t bytes = 0;
  while (!queue_.empty() && batch.size() < kAppendRecordsMax && bytes < kAppendBytesMax) {
    bytes += queue_.front().bytes;
    batch.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queue_bytes_ -= bytes;
  return batch;
}

// The store's ends are those of the last COMMIT and only this job moves them.
Result<std::array<Column, 5>> LogAppender::Number(std::vector<Entry>& batch) {
  std::array columns = {Column{ColumnType::kInteger, {}}, Column{ColumnType::kInteger, {}},
                        Column{ColumnType::kBlob, {}}, Column{ColumnType::kBlob, {}},
                        Column{ColumnType::kBlob, {}}};
  const std::int64_t now_ms = clock_.Now().value;
  for (Entry& entry : batch) {
    const Result<LogPartition> partition = store_->Find(entry.target);
    if (!partition) return tl::unexpected(partition.error());
    const auto end = ends_.try_emplace(entry.target, partition->bounds.end).first;
    const std::int64_t offset = end->second++;
    if (offset > kOffsetMax) return Permanent("bus.topic", "a partition is full");
    positions_.push_back({entry.target.partition, offset});
    columns[0].values.emplace_back((partition->number << kOffsetBits) + offset);
    columns[1].values.emplace_back(now_ms);
    columns[2].values.emplace_back(Blob{std::move(entry.record.key)});
    columns[3].values.emplace_back(Blob{EncodePairs(entry.record.headers)});
    columns[4].values.emplace_back(Blob{std::move(entry.record.value)});
  }
  return columns;
}

void LogAppender::Done(const Result<void>& result) {
  if (!result && batch_.empty()) batch_ = TakeBatch();  // the group failed before this job ran
  if (result) {
    for (const auto& [target, end] : ends_) store_->Advance(target, end);
    if (!ends_.empty()) appended_();
  }
  std::vector<Entry> batch = std::exchange(batch_, {});
  for (std::size_t at = 0; at < batch.size(); ++at) {
    if (result)
      batch[at].report(positions_[at]);
    else
      batch[at].report(tl::unexpected(result.error()));
  }
  ReportRejected();
  const std::lock_guard lock(mutex_);
  job_under_way_ = false;
  Finish(batch.size());
  StartJob();
}

void LogAppender::ReportRejected() {
  std::deque<Rejected> rejected;
  {
    const std::lock_guard lock(mutex_);
    rejected.swap(rejected_);
  }
  for (Rejected& one : rejected) one.report(tl::unexpected(std::move(one.error)));
  const std::lock_guard lock(mutex_);
  Finish(rejected.size());
}

void LogAppender::Finish(std::size_t reports) {
  open_ -= reports;
  if (open_ == 0) idle_.notify_all();
}

bool LogAppender::Drain(std::chrono::milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return idle_.wait_for(lock, timeout, [&] { return open_ == 0; });
}

void LogAppender::Stop() {
  {
    const std::lock_guard lock(mutex_);
    stopped_ = true;
    for (Entry& entry : queue_) {
      rejected_.push_back({std::move(entry.report),
                           {ErrorKind::kRetryable, "bus.unavailable", {}, "the log is closing"}});
    }
    queue_.clear();
    queue_bytes_ = 0;
  }
  ReportRejected();
}

}  // namespace guarantee::sql
