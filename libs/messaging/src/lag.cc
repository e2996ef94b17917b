#include "messaging/lag.h"

#include <algorithm>

namespace guarantee::messaging {
namespace {

constexpr std::size_t kEndsRememberedMax = 600;

}  // namespace

Result<std::vector<PartitionLag>> LagMeter::Measure(std::chrono::milliseconds timeout) {
  std::vector<StartOffset> positions = positions_();
  std::vector<PartitionLag> lags;
  std::map<std::string, std::int32_t> partitions;
  const std::lock_guard lock(mutex_);
  for (const StartOffset& position : positions) {
    const Result<std::int64_t> end = bus_.EndOffset(position.source, timeout);
    if (!end) return tl::unexpected(end.error());
    std::int32_t& count = partitions[position.source.topic];
    if (count == 0) {
      const Result<std::int32_t> counted = bus_.PartitionCount(position.source.topic, timeout);
      if (!counted) return tl::unexpected(counted.error());
      count = *counted;
    }
    const std::int64_t now_ms = clock_.MonotonicMs();
    const std::int64_t next = std::max<std::int64_t>(0, position.next);
    auto& ends = seen_[position.source];
    if (ends.empty() || ends.back().first < *end) ends.emplace_back(*end, now_ms);
    // An end that we have passed says nothing about what we have not.
    std::erase_if(ends, [next](const auto& seen) { return seen.first <= next; });
    if (ends.size() > kEndsRememberedMax) ends.erase(ends.begin() + 1);
    PartitionLag lag{position.source, next, std::max<std::int64_t>(0, *end - next), 0, "ok", count};
    if (lag.messages > 0 && !ends.empty()) {
      lag.seconds = static_cast<double>(now_ms - ends.front().second) / 1000.0;
      lag.state = "behind";
    }
    lags.push_back(std::move(lag));
  }
  return lags;
}

}  // namespace guarantee::messaging
