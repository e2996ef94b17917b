#include "gateway/auth/verifier.h"

#include <array>

#include "crypto/password.h"

namespace guarantee::gateway {

Verifier::Verifier(const SignInOptions& options, const Clock& clock, crypto::Random& random)
    : options_(options),
      clock_(clock),
      key_(*crypto::TokenKey::Derive(Secret(random.Bytes(crypto::kKeyBytesMin)), "sign-in")) {
  for (std::size_t at = 0; at < options_.verifications_at_once; ++at) {
    threads_.emplace_back([this] { Run(); });
  }
}

Verifier::~Verifier() { Stop(); }

bool Verifier::Remembers(const Question& question) {
  const std::string digest = Digest(question);
  const std::lock_guard lock(mutex_);
  const auto found = remembered_.find(digest);
  if (found == remembered_.end()) return false;
  if (found->second > clock_.MonotonicMs()) return true;
  remembered_.erase(found);
  return false;
}

bool Verifier::Join(const Question& question, const VerificationReport& report) {
  const std::string digest = Digest(question);
  const std::lock_guard lock(mutex_);
  const auto found = waiting_.find(digest);
  if (stopping_ || found == waiting_.end()) return false;
  found->second.push_back(report);
  return true;
}

void Verifier::Verify(Question question, VerificationReport report) {
  std::string digest = Digest(question);
  {
    const std::lock_guard lock(mutex_);
    std::deque<Task>& queue = question.preferred ? preferred_ : others_;
    if (!stopping_ && queue.size() < options_.verifications_waiting_max) {
      std::vector<VerificationReport>& reports = waiting_[digest];
      reports.push_back(std::move(report));
      if (reports.size() == 1) queue.push_back({std::move(digest), std::move(question)});
      changed_.notify_one();
      return;
    }
  }
  report(Verification::kUnchecked);
}

void Verifier::Purge() {
  const std::lock_guard lock(mutex_);
  ++generation_;
  remembered_.clear();
}

void Verifier::Stop() {
  std::vector<VerificationReport> unanswered;
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    preferred_.clear();
    others_.clear();
    changed_.notify_all();
  }
  for (std::thread& thread : threads_) thread.join();
  {
    const std::lock_guard lock(mutex_);
    for (auto& [digest, reports] : waiting_) {
      for (VerificationReport& report : reports) unanswered.push_back(std::move(report));
    }
    waiting_.clear();
  }
  for (const VerificationReport& report : unanswered) report(Verification::kUnchecked);
}

std::string Verifier::Digest(const Question& question) const {
  const std::array<std::string_view, 3> parts{question.user, question.password.Reveal(),
                                              question.stored_hash};
  return key_.MakeBytes(parts);
}

void Verifier::Run() {
  while (true) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return stopping_ || !preferred_.empty() || !others_.empty(); });
    if (preferred_.empty() && others_.empty()) return;
    const Task task = TakeTask();
    const std::uint64_t generation = generation_;
    lock.unlock();
    const bool matches =
        crypto::VerifyPassword(task.question.stored_hash, task.question.password.Reveal());
    Finish(task.digest, generation, matches);
  }
}

Verifier::Task Verifier::TakeTask() {
  std::deque<Task>& queue = preferred_.empty() ? others_ : preferred_;
  Task task = std::move(queue.front());
  queue.pop_front();
  return task;
}

void Verifier::Finish(const std::string& digest, std::uint64_t generation, bool matches) {
  std::vector<VerificationReport> reports;
  {
    const std::lock_guard lock(mutex_);
    reports = std::move(waiting_[digest]);
    waiting_.erase(digest);
    if (matches && generation == generation_) Remember(digest);
  }
  for (const VerificationReport& report : reports) {
    report(matches ? Verification::kMatches : Verification::kDiffers);
  }
}

void Verifier::Remember(const std::string& digest) {
  const std::int64_t now_ms = clock_.MonotonicMs();
  if (remembered_.size() >= options_.cached_max) {
    std::erase_if(remembered_, [now_ms](const auto& entry) { return entry.second <= now_ms; });
  }
  if (remembered_.size() >= options_.cached_max) remembered_.clear();
  remembered_[digest] = now_ms + options_.cache_time.count();
}

}  // namespace guarantee::gateway
