// The command line of `platform-simulator play`.
#pragma once

#include <chrono>
#include <span>
#include <string>

#include "base/result.h"

namespace guarantee::platform_simulator {

struct PlayOptions {
  std::string endpoints;
  int applications = 1;  // ordinary ones a partner
  // --timeout sets both.
  std::chrono::seconds story_timeout{300};
  std::chrono::seconds request_timeout{60};  // of one request with its repeats under load
  bool load = false;
  int rate = 50;        // requests a second, all connections together
  int seconds = 10;     // how long new requests begin
  int connections = 4;  // closed loop: one request in flight on each
  std::string history;  // file; needed for load
};

// Refused "usage" saying what is expected.
[[nodiscard]] Result<PlayOptions> ParsePlayArguments(std::span<const std::string> words);

[[nodiscard]] std::string Usage();

}  // namespace guarantee::platform_simulator
