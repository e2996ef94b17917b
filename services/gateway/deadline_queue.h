// Deadlines that all have the same length: the first in is the first due.
#pragma once

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

namespace guarantee::gateway {

// Thread-safe. Actions run on the queue's thread and must not block.
class DeadlineQueue {
 public:
  explicit DeadlineQueue(std::chrono::milliseconds length);
  ~DeadlineQueue();
  DeadlineQueue(const DeadlineQueue&) = delete;
  DeadlineQueue& operator=(const DeadlineQueue&) = delete;

  using SteadyTime = std::chrono::steady_clock::time_point;
  // Runs `action` once the length has passed, and answers when that is. After Stop: never.
  SteadyTime Add(std::function<void()> action);
  void Stop();

 private:
  struct Entry {
    SteadyTime due;
    std::function<void()> action;
  };

  void Run();

  const std::chrono::milliseconds length_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::deque<Entry> entries_;
  std::thread thread_;
};

}  // namespace guarantee::gateway
