#include "messaging/consumer_loop.h"

#include <algorithm>
#include <set>

namespace guarantee::messaging {
namespace {

constexpr std::chrono::milliseconds kTopicTimeout{3000};
constexpr std::chrono::milliseconds kCloseTimeout{5000};

std::vector<std::int32_t> Numbers(std::span<const TopicPartition> partitions) {
  std::set<std::int32_t> numbers;
  for (const TopicPartition& source : partitions) numbers.insert(source.partition);
  return {numbers.begin(), numbers.end()};
}

}  // namespace

ConsumerLoop::ConsumerLoop(Bus& bus, Leases& leases, BatchHandler& handler, const Clock& clock,
                           Options options)
    : bus_(bus), leases_(leases), handler_(handler), clock_(clock), options_(std::move(options)) {}

ConsumerLoop::~ConsumerLoop() { Stop(kCloseTimeout); }

Result<void> ConsumerLoop::Start() {
  std::int32_t partitions = 0;
  for (const std::string& topic : options_.topics) {
    const Result<std::int32_t> count = bus_.PartitionCount(topic, kTopicTimeout);
    if (!count) return tl::unexpected(count.error());
    // One lease covers a partition number over all topics, so the numbers have to be the same.
    if (partitions != 0 && *count != partitions) {
      return Refused("bus.partitions", "topics of one group differ in their partition counts",
                     topic);
    }
    partitions = *count;
  }
  Result<std::unique_ptr<Consumer>> consumer =
      bus_.Subscribe({leases_.request().group, options_.topics, this});
  if (!consumer) return tl::unexpected(consumer.error());
  consumer_ = std::move(*consumer);
  thread_ = std::thread([this] { Run(); });
  renewal_ = std::thread([this] { RenewLoop(); });
  return {};
}

void ConsumerLoop::Stop(std::chrono::milliseconds timeout) {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
  // Leaves the group, which revokes and so releases, while the leases are still being renewed.
  if (consumer_) consumer_->Close(timeout);
  if (renewal_.joinable()) renewal_.join();
  consumer_.reset();
}

ConsumerState ConsumerLoop::State() const {
  const std::lock_guard lock(mutex_);
  ConsumerState state = state_;
  if (!troubles_.empty()) state.trouble = guarantee::Describe(troubles_.begin()->second);
  return state;
}

std::vector<StartOffset> ConsumerLoop::Positions() const {
  const std::lock_guard lock(mutex_);
  std::vector<StartOffset> positions;
  positions.reserve(positions_.size());
  for (const auto& [source, next] : positions_) positions.push_back({source, next});
  return positions;
}

Result<std::vector<StartOffset>> ConsumerLoop::OnAssigned(
    std::span<const TopicPartition> partitions) {
  Result<std::vector<StartOffset>> starts = leases_.Acquire(partitions);
  if (!starts) {
    Fail(Part::kPoll, starts.error());
    return starts;
  }
  {
    const std::lock_guard lock(mutex_);
    for (const StartOffset& start : *starts) positions_[start.source] = start.next;
    state_.assigned = true;
    state_.partitions = leases_.Held().size();
    troubles_.clear();
  }
  ++generation_;
  discarding_ = false;
  handler_.AssignmentChanged();
  return starts;
}

void ConsumerLoop::OnRevoked(std::span<const TopicPartition> partitions, bool lost) {
  leases_.Drop(Numbers(partitions), lost);
  {
    const std::lock_guard lock(mutex_);
    for (const TopicPartition& source : partitions) positions_.erase(source);
    state_.partitions = leases_.Held().size();
    state_.assigned = state_.partitions > 0;
  }
  ++generation_;
  handler_.AssignmentChanged();
}

void ConsumerLoop::Run() {
  while (!stopping_) PollOnce();
}

void ConsumerLoop::PollOnce() {
  Result<std::vector<Delivered>> records = consumer_->Poll(kPollWait, kBatchRecordsMax);
  {
    const std::lock_guard lock(mutex_);
    state_.last_poll_ms = clock_.MonotonicMs();
  }
  if (!records) {
    Fail(Part::kPoll, records.error());
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, kRetryPause, [this] { return stopping_.load(); });
    return;
  }
  Succeed(Part::kPoll);
  if (records->empty() || discarding_) return;
  const Batch batch = MakeBatch(std::move(*records));
  if (!batch.records.empty()) Commit(batch);
}

