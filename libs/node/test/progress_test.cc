// Each of the five words, and what keeps a consumer from being called by a worse one.
#include "node/progress.h"

#include <gtest/gtest.h>

namespace guarantee::node {
namespace {

class ProgressOfOne : public ::testing::Test {
 protected:
  // For `samples` samples: `step` offsets handled and `arrived` records come from one to the next.
  void Go(int samples, std::int64_t step, std::int64_t arrived) {
    for (int count = 0; count < samples; ++count) {
      now_ms_ += kProgressSampleMs;
      next_ += step;
      end_ += arrived;
      progress_.Note(next_, end_ - next_, now_ms_);
    }
  }
  [[nodiscard]] ProgressState Judged() const { return progress_.Judge(now_ms_, now_ms_); }

  static constexpr int kJudgeSamples = kProgressJudgeMs / kProgressSampleMs + 1;
  static constexpr int kWindowSamples = kProgressWindowMs / kProgressSampleMs + 1;
  Progress progress_;
  std::int64_t now_ms_ = 1'000'000;
  std::int64_t next_ = 100;
  std::int64_t end_ = 1'000;
};

TEST_F(ProgressOfOne, IsOkWhileThereIsNothingToSay) { EXPECT_EQ(Judged(), ProgressState::kOk); }

TEST_F(ProgressOfOne, IsOkWhileTheLagFallsNowAndThen) {
  Go(kWindowSamples, 10, 12);
  EXPECT_EQ(Judged(), ProgressState::kWarn);
  Go(1, 13, 12);
  EXPECT_EQ(Judged(), ProgressState::kOk);
}

TEST_F(ProgressOfOne, StallsWhenThePositionStaysBelowTheEnd) {
  Go(kJudgeSamples - 1, 0, 0);
  EXPECT_EQ(Judged(), ProgressState::kOk) << "too early to say";
  Go(1, 0, 0);
  EXPECT_EQ(Judged(), ProgressState::kStall);
}

TEST_F(ProgressOfOne, IsOkAtTheEndHoweverLongItStays) {
  next_ = end_;
  Go(kWindowSamples * 2, 0, 0);
  EXPECT_EQ(Judged(), ProgressState::kOk);
  // A record that nobody handles is forgiven for as long as the window remembers the end.
  Go(1, 0, 1);
  EXPECT_EQ(Judged(), ProgressState::kOk);
  Go(kWindowSamples, 0, 0);
  EXPECT_EQ(Judged(), ProgressState::kStall);
}

TEST_F(ProgressOfOne, StopsWhenItsLoopDoesNotComeRound) {
  Go(kWindowSamples, 0, 1);
  EXPECT_EQ(progress_.Judge(now_ms_ - kProgressJudgeMs, now_ms_), ProgressState::kStop);
  EXPECT_EQ(progress_.Judge(now_ms_ - kProgressJudgeMs + 1, now_ms_), ProgressState::kStall);
}

TEST_F(ProgressOfOne, RewindsUntilItHasRecovered) {
  next_ = end_;
  Go(2, 0, 0);
  Go(1, -50, 0);
  EXPECT_EQ(Judged(), ProgressState::kRewind);
  Go(1, 50, 0);
  EXPECT_EQ(Judged(), ProgressState::kOk);
}

TEST_F(ProgressOfOne, SeesARewindBetweenTwoSamples) {
  Go(1, 0, 0);
  progress_.Note(next_ - 1, end_ - next_ + 1, now_ms_ + 1);
  EXPECT_EQ(Judged(), ProgressState::kRewind);
}

TEST(Progress, HasAWordForEachState) {
  for (const ProgressState state : kProgressStates) EXPECT_FALSE(Name(state).empty());
}

}  // namespace
}  // namespace guarantee::node
