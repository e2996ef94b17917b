#include "sql/embedded_log.h"

#include <thread>

#include "log_appender.h"
#include "statement_text.h"

namespace guarantee::sql {
namespace {

using messaging::StartOffset;
using messaging::TopicPartition;
using std::chrono::milliseconds;

// How often the log's own thread writes positions and looks for reports that are stuck.
constexpr milliseconds kHousekeepingPause{500};
constexpr milliseconds kStopLimit{10'000};
// Steps of retention in one round, each of kRetentionRowsMax records.
constexpr int kRetentionStepsMax = 20;

class EmbeddedLog final : public messaging::Bus, private messaging::Producer, private LocalLog {
 public:
  EmbeddedLog(std::shared_ptr<OpenSqliteFile> file, const EmbeddedLogOptions& options)
      : options_(options),
        clock_(options.clock == nullptr ? SystemClock() : *options.clock),
        store_(std::make_shared<LogStore>(file->Schema(options.schema))),
        groups_(*this, options.groups),
        appender_(std::make_shared<LogAppender>(std::move(file), store_, options,
                                                [this] { groups_.Wake(); })) {}

  ~EmbeddedLog() override {
    Drain(kStopLimit);
    appender_->Stop();
    // The job under way refers to the groups.
    Drain(kStopLimit);
    appender_->Settle();
    {
      const std::lock_guard lock(mutex_);
      stopping_ = true;
    }
    wake_.notify_one();
    if (thread_.joinable()) thread_.join();
    SavePositions();
  }

  Result<void> Start() {
    if (Result<void> opened = store_->Open(); !opened) return opened;
    thread_ = std::thread([this] { KeepHouse(); });
    return {};
  }

  // Bus
  messaging::Producer& producer() override { return *this; }
  Result<std::unique_ptr<messaging::Consumer>> Subscribe(
      const messaging::SubscribeOptions& options) override {
    Result<std::unique_ptr<messaging::Consumer>> consumer = groups_.Subscribe(options);
    if (!consumer) return consumer;
    if (Result<void> known = store_->AddGroup(options.group, options.topics); !known) {
      return tl::unexpected(known.error());
    }
    return consumer;
  }
  Result<std::int64_t> EndOffset(const TopicPartition& source, milliseconds) override {
    const Result<LogPartition> partition = store_->Find(source);
    if (!partition) return tl::unexpected(partition.error());
    return partition->bounds.end;
  }
  Result<std::vector<std::int64_t>> EndOffsets(const std::string& topic, milliseconds) override {
    const Result<std::int32_t> count = store_->CountPartitions(topic);
    if (!count) return tl::unexpected(count.error());
    std::vector<std::int64_t> ends;
    for (std::int32_t partition = 0; partition < *count; ++partition) {
      const Result<LogPartition> found = store_->Find({topic, partition});
      if (!found) return tl::unexpected(found.error());
      ends.push_back(found->bounds.end);
    }
    return ends;
  }
  Result<std::int32_t> PartitionCount(const std::string& topic, milliseconds) override {
    return store_->CountPartitions(topic);
  }
  Result<messaging::TopicSettings> Describe(const std::string& topic, milliseconds) override {
    return store_->Describe(topic);
  }
  Result<void> CreateTopics(std::span<const messaging::TopicSettings> topics,
                            milliseconds) override {
    return store_->CreateTopics(topics);
  }

 private:
  // Producer
  void Publish(messaging::Record record, messaging::PublishReport report) override {
    appender_->Publish(std::move(record), std::move(report));
  }
  Result<void> WarmUp(std::span<const std::string> topics, milliseconds) override {
    for (const std::string& topic : topics) {
      const Result<std::int32_t> count = store_->CountPartitions(topic);
      if (!count) return tl::unexpected(count.error());
    }
    return {};
  }
  bool Drain(milliseconds timeout) override { return appender_->Drain(timeout); }

  // LocalLog
  Result<std::int32_t> CountPartitions(const std::string& topic) override {
    return store_->CountPartitions(topic);
  }
  Result<LogBounds> Bounds(const TopicPartition& source) override {
    const Result<LogPartition> partition = store_->Find(source);
    if (!partition) return tl::unexpected(partition.error());
    return partition->bounds;
  }
  Result<std::vector<messaging::Delivered>> Fetch(const TopicPartition& source, std::int64_t offset,
                                                  std::size_t records_max) override {
    return store_->Fetch(source, offset, records_max);
  }
  void KeepPositions(const std::string& group, std::span<const StartOffset> next) override {
    const std::lock_guard lock(mutex_);
    for (const StartOffset& start : next) positions_[{group, start.source}] = start.next;
  }

  void KeepHouse() {
    auto retain_at = std::chrono::steady_clock::now() + options_.retention_interval;
    while (WaitForNextRound()) {
      appender_->Nudge();
      SavePositions();
      if (std::chrono::steady_clock::now() < retain_at) continue;
      retain_at = std::chrono::steady_clock::now() + options_.retention_interval;
      Retain();
    }
  }

  bool WaitForNextRound() {
    std::unique_lock lock(mutex_);
    const milliseconds pause = std::min(kHousekeepingPause, options_.retention_interval);
    wake_.wait_for(lock, pause, [&] { return stopping_; });
    return !stopping_;
  }

  void SavePositions() {
    Positions due;
    {
      const std::lock_guard lock(mutex_);
      due.swap(positions_);
    }
    if (due.empty() || store_->SavePositions(due)) return;
    const std::lock_guard lock(mutex_);
    positions_.merge(due);  // what came meanwhile is newer and stays
  }

  // A failing step is tried again in the next round; nothing is lost by keeping records.
  void Retain() {
    const UnixMillis older_than =
        clock_.Now() + -std::chrono::milliseconds(options_.retention).count();
    int steps = 0;
    for (const auto& [source, partition] : store_->All()) {
      Result<bool> more = true;
      while (more && *more && steps++ < kRetentionStepsMax)
        more = store_->Retain(source, older_than);
    }
  }

  using Positions = std::map<std::pair<std::string, TopicPartition>, std::int64_t>;

  const EmbeddedLogOptions options_;
  const Clock& clock_;
  const std::shared_ptr<LogStore> store_;
  LocalGroups groups_;
  const std::shared_ptr<LogAppender> appender_;
  std::mutex mutex_;
  std::condition_variable wake_;
  Positions positions_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

Result<std::unique_ptr<messaging::Bus>> OpenEmbeddedLog(std::shared_ptr<SqliteFile> file,
                                                        const EmbeddedLogOptions& options) {
  RequireSchemaName(options.schema);
  // SqliteFile has one implementation.
  auto log = std::make_unique<EmbeddedLog>(std::static_pointer_cast<OpenSqliteFile>(file), options);
  if (Result<void> started = log->Start(); !started) return tl::unexpected(started.error());
  return log;
}

}  // namespace guarantee::sql
