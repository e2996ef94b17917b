#include "testing/fake_bus.h"

#include <algorithm>

namespace guarantee::testing {
namespace {

using messaging::Delivered;
using messaging::Position;
using messaging::Record;
using messaging::TopicPartition;
using std::chrono::milliseconds;

std::size_t SizeOf(const Record& record) {
  std::size_t bytes = record.value.size();
  for (const messaging::Header& header : record.headers) {
    bytes += header.name.size() + header.value.size();
  }
  return bytes;
}

}  // namespace

FakeBus::FakeBus(const Clock& clock, sql::LocalGroupOptions groups)
    : clock_(clock), groups_(*this, groups), thread_([this] { ServeReports(); }) {}

FakeBus::~FakeBus() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    holding_ = false;
  }
  changed_.notify_all();
  thread_.join();
}

void FakeBus::FailNextPublishes(int count, Error error) {
  const std::lock_guard lock(mutex_);
  refuse_ = {count, std::move(error)};
}

void FakeBus::LoseNextAnswers(int count, Error error) {
  const std::lock_guard lock(mutex_);
  lose_ = {count, std::move(error)};
}

void FakeBus::DuplicateNextPublishes(int count) {
  const std::lock_guard lock(mutex_);
  duplicate_ = count;
}

void FakeBus::HoldReports() {
  const std::lock_guard lock(mutex_);
  holding_ = true;
}

void FakeBus::ReleaseReports() {
  const std::lock_guard lock(mutex_);
  holding_ = false;
  changed_.notify_all();
}

void FakeBus::DropBroker() {
  const std::lock_guard lock(mutex_);
  down_ = true;
}

void FakeBus::RestoreBroker() {
  {
    const std::lock_guard lock(mutex_);
    down_ = false;
  }
  groups_.Wake();
}

void FakeBus::ForceRebalance(const std::string& group) { groups_.Rebalance(group); }
void FakeBus::ForceLoss(const std::string& group) { groups_.Lose(group); }

void FakeBus::Trim(const TopicPartition& source, std::int64_t start) {
  {
    const std::lock_guard lock(mutex_);
    if (Result<Partition*> partition = Find(source)) (*partition)->start = start;
  }
  groups_.Wake();
}

std::vector<Delivered> FakeBus::Records(const std::string& topic) {
  const std::lock_guard lock(mutex_);
  std::vector<Delivered> all;
  for (const Partition& partition : topics_[topic].partitions) {
    all.insert(all.end(), partition.records.begin(), partition.records.end());
  }
  return all;
}

std::int64_t FakeBus::LagPosition(const std::string& group, const TopicPartition& source) {
  const std::lock_guard lock(mutex_);
  const auto found = positions_.find({group, source});
  return found == positions_.end() ? -1 : found->second;
}

std::size_t FakeBus::HeldReports() {
  const std::lock_guard lock(mutex_);
  return due_.size();
}

void FakeBus::Publish(Record record, messaging::PublishReport report) {
  {
    const std::lock_guard lock(mutex_);
    ++open_;
    due_.push_back({std::move(report), Append(record)});
    changed_.notify_all();
  }
  groups_.Wake();
}

Result<Position> FakeBus::Append(const Record& record) {
  if (SizeOf(record) > messaging::kRecordBytesMax) {
    return Permanent("bus.too_large", "value and headers exceed the limit of a record");
  }
  if (Result<void> reachable = Reachable(); !reachable) return tl::unexpected(reachable.error());
  if (due_.size() >= kFakeQueueMax) return Retryable("bus.queue_full", "the queue is full");
  if (Use(refuse_)) return tl::unexpected(refuse_.error);
  const auto topic = topics_.find(record.topic);
  if (topic == topics_.end()) return Permanent("bus.topic", "there is no topic " + record.topic);
  const std::int32_t number =
      messaging::PartitionOfKey(record.key, topic->second.settings.partitions);
  auto& records = topic->second.partitions[static_cast<std::size_t>(number)].records;
  const auto offset = static_cast<std::int64_t>(records.size());
  const int copies = duplicate_ > 0 ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    records.push_back({{record.topic, number},
                       offset + copy,
                       clock_.Now(),
                       record.key,
                       record.headers,
                       record.value});
  }
  duplicate_ = std::max(0, duplicate_ - 1);
  if (Use(lose_)) return tl::unexpected(lose_.error);
  return Position{number, offset};
}

bool FakeBus::Use(Fault& fault) {
  if (fault.left == 0) return false;
  --fault.left;
  return true;
}

Result<void> FakeBus::Reachable() const {
  if (!down_) return {};
  return Retryable("bus.unavailable", "the fake broker is down");
}

Result<FakeBus::Partition*> FakeBus::Find(const TopicPartition& source) {
  const auto topic = topics_.find(source.topic);
  const auto at = static_cast<std::size_t>(source.partition);
  if (topic == topics_.end() || source.partition < 0 || at >= topic->second.partitions.size()) {
    return Refused("bus.topic", "there is no such topic or partition");
  }
  return &topic->second.partitions[at];
}

