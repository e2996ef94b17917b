#include "gateway/auth/failure_limiter.h"

#include <algorithm>

namespace guarantee::gateway {

std::optional<std::int64_t> FailureLimiter::BlockedFor(const std::string& source,
                                                       const std::string& user) {
  const std::int64_t now_ms = clock_.MonotonicMs();
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(Key(source, user));
  if (found == records_.end()) return std::nullopt;
  return Blocked(found->second, now_ms);
}

std::optional<std::int64_t> FailureLimiter::Begin(const std::string& source,
                                                  const std::string& user) {
  const std::int64_t now_ms = clock_.MonotonicMs();
  const std::lock_guard lock(mutex_);
  if (records_.size() >= options_.tracked_max) MakeRoom(now_ms);
  Record& record = records_[Key(source, user)];
  if (const auto seconds = Blocked(record, now_ms)) return seconds;
  if (record.failures == 0 || now_ms - record.since_ms > options_.failures_window.count()) {
    record = {0, now_ms, 0};
  }
  if (++record.failures >= options_.failures_max) {
    record.blocked_until_ms = now_ms + options_.block_time.count();
  }
  return std::nullopt;
}

void FailureLimiter::Succeed(const std::string& source, const std::string& user) {
  const std::lock_guard lock(mutex_);
  records_.erase(Key(source, user));
}

void FailureLimiter::Withdraw(const std::string& source, const std::string& user) {
  const std::lock_guard lock(mutex_);
  const auto found = records_.find(Key(source, user));
  if (found == records_.end() || found->second.failures == 0) return;
  if (--found->second.failures < options_.failures_max) found->second.blocked_until_ms = 0;
}

std::string FailureLimiter::Key(const std::string& source, const std::string& user) {
  return source + ' ' + user;
}

std::optional<std::int64_t> FailureLimiter::Blocked(Record& record, std::int64_t now_ms) const {
  if (record.blocked_until_ms == 0) return std::nullopt;
  if (record.blocked_until_ms <= now_ms) {
    record = {};
    return std::nullopt;
  }
  return (record.blocked_until_ms - now_ms + 999) / 1000;
}

// What no longer counts goes first; if everything counts, the table starts anew rather than grow.
void FailureLimiter::MakeRoom(std::int64_t now_ms) {
  std::erase_if(records_, [&](const auto& entry) {
    const Record& record = entry.second;
    const std::int64_t over_ms =
        std::max(record.since_ms + options_.failures_window.count(), record.blocked_until_ms);
    return over_ms <= now_ms;
  });
  if (records_.size() >= options_.tracked_max) records_.clear();
}

}  // namespace guarantee::gateway
