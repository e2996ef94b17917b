// What the serving platform-simulator receives during a story.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "platform-simulator/http_call.h"
#include "platform-simulator/receipts.h"

namespace guarantee::platform_simulator {

// Not thread-safe.
class Watch {
 public:
  // From now on: what was received before is passed over. Retryable "story.platform" when no
  // simulator answers there.
  [[nodiscard]] static Result<std::unique_ptr<Watch>> Begin(const std::string& platform_url);

  // Fetches what is new; false when the simulator does not answer.
  bool Read();
  // Everything since the beginning, in the order of arrival.
  [[nodiscard]] const std::vector<Json>& receipts() const { return receipts_; }
  // The first that fits, null when none has come yet.
  [[nodiscard]] const Json* Find(const std::function<bool(const Json&)>& fits) const;

 private:
  Watch() = default;

  std::unique_ptr<HttpConnection> platform_;
  std::int64_t next_ = 0;
  std::vector<Json> receipts_;
};

}  // namespace guarantee::platform_simulator
