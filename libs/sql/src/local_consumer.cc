#include "local_consumer.h"

#include <fmt/format.h>

#include <algorithm>

namespace guarantee::sql {
namespace {

using messaging::Delivered;
using messaging::StartOffset;
using messaging::TopicPartition;
using Time = std::chrono::steady_clock::time_point;

Time Now() { return std::chrono::steady_clock::now(); }

std::string NameOf(const TopicPartition& source) {
  return fmt::format("{}/{}", source.topic, source.partition);
}

}  // namespace

Result<std::vector<Delivered>> LocalConsumer::Poll(std::chrono::milliseconds max_wait,
                                                   std::size_t max_records) {
  if (closed_) return Permanent("bus.closed", "the consumer is closed");
  const Time deadline = Now() + max_wait;
  for (;;) {
    // Before looking: whatever changes after this ends the wait at once.
    const std::uint64_t changes = Changes();
    KeepUp();
    if (pending_error_) return tl::unexpected(*std::exchange(pending_error_, std::nullopt));
    Result<std::vector<Delivered>> records = Collect(max_records);
    if (!records || !records->empty() || Now() >= deadline) return records;
    Wait(changes, deadline);
  }
}

void LocalConsumer::KeepUp() {
  JoinAgainIfDue();
  for (Step step = NextStep(); step.revoke || step.assign; step = NextStep()) {
    if (step.revoke)
      GiveBack(step);
    else
      Take(step);
  }
}

LocalConsumer::Step LocalConsumer::NextStep() {
  const std::lock_guard lock(groups_.mutex_);
  LocalGroups::Group& group = groups_.groups_[options_.group];
  LocalGroups::Member& member = group.members[member_];
  member.seen = Now();
  Step step;
  step.lost = std::exchange(member.lost, false);
  if (step.lost) groups_.Disturb(group);
  step.generation = group.generation;
  step.revoke = member.acknowledged != group.generation;
  if (step.revoke) return step;
  // Who waits for a silent member finds out here that it has gone.
  if (group.assigned != group.generation) groups_.DealIfAllGaveBack(group);
  step.assign = group.assigned == group.generation && generation_ != group.generation;
  if (step.assign) step.partitions = member.assigned;
  return step;
}

void LocalConsumer::GiveBack(const Step& step) {
  std::vector<TopicPartition> partitions;
  for (const auto& [source, owned] : owned_) partitions.push_back(source);
  owned_.clear();
  if (!partitions.empty()) options_.handler->OnRevoked(partitions, step.lost);
  const std::lock_guard lock(groups_.mutex_);
  LocalGroups::Group& group = groups_.groups_[options_.group];
  // A generation that came meanwhile needs no second revocation: nothing is held.
  group.members[member_].acknowledged = group.generation;
  groups_.DealIfAllGaveBack(group);
}

void LocalConsumer::Take(const Step& step) {
  generation_ = step.generation;
  join_again_at_.reset();
  if (step.partitions.empty()) return;
  const Result<std::vector<StartOffset>> starts = options_.handler->OnAssigned(step.partitions);
  if (!starts) {
    join_again_at_ = Now() + groups_.options_.rejoin_pause;
    return;
  }
  for (const StartOffset& start : *starts) owned_[start.source] = {start.next, false, false};
  const auto answered = [&](const TopicPartition& source) { return owned_.contains(source); };
  if (owned_.size() == step.partitions.size() &&
      std::all_of(step.partitions.begin(), step.partitions.end(), answered)) {
    return;
  }
  pending_error_ = Error{ErrorKind::kPermanent,
                         "bus.assignment",
                         {},
                         "the handler did not answer for each partition it was asked for"};
  owned_.clear();
  options_.handler->OnRevoked(step.partitions, /*lost=*/false);
  join_again_at_ = Now() + groups_.options_.rejoin_pause;
}

void LocalConsumer::JoinAgainIfDue() {
  if (!join_again_at_ || Now() < *join_again_at_) return;
  join_again_at_.reset();
  Rejoin();
}

Result<std::vector<Delivered>> LocalConsumer::Collect(std::size_t max_records) {
  std::vector<Delivered> out;
  if (owned_.empty()) return out;
  ++first_;
  for (std::size_t turn = 0; turn < owned_.size() && out.size() < max_records; ++turn) {
    const auto at = static_cast<std::ptrdiff_t>((first_ + turn) % owned_.size());
    auto& [source, owned] = *std::next(owned_.begin(), at);
    Result<void> collected = CollectFrom(source, owned, max_records - out.size(), out);
    if (collected) continue;
    if (out.empty()) return tl::unexpected(collected.error());
    pending_error_ = collected.error();
    break;
  }
  return out;
}

Result<void> LocalConsumer::CollectFrom(const TopicPartition& source, Owned& owned,
                                        std::size_t max_records, std::vector<Delivered>& out) {
  if (owned.paused || owned.stopped) return {};
  const Result<LogBounds> bounds = groups_.log_.Bounds(source);
  if (!bounds) return tl::unexpected(bounds.error());
  if (owned.next == messaging::kLogBeginning) owned.next = bounds->start;
  if (owned.next < bounds->start || owned.next > bounds->end) return Stop(source, owned, *bounds);
  if (owned.next == bounds->end) return {};
  Result<std::vector<Delivered>> records = groups_.log_.Fetch(source, owned.next, max_records);
  if (!records) return tl::unexpected(records.error());
  for (Delivered& record : *records) {
    // Deleted between the two questions: a gap is never passed over.
    if (record.offset != owned.next) return Stop(source, owned, *bounds);
    owned.next = record.offset + 1;
    out.push_back(std::move(record));
  }
  return {};
}

tl::unexpected<Error> LocalConsumer::Stop(const TopicPartition& source, Owned& owned,
                                          const LogBounds& bounds) {
  owned.stopped = true;
  return Permanent("bus.offset_out_of_range",
                   fmt::format("{} is stopped at offset {}: the log holds {} to {}", NameOf(source),
                               owned.next, bounds.start, bounds.end));
}

std::uint64_t LocalConsumer::Changes() {
  const std::lock_guard lock(groups_.mutex_);
  return groups_.changes_;
}

void LocalConsumer::Wait(std::uint64_t changes, Time deadline) {
  std::unique_lock lock(groups_.mutex_);
  if (join_again_at_) deadline = std::min(deadline, *join_again_at_);
  groups_.changed_.wait_until(lock, deadline, [&] { return groups_.changes_ != changes; });
}

void LocalConsumer::Pause(std::span<const TopicPartition> partitions) {
  for (const TopicPartition& source : partitions) {
    if (const auto found = owned_.find(source); found != owned_.end()) found->second.paused = true;
  }
}

void LocalConsumer::Resume(std::span<const TopicPartition> partitions) {
  for (const TopicPartition& source : partitions) {
    if (const auto found = owned_.find(source); found != owned_.end()) found->second.paused = false;
  }
}

Result<void> LocalConsumer::Seek(const StartOffset& start) {
  const auto found = owned_.find(start.source);
  if (found == owned_.end() || found->second.stopped) {
    return Refused("bus.assignment", fmt::format("{} is not being read", NameOf(start.source)));
  }
  found->second.next = start.next;
  return {};
}

void LocalConsumer::CommitForLagTools(std::span<const StartOffset> next) {
  std::vector<StartOffset> ours;
  for (const StartOffset& start : next) {
    if (owned_.contains(start.source)) ours.push_back(start);
  }
  if (!ours.empty()) groups_.log_.KeepPositions(options_.group, ours);
}

void LocalConsumer::Rejoin() { groups_.Rebalance(options_.group); }

void LocalConsumer::Close(std::chrono::milliseconds) {
  if (std::exchange(closed_, true)) return;
  std::vector<TopicPartition> partitions;
  for (const auto& [source, owned] : owned_) partitions.push_back(source);
  owned_.clear();
  bool lost = false;
  {
    const std::lock_guard lock(groups_.mutex_);
    lost = groups_.groups_[options_.group].members[member_].lost;
  }
  if (!partitions.empty()) options_.handler->OnRevoked(partitions, lost);
  const std::lock_guard lock(groups_.mutex_);
  LocalGroups::Group& group = groups_.groups_[options_.group];
  group.members.erase(member_);
  groups_.Disturb(group);
  groups_.DealIfAllGaveBack(group);
}

}  // namespace guarantee::sql
