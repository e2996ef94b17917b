#include "node/progress.h"

#include <algorithm>

namespace guarantee::node {

std::string_view Name(ProgressState state) {
  switch (state) {
    case ProgressState::kOk:
      return "ok";
    case ProgressState::kWarn:
      return "warn";
    case ProgressState::kStop:
      return "stop";
    case ProgressState::kStall:
      return "stall";
    case ProgressState::kRewind:
      return "rewind";
  }
  return "";
}

void Progress::Note(std::int64_t next, std::int64_t lag, std::int64_t now_ms) {
  if (samples_.empty() || now_ms - samples_.back().at_ms >= kProgressSampleMs) {
    samples_.push_back({now_ms, next, next, lag});
  } else {
    Sample& newest = samples_.back();
    newest.next = next;
    newest.highest = std::max(newest.highest, next);
    newest.lag = std::min(newest.lag, lag);
  }
  while (samples_.front().at_ms < now_ms - kProgressWindowMs) samples_.pop_front();
}

ProgressState Progress::Judge(std::int64_t polled_ms, std::int64_t now_ms) const {
  if (samples_.empty()) return ProgressState::kOk;
  const Sample& newest = samples_.back();
  const auto is_higher = [&newest](const Sample& one) { return one.highest > newest.next; };
  if (std::any_of(samples_.begin(), samples_.end(), is_higher)) return ProgressState::kRewind;
  const auto is_done = [](const Sample& one) { return one.lag == 0; };
  if (std::any_of(samples_.begin(), samples_.end(), is_done)) return ProgressState::kOk;
  if (now_ms - samples_.front().at_ms < kProgressJudgeMs) return ProgressState::kOk;
  if (now_ms - polled_ms >= kProgressJudgeMs) return ProgressState::kStop;
  if (samples_.front().next == newest.next) return ProgressState::kStall;
  const auto fell = [](const Sample& one, const Sample& later) { return later.lag < one.lag; };
  const bool ever = std::adjacent_find(samples_.begin(), samples_.end(), fell) != samples_.end();
  return ever ? ProgressState::kOk : ProgressState::kWarn;
}

}  // namespace guarantee::node
