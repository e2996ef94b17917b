#include "dispatcher/app/document_pool.h"

namespace guarantee::dispatcher {

DocumentPool::DocumentPool(Courier& courier, std::shared_ptr<Mailbox> mailbox, std::size_t threads)
    : courier_(courier), mailbox_(std::move(mailbox)) {
  for (std::size_t thread = 0; thread < threads; ++thread) {
    threads_.emplace_back([this] { Work(); });
  }
}

DocumentPool::~DocumentPool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
    queue_.clear();
  }
  wake_.notify_all();
  for (std::thread& thread : threads_) thread.join();
}

bool DocumentPool::Submit(Notice notice) {
  {
    const std::lock_guard lock(mutex_);
    if (stopping_ || queue_.size() >= kRenderingsQueuedMax) return false;
    queue_.push_back(std::move(notice));
  }
  wake_.notify_one();
  return true;
}

void DocumentPool::Work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !queue_.empty(); });
    if (stopping_) return;
    const Notice notice = std::move(queue_.front());
    queue_.pop_front();
    lock.unlock();
    Rendering rendering{notice.head.id, courier_.Render(notice, true)};
    mailbox_->Put([&rendering](Mail& mail) { mail.renderings.push_back(std::move(rendering)); });
  }
}

}  // namespace guarantee::dispatcher
