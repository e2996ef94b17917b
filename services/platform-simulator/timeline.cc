#include "platform-simulator/timeline.h"

#include <fmt/format.h>

#include <thread>

namespace guarantee::platform_simulator {

std::chrono::milliseconds Timeline::Elapsed() const {
  return std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::steady_clock::now() -
                                                               begun_);
}

void Timeline::EndDots() {
  if (dots_) out_ << '\n';
  dots_ = false;
}

void Timeline::Chapter(const std::string& text) {
  EndDots();
  out_ << '\n' << text << '\n' << std::flush;
}

void Timeline::Line(const char* mark, const std::string& step, const std::string& detail) {
  EndDots();
  out_ << fmt::format("  {:7.2f} s  {} {}{}{}\n", static_cast<double>(Elapsed().count()) / 1000.0,
                      mark, step, detail.empty() ? "" : "  ", detail)
       << std::flush;
}

void Timeline::Seen(const std::string& step, const std::string& detail) {
  ++seen_;
  Line("✓", step, detail);
}

void Timeline::Missed(const std::string& step, const std::string& why) {
  missing_.push_back(step);
  Line("✗", step, why);
}

void Timeline::Waiting() {
  constexpr std::chrono::seconds kDotEvery{1};
  if (Elapsed() - last_dot_ < kDotEvery) return;
  last_dot_ = Elapsed();
  if (!dots_) out_ << "             ";
  dots_ = true;
  out_ << "·" << std::flush;
}

void Timeline::Pause() {
  constexpr std::chrono::milliseconds kLookEvery{50};
  Waiting();
  std::this_thread::sleep_for(kLookEvery);
}

bool Timeline::Conclude() {
  EndDots();
  if (missing_.empty()) {
    out_ << fmt::format("\nAll {} steps were seen.\n", seen_) << std::flush;
    return true;
  }
  out_ << fmt::format("\n{} steps were seen, {} are missing:\n", seen_, missing_.size());
  for (const std::string& step : missing_) out_ << "  " << step << '\n';
  out_ << std::flush;
  return false;
}

}  // namespace guarantee::platform_simulator