// Records of partitions that were taken from us within the poll, or that stand before our
// position (a bus may deliver again), are left out.
Batch ConsumerLoop::MakeBatch(std::vector<Delivered> records) const {
  std::map<TopicPartition, OffsetMove> moves;
  Batch batch;
  const std::lock_guard lock(mutex_);
  for (Delivered& record : records) {
    const auto position = positions_.find(record.source);
    const std::optional<std::int64_t> epoch = leases_.Epoch(record.source.partition);
    if (position == positions_.end() || !epoch || record.offset < position->second) continue;
    OffsetMove& move = moves[record.source];
    if (move.new_next == 0) move = {record.source, *epoch, position->second, 0};
    if (record.offset < move.new_next) continue;
    move.new_next = record.offset + 1;
    batch.records.push_back(std::move(record));
  }
  for (const auto& [source, move] : moves) {
    if (move.new_next > 0) batch.moves.push_back(move);
  }
  return batch;
}

void ConsumerLoop::Commit(const Batch& batch) {
  const std::uint64_t generation = generation_;
  while (!stopping_) {
    const Result<void> handled = handler_.HandleBatch(batch);
    if (handled) {
      std::vector<StartOffset> next;
      {
        const std::lock_guard lock(mutex_);
        for (const OffsetMove& move : batch.moves) {
          const auto position = positions_.find(move.source);
          if (position != positions_.end()) position->second = move.new_next;
          next.push_back({move.source, move.new_next});
        }
        state_.last_commit_ms = clock_.MonotonicMs();
      }
      Succeed(Part::kCommit);
      consumer_->CommitForLagTools(next);
      return;
    }
    Fail(Part::kCommit, handled.error());
    if (handled.error().code == kFencedCode) {
      discarding_ = true;
      consumer_->Rejoin();
      return;
    }
    KeepPolling();
    if (generation != generation_) return;  // taken away meanwhile: whoever has it now reads it
  }
}

// The store is away or refuses: nothing new is taken, but the group still hears from us.
void ConsumerLoop::KeepPolling() {
  std::vector<TopicPartition> sources;
  {
    const std::lock_guard lock(mutex_);
    for (const auto& [source, next] : positions_) sources.push_back(source);
  }
  consumer_->Pause(sources);
  const Result<std::vector<Delivered>> nothing = consumer_->Poll(kRetryPause, kBatchRecordsMax);
  if (nothing && !nothing->empty()) {
    // Prefetched before the pause took hold; they are read again from where we stand.
    for (const StartOffset& position : Positions()) {
      if (Result<void> sought = consumer_->Seek(position); !sought) {
        Fail(Part::kPoll, sought.error());
        discarding_ = true;
        consumer_->Rejoin();
        return;
      }
    }
  }
  {
    const std::lock_guard lock(mutex_);
    state_.last_poll_ms = clock_.MonotonicMs();
  }
  consumer_->Resume(sources);
}

void ConsumerLoop::RenewLoop() {
  const std::chrono::milliseconds pause{leases_.request().length_ms / 3};
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, pause, [this] { return stopping_.load(); })) {
    lock.unlock();
    if (const Result<void> renewed = leases_.Renew(); !renewed) {
      Fail(Part::kRenew, renewed.error());
    } else {
      Succeed(Part::kRenew);
    }
    lock.lock();
  }
}

void ConsumerLoop::Fail(Part part, const Error& error) {
  const std::lock_guard lock(mutex_);
  troubles_.insert_or_assign(part, error);
}

void ConsumerLoop::Succeed(Part part) {
  const std::lock_guard lock(mutex_);
  const auto trouble = troubles_.find(part);
  if (trouble != troubles_.end() && trouble->second.kind == ErrorKind::kRetryable) {
    troubles_.erase(trouble);
  }
}

}  // namespace guarantee::messaging
