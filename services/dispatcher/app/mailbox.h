// What other threads tell the dispatch loop. It is shared with every callback under way, so that a
// late answer finds it even when the loop is gone.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/result.h"
#include "dispatcher/app/ports.h"

namespace guarantee::dispatcher {

struct Rendering {
  std::string id;
  Result<std::string> body;
};

struct Mail {
  std::vector<Head> offers;
  std::vector<std::pair<std::string, AttemptReport>> reports;  // by notice
  std::vector<Rendering> renderings;
  bool assignment_changed = false;
  bool stop = false;

  [[nodiscard]] bool empty() const {
    return offers.empty() && reports.empty() && renderings.empty() && !assignment_changed && !stop;
  }
};

// Thread-safe. What is in it is bounded: reports and renderings by the flights, offers by what two
// transactions can make ready.
class Mailbox {
 public:
  template <typename Change>
  void Put(const Change& change) {
    {
      const std::lock_guard lock(mutex_);
      change(mail_);
    }
    wake_.notify_one();
  }
  // Waits for mail, at most `timeout`; leaves it in.
  void Await(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, timeout, [this] { return !mail_.empty(); });
  }
  [[nodiscard]] Mail Take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(mail_, {});
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  Mail mail_;
};

}  // namespace guarantee::dispatcher
