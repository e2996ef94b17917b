// How a test makes the platform misbehave: a rule for the next notices, set over HTTP.
#pragma once

#include <chrono>
#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "platform-simulator/receipts.h"

namespace guarantee::platform_simulator {

inline constexpr std::int64_t kDelayMaxMs = 120'000;
inline constexpr std::int64_t kFailMax = 1'000'000;

// What is done to a notice instead of, or before, a plain answer.
struct Misbehaviour {
  int status = 200;     // HTTP
  int code = 500;       // in the body
  std::string message;  // in the body
  std::int64_t delay_ms = 0;
  bool cut = false;  // the connection ends without an answer
};

// Thread-safe.
class Levers {
 public:
  // {"fail_next": N, "status": S, "code": C, "message": "…", "delay_ms": D, "cut": true,
  //  "partner": "…", "section": "…"} replaces what was set; partner and section narrow it.
  // {"reset": true} takes everything back. Refused "levers" naming the key at fault.
  [[nodiscard]] Result<void> Set(std::string_view body);
  [[nodiscard]] Json Show() const;
  // Counts down when the lever applies to this notice.
  [[nodiscard]] std::optional<Misbehaviour> Take(std::string_view partner,
                                                 std::string_view section);

 private:
  struct Lever {
    std::int64_t fail_next = 0;
    Misbehaviour misbehaviour;
    std::string partner;  // empty: any
    std::string section;  // empty: any
  };
  [[nodiscard]] static Result<Lever> Read(const Json& document);

  mutable std::mutex mutex_;
  Lever lever_;
};

}  // namespace guarantee::platform_simulator
