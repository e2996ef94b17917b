// When may a deadline be called passed? Not by the clock alone: what arrived before it may still
// lie unread. A watermark is the end of every input at t0; once the group has handled all of that,
// whatever was due at t0 − grace is due in the order of events too (design.md invariant 10).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <span>

#include "base/clock.h"
#include "messaging/bus.h"

namespace guarantee::messaging {

// A stamp by the gateway may be as old as the request limit; one second more for clocks.
inline constexpr std::int64_t kWatermarkSlackMs = 1'000;

// Pure; one thread.
class Watermark {
 public:
  explicit Watermark(std::int64_t request_limit_ms)
      : grace_ms_(request_limit_ms + kWatermarkSlackMs) {}

  // `ends`: the next offset of every input partition, read after t0.
  void Begin(UnixMillis t0, std::map<TopicPartition, std::int64_t> ends);
  [[nodiscard]] bool pending() const { return begun_at_.has_value(); }
  // The due time up to which timers may fire, once `positions` have passed every end; then the
  // watermark is over and the next may begin.
  [[nodiscard]] std::optional<UnixMillis> Passed(std::span<const StartOffset> positions);
  void Abandon() { begun_at_.reset(); }

 private:
  const std::int64_t grace_ms_;
  std::optional<UnixMillis> begun_at_;
  std::map<TopicPartition, std::int64_t> ends_;
};

}  // namespace guarantee::messaging
