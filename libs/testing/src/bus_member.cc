#include "testing/bus_member.h"

#include <gtest/gtest.h>

#include <utility>

namespace guarantee::testing {
namespace {

constexpr std::chrono::milliseconds kPollWait{20};

}  // namespace

messaging::PublishReport ReportBox::Next() {
  const std::lock_guard lock(mutex_);
  const std::size_t slot = reports_.size();
  reports_.emplace_back();
  return [this, slot](Result<messaging::Position> report) {
    const std::lock_guard inner(mutex_);
    EXPECT_FALSE(reports_[slot].has_value()) << "a publish was reported twice";
    reports_[slot] = std::move(report);
    ++called_;
    changed_.notify_all();
  };
}

std::vector<Result<messaging::Position>> ReportBox::Await(std::size_t count) {
  std::unique_lock lock(mutex_);
  const bool all = changed_.wait_for(lock, kBusDeadline, [&] { return called_ >= count; });
  EXPECT_TRUE(all) << called_ << " of " << count << " publishes were reported";
  std::vector<Result<messaging::Position>> out;
  for (const auto& report : reports_) {
    out.push_back(report ? *report : Permanent("test.no_report", "no report came"));
  }
  return out;
}

std::size_t ReportBox::called() {
  const std::lock_guard lock(mutex_);
  return called_;
}

void OffsetTable::Set(const messaging::TopicPartition& source, std::int64_t next) {
  const std::lock_guard lock(mutex_);
  next_[source] = next;
}

Result<std::vector<messaging::StartOffset>> OffsetTable::Starts(
    std::span<const messaging::TopicPartition> partitions) {
  const std::lock_guard lock(mutex_);
  if (failures_ > 0) {
    --failures_;
    ++refusals_;
    return Retryable("test.not_now", "the offsets cannot be read now");
  }
  std::vector<messaging::StartOffset> starts;
  for (const messaging::TopicPartition& source : partitions) {
    starts.push_back({source, next_[source]});
  }
  return starts;
}

BusMember::BusMember(messaging::Bus& bus, const std::string& group, const std::string& topic,
                     OffsetTable& offsets)
    : offsets_(offsets) {
  Result<std::unique_ptr<messaging::Consumer>> subscribed = bus.Subscribe({group, {topic}, this});
  if (!subscribed) {
    ADD_FAILURE() << Describe(subscribed.error());
    return;
  }
  consumer_ = std::move(*subscribed);
  thread_ = std::thread([this] { Serve(); });
}

BusMember::~BusMember() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void BusMember::Do(const std::function<void(messaging::Consumer&)>& action) {
  std::unique_lock lock(mutex_);
  action_ = action;
  EXPECT_TRUE(changed_.wait_for(lock, kBusDeadline, [&] { return action_ == nullptr; }))
      << "the member does not poll";
}

bool BusMember::Await(const std::function<bool()>& condition) {
  std::unique_lock lock(mutex_);
  const auto deadline = std::chrono::steady_clock::now() + kBusDeadline;
  // Conditions may ask another member, whose changes do not wake us: hence the short waits.
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    changed_.wait_for(lock, kPollWait);
  }
  return true;
}

std::vector<messaging::Delivered> BusMember::AwaitDelivered(std::size_t count) {
  EXPECT_TRUE(Await([&] { return delivered_.size() >= count; }))
      << delivered().size() << " of " << count << " records came";
  return delivered();
}

std::vector<messaging::Delivered> BusMember::delivered() {
  const std::lock_guard lock(mutex_);
  return delivered_;
}
std::vector<Error> BusMember::errors() {
  const std::lock_guard lock(mutex_);
  return errors_;
}
std::set<messaging::TopicPartition> BusMember::owned() {
  const std::lock_guard lock(mutex_);
  return owned_;
}
int BusMember::assignments() {
  const std::lock_guard lock(mutex_);
  return assignments_;
}
int BusMember::revocations() {
  const std::lock_guard lock(mutex_);
  return revocations_;
}
bool BusMember::any_lost() {
  const std::lock_guard lock(mutex_);
  return any_lost_;
}
std::size_t BusMember::largest_batch() {
  const std::lock_guard lock(mutex_);
  return largest_batch_;
}

Result<std::vector<messaging::StartOffset>> BusMember::OnAssigned(
    std::span<const messaging::TopicPartition> partitions) {
  Result<std::vector<messaging::StartOffset>> starts = offsets_.Starts(partitions);
  if (!starts) return starts;
  const std::lock_guard lock(mutex_);
  ++assignments_;
  owned_.insert(partitions.begin(), partitions.end());
  changed_.notify_all();
  return starts;
}

void BusMember::OnRevoked(std::span<const messaging::TopicPartition> partitions, bool lost) {
  const std::lock_guard lock(mutex_);
  ++revocations_;
  any_lost_ = any_lost_ || lost;
  for (const messaging::TopicPartition& source : partitions) {
    EXPECT_EQ(owned_.erase(source), 1U) << "revoked what was not assigned";
  }
  changed_.notify_all();
}

void BusMember::Serve() {
  for (;;) {
    std::function<void(messaging::Consumer&)> action;
    {
      const std::lock_guard lock(mutex_);
      if (stopping_) break;
      action = action_;
    }
    if (action != nullptr) {
      action(*consumer_);
      const std::lock_guard lock(mutex_);
      action_ = nullptr;
      changed_.notify_all();
    }
    Result<std::vector<messaging::Delivered>> records = consumer_->Poll(kPollWait, kBatchMax);
    if (records) {
      Keep(std::move(*records));
      continue;
    }
    const std::lock_guard lock(mutex_);
    errors_.push_back(records.error());
    changed_.notify_all();
  }
  consumer_->Close(std::chrono::seconds(5));
}

void BusMember::Keep(std::vector<messaging::Delivered> records) {
  if (records.empty()) return;
  const std::lock_guard lock(mutex_);
  largest_batch_ = std::max(largest_batch_, records.size());
  for (messaging::Delivered& record : records) {
    EXPECT_TRUE(owned_.contains(record.source)) << "a record of a partition that is not ours";
    offsets_.Set(record.source, record.offset + 1);
    delivered_.push_back(std::move(record));
  }
  changed_.notify_all();
}

}  // namespace guarantee::testing
