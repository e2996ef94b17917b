#include "gateway/register/batcher.h"

#include <algorithm>

namespace guarantee::gateway {
namespace {

using Clock = std::chrono::steady_clock;

// Takes at most `max` from the front; what came too late is reported and left out.
template <typename Item>
std::vector<Item> TakeFront(std::deque<Item>& queue, std::size_t max, std::vector<Item>& late) {
  std::vector<Item> batch;
  const auto now = Clock::now();
  while (!queue.empty() && batch.size() < max) {
    (queue.front().until < now ? late : batch).push_back(std::move(queue.front()));
    queue.pop_front();
  }
  return batch;
}

template <typename Item>
void Fail(const std::vector<Item>& items, const tl::unexpected<Error>& error) {
  for (const Item& item : items) item.report(error);
}

template <typename Item>
auto Inputs(const std::vector<Item>& items) {
  std::vector<decltype(Item::input)> inputs;
  inputs.reserve(items.size());
  for (const Item& item : items) inputs.push_back(item.input);
  return inputs;
}

tl::unexpected<Error> Late() { return Retryable("register.late", "nobody waits any more"); }

// Runs `work` for the whole batch. A conflict is tried again; a batch that fails for good is
// halved until the item at fault is alone, so that it takes nobody with it.
template <typename Item, typename Work>
void RunHalving(std::vector<Item> batch, std::size_t attempts_max, const Work& work) {
  if (batch.empty()) return;
  auto result = work(Inputs(batch));
  for (std::size_t attempt = 1; attempt < attempts_max && !result; ++attempt) {
    if (result.error().code != "sql.conflict") break;
    result = work(Inputs(batch));
  }
  if (result) {
    for (std::size_t at = 0; at < batch.size(); ++at) {
      batch[at].report(std::move((*result)[at]));
    }
    return;
  }
  if (result.error().kind == ErrorKind::kRetryable || batch.size() == 1) {
    return Fail(batch, tl::unexpected(result.error()));
  }
  const auto middle = batch.begin() + static_cast<std::ptrdiff_t>(batch.size() / 2);
  std::vector<Item> second(std::make_move_iterator(middle), std::make_move_iterator(batch.end()));
  batch.erase(middle, batch.end());
  RunHalving(std::move(batch), attempts_max, work);
  RunHalving(std::move(second), attempts_max, work);
}

}  // namespace

RegisterBatcher::RegisterBatcher(const RegisterOptions& options, sql::Database& database)
    : options_(options), database_(database) {
  for (std::size_t at = 0; at < options_.threads; ++at) {
    threads_.emplace_back([this] { Run(); });
  }
  threads_.emplace_back([this] { RunConfirmations(); });
}

RegisterBatcher::~RegisterBatcher() { Stop(Clock::now()); }

void RegisterBatcher::Claim(RegisterClaim claim, SteadyTime until, ClaimReport report) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && claims_.size() < options_.waiting_max) {
      claims_.push_back({std::move(claim), until, std::move(report)});
      changed_.notify_one();
      return;
    }
  }
  report(Retryable("register.busy", "too many numbers are waiting"));
}

void RegisterBatcher::Query(RegisterQuery query, SteadyTime until, QueryReport report) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_ && queries_.size() < options_.waiting_max) {
      queries_.push_back({std::move(query), until, std::move(report)});
      changed_.notify_one();
      return;
    }
  }
  report(Retryable("register.busy", "too many numbers are waiting"));
}

void RegisterBatcher::Confirm(RegisterKey key) {
  const std::lock_guard lock(mutex_);
  if (confirmations_.size() >= options_.confirm_waiting_max) {
    confirmations_.pop_front();
    ++dropped_;
  }
  confirmations_.push_back(std::move(key));
  if (confirmations_.size() == 1) confirmations_changed_.notify_one();
}

void RegisterBatcher::Stop(SteadyTime until) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    stop_until_ = until;
    changed_.notify_all();
    confirmations_changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  Fail(std::vector<WaitingClaim>(claims_.begin(), claims_.end()), Late());
  Fail(std::vector<WaitingQuery>(queries_.begin(), queries_.end()), Late());
  claims_.clear();
  queries_.clear();
}

void RegisterBatcher::Run() {
  while (true) {
    std::vector<WaitingClaim> late_claims;
    std::vector<WaitingQuery> late_queries;
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !claims_.empty() || !queries_.empty(); });
    const bool over = stopping_ && Clock::now() >= stop_until_;
    if (over || (claims_.empty() && queries_.empty())) return;
    std::vector<WaitingClaim> claims = TakeFront(claims_, options_.batch_max, late_claims);
    std::vector<WaitingQuery> queries = TakeFront(queries_, options_.batch_max, late_queries);
    lock.unlock();
    Fail(late_claims, Late());
    Fail(late_queries, Late());
    RunClaims(std::move(claims));
    RunQueries(std::move(queries));
  }
}

void RegisterBatcher::RunClaims(std::vector<WaitingClaim> batch) {
  RunHalving(
      std::move(batch), options_.attempts_max,
      [this](const std::vector<RegisterClaim>& claims) { return ClaimNumbers(database_, claims); });
}

void RegisterBatcher::RunQueries(std::vector<WaitingQuery> batch) {
  RunHalving(std::move(batch), options_.attempts_max,
             [this](const std::vector<RegisterQuery>& queries) {
               return QueryNumbers(database_, queries);
             });
}

void RegisterBatcher::RunConfirmations() {
  std::vector<RegisterKey> batch;
  while (TakeConfirmations(batch)) {
    const Result<void> confirmed = ConfirmNumbers(database_, batch);
    if (!confirmed && confirmed.error().kind == ErrorKind::kRetryable) PutBack(std::move(batch));
    if (!confirmed && confirmed.error().kind != ErrorKind::kRetryable) dropped_ += batch.size();
    batch.clear();
  }
}

// Waits for some, and a little longer for more. False at the end.
bool RegisterBatcher::TakeConfirmations(std::vector<RegisterKey>& batch) {
  std::unique_lock lock(mutex_);
  confirmations_changed_.wait(lock, [this] { return stopping_ || !confirmations_.empty(); });
  confirmations_changed_.wait_for(lock, options_.confirm_pause, [this] {
    return stopping_ || confirmations_.size() >= options_.confirm_batch_max;
  });
  if (confirmations_.empty() || (stopping_ && Clock::now() >= stop_until_)) return false;
  const auto end = confirmations_.begin() + static_cast<std::ptrdiff_t>(std::min(
                                                confirmations_.size(), options_.confirm_batch_max));
  batch.assign(std::make_move_iterator(confirmations_.begin()), std::make_move_iterator(end));
  confirmations_.erase(confirmations_.begin(), end);
  return true;
}

void RegisterBatcher::PutBack(std::vector<RegisterKey> batch) {
  std::unique_lock lock(mutex_);
  const std::size_t room =
      options_.confirm_waiting_max - std::min(confirmations_.size(), options_.confirm_waiting_max);
  const std::size_t kept = std::min(room, batch.size());
  dropped_ += batch.size() - kept;
  confirmations_.insert(confirmations_.begin(), batch.begin(),
                        batch.begin() + static_cast<std::ptrdiff_t>(kept));
  confirmations_changed_.wait_for(lock, options_.confirm_retry_pause, [this] { return stopping_; });
}

}  // namespace guarantee::gateway
