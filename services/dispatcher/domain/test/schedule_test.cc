#include "dispatcher/domain/schedule.h"

#include <gtest/gtest.h>

#include <vector>

namespace guarantee::dispatcher {
namespace {

TEST(Schedule, TheCeilingsAreTheDocumentedOnes) {
  std::vector<std::int64_t> ceilings;
  for (int failures = 1; failures <= 12; ++failures) ceilings.push_back(RetryCeilingMs(failures));
  EXPECT_EQ(ceilings, (std::vector<std::int64_t>{1'000, 2'000, 4'000, 8'000, 16'000, 32'000, 64'000,
                                                 128'000, 256'000, 512'000, 600'000, 600'000}));
  EXPECT_EQ(RetryCeilingMs(1'000'000'000), kRetryCapMs);
  EXPECT_EQ(RetryCeilingMs(0), kRetryFirstMs);
}

TEST(Schedule, TheWholeRangeIsUsed) {
  EXPECT_EQ(RetryPauseMs(1, 0.0, {}), kRetryFloorMs);
  EXPECT_EQ(RetryPauseMs(1, 0.5, {}), 500);
  EXPECT_EQ(RetryPauseMs(11, 0.5, {}), 300'000);
  EXPECT_LT(RetryPauseMs(11, 0.999999, {}), kRetryCapMs);
}

TEST(Schedule, RetryAfterIsALowerBoundUpToTheCap) {
  EXPECT_EQ(RetryPauseMs(1, 0.5, 30'000), 30'000);
  EXPECT_EQ(RetryPauseMs(11, 0.5, 30'000), 300'000) << "our own pause is longer";
  EXPECT_EQ(RetryPauseMs(1, 0.5, 86'400'000), kRetryCapMs);
}

TEST(RetryAfter, ReadsSecondsAndDates) {
  constexpr UnixMillis kNow{784'111'777'000};  // Sun, 06 Nov 1994 08:49:37 GMT
  EXPECT_EQ(ReadRetryAfter("120", kNow), 120'000);
  EXPECT_EQ(ReadRetryAfter("0", kNow), 0);
  EXPECT_EQ(ReadRetryAfter("9223372036854775807", kNow), kRetryCapMs);
  EXPECT_EQ(ReadRetryAfter("Sun, 06 Nov 1994 08:50:37 GMT", kNow), 60'000);
  EXPECT_EQ(ReadRetryAfter("Sun, 06 Nov 1994 08:00:00 GMT", kNow), 0) << "already past";
}

TEST(RetryAfter, RefusesEverythingElse) {
  for (const char* text :
       {"", "-1", "1.5", "soon", "12 s", "99999999999999999999", "Sun, 32 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 24:49:37 GMT", "Sun, 06 Xxx 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 CET", "Sunday, 06-Nov-94 08:49:37 GMT"}) {
    EXPECT_FALSE(ReadRetryAfter(text, {0})) << text;
  }
}

}  // namespace
}  // namespace guarantee::dispatcher
