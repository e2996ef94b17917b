// Many concurrent requests, few transactions.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "gateway/options.h"
#include "gateway/register/register.h"

namespace guarantee::gateway {

using ClaimReport = std::function<void(Result<ClaimOutcome>)>;
using QueryReport = std::function<void(Result<QueryOutcome>)>;

// Thread-safe. Reports are called once, on a thread of the batcher (or at once when the queue is
// full); errors are those of the database, or retryable "register.busy" and "register.stopped".
class RegisterBatcher {
 public:
  RegisterBatcher(const RegisterOptions& options, sql::Database& database);
  ~RegisterBatcher();
  RegisterBatcher(const RegisterBatcher&) = delete;
  RegisterBatcher& operator=(const RegisterBatcher&) = delete;

  using SteadyTime = std::chrono::steady_clock::time_point;
  // `until`: a claim that is still queued then is dropped with "register.late", for nobody waits
  // for it any more.
  void Claim(RegisterClaim claim, SteadyTime until, ClaimReport report);
  void Query(RegisterQuery query, SteadyTime until, QueryReport report);
  // Fire and forget: a confirmation that is lost only makes the row look as if its event had not
  // been published.
  void Confirm(RegisterKey key);
  [[nodiscard]] std::uint64_t confirmations_dropped() const { return dropped_; }
  // What is queued is still done, at most until `until`; the database may be gone afterwards.
  void Stop(SteadyTime until);

 private:
  template <typename Input, typename Report>
  struct Waiting {
    Input input;
    SteadyTime until;
    Report report;
  };
  using WaitingClaim = Waiting<RegisterClaim, ClaimReport>;
  using WaitingQuery = Waiting<RegisterQuery, QueryReport>;

  void Run();
  void RunClaims(std::vector<WaitingClaim> batch);
  void RunQueries(std::vector<WaitingQuery> batch);
  void RunConfirmations();
  [[nodiscard]] bool TakeConfirmations(std::vector<RegisterKey>& batch);
  void PutBack(std::vector<RegisterKey> batch);

  const RegisterOptions options_;
  sql::Database& database_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::condition_variable confirmations_changed_;
  bool stopping_ = false;
  SteadyTime stop_until_{};
  std::deque<WaitingClaim> claims_;
  std::deque<WaitingQuery> queries_;
  std::deque<RegisterKey> confirmations_;
  std::atomic<std::uint64_t> dropped_{0};
  std::vector<std::thread> threads_;
};

}  // namespace guarantee::gateway
