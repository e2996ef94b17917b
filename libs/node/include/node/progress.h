// Whether a consumer comes forward on one partition, in Burrow's five words, without thresholds on
// the number of messages: judged over a window of positions and lags. A position that went back is
// told even if the lag was zero within the window: positions are SQL rows, which do not move back
// by themselves. Pure: the clock is an argument (monotonic milliseconds).
#pragma once

#include <cstdint>
#include <deque>
#include <string_view>

namespace guarantee::node {

inline constexpr std::int64_t kProgressSampleMs = 5'000;    // least distance of two samples
inline constexpr std::int64_t kProgressJudgeMs = 60'000;    // a shorter history condemns nobody
inline constexpr std::int64_t kProgressWindowMs = 120'000;  // older samples are forgotten

enum class ProgressState : std::uint8_t {
  kOk,      // at the end at some time within the window, or nearing it
  kWarn,    // it moves, and its lag never fell
  kStop,    // records wait, and its loop does not come round
  kStall,   // records wait, the loop comes round, the position stays
  kRewind,  // the position went back and has not recovered
};
inline constexpr ProgressState kProgressStates[] = {ProgressState::kOk, ProgressState::kWarn,
                                                    ProgressState::kStop, ProgressState::kStall,
                                                    ProgressState::kRewind};
[[nodiscard]] std::string_view Name(ProgressState state);

class Progress {
 public:
  // `next`: first offset not handled. `now_ms` never steps back.
  void Note(std::int64_t next, std::int64_t lag, std::int64_t now_ms);
  // `polled_ms`: when the consumer's loop last came round.
  [[nodiscard]] ProgressState Judge(std::int64_t polled_ms, std::int64_t now_ms) const;

 private:
  // What was seen from one sample to the next.
  struct Sample {
    std::int64_t at_ms = 0;
    std::int64_t next = 0;     // newest
    std::int64_t highest = 0;  // of `next`
    std::int64_t lag = 0;      // lowest
  };
  std::deque<Sample> samples_;  // at most kProgressWindowMs / kProgressSampleMs and two more
};

}  // namespace guarantee::node
