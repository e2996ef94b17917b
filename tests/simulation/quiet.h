// The services' alarms go to stderr, a line each; a simulation raises millions of them.
#pragma once

#include <fcntl.h>
#include <unistd.h>

namespace guarantee::simulation {

// While it lives, what is written to stderr goes nowhere.
class QuietErrors {
 public:
  QuietErrors() : kept_(dup(STDERR_FILENO)) {
    const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (nowhere < 0) return;
    (void)dup2(nowhere, STDERR_FILENO);
    close(nowhere);
  }
  ~QuietErrors() {
    if (kept_ < 0) return;
    (void)dup2(kept_, STDERR_FILENO);
    close(kept_);
  }
  QuietErrors(const QuietErrors&) = delete;
  QuietErrors& operator=(const QuietErrors&) = delete;

 private:
  const int kept_;
};

}  // namespace guarantee::simulation
