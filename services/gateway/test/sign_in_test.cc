// The parts of signing in, alone.
#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>

#include "crypto/password.h"
#include "gateway/auth/failure_limiter.h"
#include "gateway/auth/verifier.h"
#include "test_doubles.h"
#include "testing/fake_clock.h"

namespace guarantee::gateway {
namespace {

class Reports {
 public:
  VerificationReport Next() {
    return [this](Verification verification) {
      const std::lock_guard lock(mutex_);
      reports_.push_back(verification);
      changed_.notify_all();
    };
  }
  std::vector<Verification> Await(std::size_t count) {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kTestDeadline, [&] { return reports_.size() >= count; });
    return reports_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Verification> reports_;
};

class VerifierTest : public ::testing::Test {
 protected:
  Verifier::Question Right() const { return {"demo", Secret("right"), hash_, true}; }
  Verifier::Question Wrong() const { return {"demo", Secret("wrong"), hash_, true}; }

  testing::FakeClock clock_;
  SignInOptions options_;
  const std::string hash_ = *crypto::HashPassword("right", crypto::SystemRandom());
};

TEST_F(VerifierTest, RemembersAMatchForItsTimeAndAMissNever) {
  Verifier verifier(options_, clock_, crypto::SystemRandom());
  Reports reports;
  verifier.Verify(Right(), reports.Next());
  EXPECT_EQ(reports.Await(1)[0], Verification::kMatches);
  verifier.Verify(Wrong(), reports.Next());
  EXPECT_EQ(reports.Await(2)[1], Verification::kDiffers);
  EXPECT_TRUE(verifier.Remembers(Right()));
  EXPECT_FALSE(verifier.Remembers(Wrong()));
  clock_.Advance(options_.cache_time.count());
  EXPECT_FALSE(verifier.Remembers(Right()));
}

TEST_F(VerifierTest, ForgetsWhenPurgedAndWhenTheHashChanges) {
  Verifier verifier(options_, clock_, crypto::SystemRandom());
  Reports reports;
  verifier.Verify(Right(), reports.Next());
  EXPECT_EQ(reports.Await(1)[0], Verification::kMatches);
  EXPECT_FALSE(verifier.Remembers({"demo", Secret("right"), "another hash", true}));
  EXPECT_FALSE(verifier.Remembers({"other", Secret("right"), hash_, true}));
  verifier.Purge();
  EXPECT_FALSE(verifier.Remembers(Right()));
}

TEST_F(VerifierTest, EqualQuestionsShareOneDerivation) {
  options_.verifications_at_once = 1;
  options_.verifications_waiting_max = 2;
  Verifier verifier(options_, clock_, crypto::SystemRandom());
  Reports reports;
  std::size_t joined = 0;
  verifier.Verify(Wrong(), reports.Next());
  verifier.Verify(Right(), reports.Next());
  for (int copy = 0; copy < 50; ++copy) {
    if (verifier.Join(Right(), reports.Next())) ++joined;
  }
  EXPECT_EQ(joined, 50U);  // far more than may wait
  const auto verdicts = reports.Await(52);
  EXPECT_EQ(std::count(verdicts.begin(), verdicts.end(), Verification::kMatches), 51);
}

TEST_F(VerifierTest, AKnownUserGoesBeforeAFloodOfGuesses) {
  options_.verifications_at_once = 1;
  options_.verifications_waiting_max = 20;
  Verifier verifier(options_, clock_, crypto::SystemRandom());
  Reports reports;
  std::atomic<int> guesses_judged{0};
  std::atomic<int> judged_before{-1};
  for (int at = 0; at < 100; ++at) {
    verifier.Verify({"user" + std::to_string(at), Secret("x"), hash_, false},
                    [&](Verification verification) {
                      if (verification == Verification::kDiffers) ++guesses_judged;
                    });
  }
  const int judged_at_start = guesses_judged;
  verifier.Verify(Right(), [&, report = reports.Next()](Verification verification) {
    judged_before = guesses_judged.load();
    report(verification);
  });
  EXPECT_EQ(reports.Await(1)[0], Verification::kMatches);
  EXPECT_LE(judged_before - judged_at_start, 1);  // the one that was under way
  verifier.Stop();
}

TEST_F(VerifierTest, WhatCannotWaitIsUnchecked) {
  options_.verifications_waiting_max = 0;
  Verifier verifier(options_, clock_, crypto::SystemRandom());
  Reports reports;
  verifier.Verify(Right(), reports.Next());
  EXPECT_EQ(reports.Await(1)[0], Verification::kUnchecked);
}

TEST_F(VerifierTest, StoppingAnswersWhatWaits) {
  options_.verifications_at_once = 1;
  Verifier verifier(options_, clock_, crypto::SystemRandom());
  Reports reports;
  for (int at = 0; at < 20; ++at) {
    verifier.Verify({"user" + std::to_string(at), Secret("x"), hash_, false}, reports.Next());
  }
  verifier.Stop();
  EXPECT_EQ(reports.Await(20).size(), 20U);
  verifier.Verify(Right(), reports.Next());
  EXPECT_EQ(reports.Await(21)[20], Verification::kUnchecked);
}

class FailureLimiterTest : public ::testing::Test {
 protected:
  // Failures until the pair is blocked.
  int Exhaust(const std::string& source, const std::string& user) {
    int attempts = 0;
    while (attempts < 1000 && !limiter_.Begin(source, user)) ++attempts;
    return attempts;
  }
  testing::FakeClock clock_;
  SignInOptions options_;
  FailureLimiter limiter_{options_, clock_};
};

TEST_F(FailureLimiterTest, BlocksOnePairAndNoOther) {
  EXPECT_EQ(Exhaust("1.1.1.1", "demo"), 10);
  EXPECT_EQ(limiter_.BlockedFor("1.1.1.1", "demo"), 60);
  EXPECT_FALSE(limiter_.BlockedFor("1.1.1.2", "demo"));
  EXPECT_FALSE(limiter_.BlockedFor("1.1.1.1", "other"));
  clock_.Advance(59'999);
  EXPECT_EQ(limiter_.BlockedFor("1.1.1.1", "demo"), 1);
  clock_.Advance(1);
  EXPECT_FALSE(limiter_.BlockedFor("1.1.1.1", "demo"));
  EXPECT_EQ(Exhaust("1.1.1.1", "demo"), 10);
}

TEST_F(FailureLimiterTest, SuccessForgivesAndOldFailuresFade) {
  for (int at = 0; at < 9; ++at) EXPECT_FALSE(limiter_.Begin("1.1.1.1", "demo"));
  limiter_.Succeed("1.1.1.1", "demo");
  for (int at = 0; at < 9; ++at) EXPECT_FALSE(limiter_.Begin("1.1.1.1", "demo"));
  clock_.Advance(options_.failures_window.count() + 1);
  EXPECT_EQ(Exhaust("1.1.1.1", "demo"), 10);
}

TEST_F(FailureLimiterTest, AnAttemptThatWasNeverJudgedIsTakenBack) {
  EXPECT_EQ(Exhaust("1.1.1.1", "demo"), 10);
  limiter_.Withdraw("1.1.1.1", "demo");
  EXPECT_FALSE(limiter_.BlockedFor("1.1.1.1", "demo"));
  EXPECT_EQ(Exhaust("1.1.1.1", "demo"), 1);
}

TEST_F(FailureLimiterTest, TheTableDoesNotGrowBeyondItsLimit) {
  options_.tracked_max = 100;
  FailureLimiter limiter(options_, clock_);
  for (int at = 0; at < 1'000; ++at) {
    EXPECT_FALSE(limiter.Begin(std::to_string(at), "demo"));
  }
}

}  // namespace
}  // namespace guarantee::gateway
