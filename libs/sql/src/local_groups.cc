#include "sql/local_groups.h"

#include <algorithm>
#include <set>

#include "local_consumer.h"

namespace guarantee::sql {

Result<std::unique_ptr<messaging::Consumer>> LocalGroups::Subscribe(
    const messaging::SubscribeOptions& options) {
  if (options.group.empty() || options.topics.empty() || options.handler == nullptr) {
    return Refused("bus.assignment", "a subscription needs a group, topics and a handler");
  }
  for (const std::string& topic : options.topics) {
    const Result<std::int32_t> count = log_.CountPartitions(topic);
    if (!count) return tl::unexpected(count.error());
  }
  const std::lock_guard lock(mutex_);
  const std::int64_t number = ++last_member_;
  Group& group = groups_[options.group];
  Member& member = group.members[number];
  member.topics = options.topics;
  member.seen = std::chrono::steady_clock::now();
  Disturb(group);
  member.acknowledged = group.generation;  // a new member holds nothing
  DealIfAllGaveBack(group);
  return std::make_unique<LocalConsumer>(*this, options, number);
}

void LocalGroups::Wake() {
  const std::lock_guard lock(mutex_);
  Changed();
}

void LocalGroups::Rebalance(const std::string& group) {
  const std::lock_guard lock(mutex_);
  Disturb(groups_[group]);
}

void LocalGroups::Lose(const std::string& group) {
  const std::lock_guard lock(mutex_);
  for (auto& [number, member] : groups_[group].members) member.lost = true;
  Disturb(groups_[group]);
}

void LocalGroups::Changed() {
  ++changes_;
  changed_.notify_all();
}

void LocalGroups::Disturb(Group& group) {
  ++group.generation;
  Changed();
}

// Eager: nobody gets a partition before everybody has given back what it had.
void LocalGroups::DealIfAllGaveBack(Group& group) {
  const auto now = std::chrono::steady_clock::now();
  std::set<std::string> topics;
  for (auto& [number, member] : group.members) {
    if (now - member.seen > options_.poll_interval_max) member.lost = true;
    if (member.lost) continue;
    if (member.acknowledged != group.generation) return;
    topics.insert(member.topics.begin(), member.topics.end());
  }
  for (auto& [number, member] : group.members) member.assigned.clear();
  for (const std::string& topic : topics) {
    const Result<std::int32_t> partitions = log_.CountPartitions(topic);
    if (partitions) Deal(group, topic, *partitions);
  }
  group.assigned = group.generation;
  Changed();
}

// Kafka's range: in the order of the members, the first ones get one more.
void LocalGroups::Deal(Group& group, const std::string& topic, std::int32_t partitions) {
  std::vector<Member*> takers;
  for (auto& [number, member] : group.members) {
    const bool wants = std::count(member.topics.begin(), member.topics.end(), topic) > 0;
    if (wants && !member.lost) takers.push_back(&member);
  }
  const auto count = static_cast<std::int32_t>(takers.size());
  std::int32_t next = 0;
  for (std::int32_t at = 0; at < count; ++at) {
    const std::int32_t share = partitions / count + (at < partitions % count ? 1 : 0);
    for (std::int32_t taken = 0; taken < share; ++taken) {
      takers[static_cast<std::size_t>(at)]->assigned.push_back({topic, next++});
    }
  }
}

}  // namespace guarantee::sql
