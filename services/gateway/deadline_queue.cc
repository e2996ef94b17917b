#include "gateway/deadline_queue.h"

namespace guarantee::gateway {

DeadlineQueue::DeadlineQueue(std::chrono::milliseconds length)
    : length_(length), thread_([this] { Run(); }) {}

DeadlineQueue::~DeadlineQueue() { Stop(); }

DeadlineQueue::SteadyTime DeadlineQueue::Add(std::function<void()> action) {
  const std::lock_guard lock(mutex_);
  const SteadyTime due = std::chrono::steady_clock::now() + length_;
  entries_.push_back({due, std::move(action)});
  if (entries_.size() == 1) changed_.notify_one();
  return due;
}

void DeadlineQueue::Stop() {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return;
    stopping_ = true;
    changed_.notify_one();
  }
  thread_.join();
}

void DeadlineQueue::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stopping_ || !entries_.empty(); });
    if (stopping_) return;
    const SteadyTime due = entries_.front().due;
    if (changed_.wait_until(lock, due, [this] { return stopping_; })) return;
    const Entry entry = std::move(entries_.front());
    entries_.pop_front();
    lock.unlock();
    entry.action();
    lock.lock();
  }
}

}  // namespace guarantee::gateway
