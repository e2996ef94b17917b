// The story as it is told on a terminal: a line a step, ticked when it was seen.
#pragma once

#include <chrono>
#include <ostream>
#include <string>
#include <vector>

namespace guarantee::platform_simulator {

class Timeline {
 public:
  explicit Timeline(std::ostream& out) : out_(out), begun_(std::chrono::steady_clock::now()) {}

  void Chapter(const std::string& text);
  void Seen(const std::string& step, const std::string& detail);
  void Missed(const std::string& step, const std::string& why);
  // A moment between two looks at what is waited for, with a dot a second.
  void Pause();
  // The missing steps again, or that there are none. True when every step was seen.
  bool Conclude();

  [[nodiscard]] std::chrono::milliseconds Elapsed() const;

 private:
  void Line(const char* mark, const std::string& step, const std::string& detail);
  void EndDots();
  void Waiting();

  std::ostream& out_;
  const std::chrono::steady_clock::time_point begun_;
  std::chrono::milliseconds last_dot_{0};
  bool dots_ = false;
  std::size_t seen_ = 0;
  std::vector<std::string> missing_;
};

}  // namespace guarantee::platform_simulator