void FakeBus::ServeReports() {
  std::unique_lock lock(mutex_);
  for (;;) {
    // The loop of this thread: no deadline, stopping wakes it.
    changed_.wait(lock, [&] { return stopping_ || (!holding_ && !due_.empty()); });
    if (due_.empty()) return;
    Due due = std::move(due_.front());
    due_.pop_front();
    lock.unlock();
    due.report(std::move(due.result));
    lock.lock();
    --open_;
    changed_.notify_all();
  }
}

Result<void> FakeBus::WarmUp(std::span<const std::string> topics, milliseconds timeout) {
  for (const std::string& topic : topics) {
    const Result<std::int32_t> count = PartitionCount(topic, timeout);
    if (!count) return tl::unexpected(count.error());
  }
  return {};
}

bool FakeBus::Drain(milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return open_ == 0; });
}

Result<std::int32_t> FakeBus::CountPartitions(const std::string& topic) {
  const std::lock_guard lock(mutex_);
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return Refused("bus.topic", "there is no topic " + topic);
  return found->second.settings.partitions;
}

Result<sql::LogBounds> FakeBus::Bounds(const TopicPartition& source) {
  const std::lock_guard lock(mutex_);
  const Result<Partition*> partition = Find(source);
  if (!partition) return tl::unexpected(partition.error());
  return sql::LogBounds{(*partition)->start,
                        static_cast<std::int64_t>((*partition)->records.size())};
}

Result<std::vector<Delivered>> FakeBus::Fetch(const TopicPartition& source, std::int64_t offset,
                                              std::size_t records_max) {
  const std::lock_guard lock(mutex_);
  const Result<Partition*> partition = Find(source);
  if (!partition) return tl::unexpected(partition.error());
  if (down_) return std::vector<Delivered>{};
  const std::vector<Delivered>& records = (*partition)->records;
  const std::size_t first = std::min(static_cast<std::size_t>(offset), records.size());
  const std::size_t last = std::min(first + records_max, records.size());
  return std::vector<Delivered>(records.begin() + static_cast<std::ptrdiff_t>(first),
                                records.begin() + static_cast<std::ptrdiff_t>(last));
}

void FakeBus::KeepPositions(const std::string& group,
                            std::span<const messaging::StartOffset> next) {
  const std::lock_guard lock(mutex_);
  for (const messaging::StartOffset& start : next) positions_[{group, start.source}] = start.next;
}

Result<std::unique_ptr<messaging::Consumer>> FakeBus::Subscribe(
    const messaging::SubscribeOptions& options) {
  return groups_.Subscribe(options);
}

Result<std::int64_t> FakeBus::EndOffset(const TopicPartition& source, milliseconds) {
  const std::lock_guard lock(mutex_);
  if (Result<void> reachable = Reachable(); !reachable) return tl::unexpected(reachable.error());
  const Result<Partition*> partition = Find(source);
  if (!partition) return tl::unexpected(partition.error());
  return static_cast<std::int64_t>((*partition)->records.size());
}

Result<std::vector<std::int64_t>> FakeBus::EndOffsets(const std::string& topic, milliseconds) {
  const std::lock_guard lock(mutex_);
  if (Result<void> reachable = Reachable(); !reachable) return tl::unexpected(reachable.error());
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return Refused("bus.topic", "there is no topic " + topic);
  std::vector<std::int64_t> ends;
  for (const Partition& partition : found->second.partitions) {
    ends.push_back(static_cast<std::int64_t>(partition.records.size()));
  }
  return ends;
}

Result<std::int32_t> FakeBus::PartitionCount(const std::string& topic, milliseconds timeout) {
  const Result<messaging::TopicSettings> settings = Describe(topic, timeout);
  if (!settings) return tl::unexpected(settings.error());
  return settings->partitions;
}

Result<messaging::TopicSettings> FakeBus::Describe(const std::string& topic, milliseconds) {
  const std::lock_guard lock(mutex_);
  if (Result<void> reachable = Reachable(); !reachable) return tl::unexpected(reachable.error());
  const auto found = topics_.find(topic);
  if (found == topics_.end()) return Refused("bus.topic", "there is no topic " + topic);
  return found->second.settings;
}

Result<void> FakeBus::CreateTopics(std::span<const messaging::TopicSettings> topics, milliseconds) {
  const std::lock_guard lock(mutex_);
  if (Result<void> reachable = Reachable(); !reachable) return reachable;
  for (const messaging::TopicSettings& settings : topics) {
    if (settings.partitions < 1) return Refused("bus.topic", "a topic needs a partition");
    const auto [topic, fresh] = topics_.try_emplace(settings.topic);
    if (!fresh) continue;
    topic->second.settings = settings;
    topic->second.partitions.resize(static_cast<std::size_t>(settings.partitions));
  }
  return {};
}

}  // namespace guarantee::testing
