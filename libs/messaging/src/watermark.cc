#include "messaging/watermark.h"

namespace guarantee::messaging {

void Watermark::Begin(UnixMillis t0, std::map<TopicPartition, std::int64_t> ends) {
  begun_at_ = t0;
  ends_ = std::move(ends);
  std::erase_if(ends_, [](const auto& end) { return end.second <= 0; });
}

std::optional<UnixMillis> Watermark::Passed(std::span<const StartOffset> positions) {
  if (!begun_at_) return std::nullopt;
  for (const StartOffset& position : positions) {
    const auto end = ends_.find(position.source);
    if (end != ends_.end() && position.next >= end->second) ends_.erase(end);
  }
  if (!ends_.empty()) return std::nullopt;
  const UnixMillis due = *begun_at_ + -grace_ms_;
  begun_at_.reset();
  return due;
}

}  // namespace guarantee::messaging
