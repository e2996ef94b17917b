// Renders messages that need documents beside the loop: the documents' home may be slow or away,
// and what needs none must not wait for it.
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include "dispatcher/app/mailbox.h"
#include "dispatcher/app/ports.h"

namespace guarantee::dispatcher {

inline constexpr std::size_t kRenderingsQueuedMax = 256;

class DocumentPool {
 public:
  // `courier` outlives the pool.
  DocumentPool(Courier& courier, std::shared_ptr<Mailbox> mailbox, std::size_t threads);
  // Waits for what is being fetched; what is queued is dropped.
  ~DocumentPool();

  // Thread-safe; the result comes by mail. False: the queue is full.
  [[nodiscard]] bool Submit(Notice notice);

 private:
  void Work();

  Courier& courier_;
  const std::shared_ptr<Mailbox> mailbox_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Notice> queue_;
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace guarantee::dispatcher
