// What every part of one simulated world shares.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "memory_bus.h"
#include "random.h"
#include "testing/fake_clock.h"

namespace guarantee::simulation {

// How often something was seen, over all seeds.
class Coverage {
 public:
  void Count(std::string_view what) {
    const auto found = counts_.find(what);
    if (found != counts_.end()) {
      ++found->second;
    } else {
      counts_.emplace(std::string(what), 1);
    }
  }
  [[nodiscard]] std::uint64_t Of(std::string_view what) const {
    const auto found = counts_.find(what);
    return found == counts_.end() ? 0 : found->second;
  }
  [[nodiscard]] const std::map<std::string, std::uint64_t, std::less<>>& counts() const {
    return counts_;
  }

 private:
  std::map<std::string, std::uint64_t, std::less<>> counts_;
};

inline constexpr std::size_t kTracedLinesMax = 60;

struct Scene {
  Scene(std::uint64_t seed, bool traced, Coverage& seen)
      : random(seed), bus(clock), coverage(seen), tracing(traced) {}

  // The last steps in plain words; `words` is asked only when somebody will read them.
  template <typename Words>
  void Say(const Words& words) {
    acted = true;
    if (!tracing) return;
    lines.push_back(std::to_string(step) + "  " + words());
    if (lines.size() > kTracedLinesMax) lines.pop_front();
  }
  // The first thing that must never be.
  void Violated(std::string what) {
    if (violation.empty()) violation = std::move(what);
  }
  [[nodiscard]] std::string NextId() { return "e-" + std::to_string(++last_id); }

  Random random;
  testing::FakeClock clock;
  MemoryBus bus;
  Coverage& coverage;
  const bool tracing;
  std::deque<std::string> lines;
  std::string violation;
  std::uint64_t step = 0;
  bool acted = false;  // something was said since it was set back
  std::uint64_t last_id = 0;
};

}  // namespace guarantee::simulation
