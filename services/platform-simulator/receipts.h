// What the platform received: one line of JSON each in a file, and the latest in memory for tests.
#pragma once

#include <cstdint>
#include <deque>
#include <mutex>
#include <nlohmann/json.hpp>
#include <string>

#include "base/result.h"

namespace guarantee::platform_simulator {

using Json = nlohmann::ordered_json;

inline constexpr std::size_t kReceiptsKept = 200'000;
inline constexpr std::size_t kReceiptsShown = 1'000;

// Thread-safe.
class ReceiptLog {
 public:
  // Continues the numbering of a file that exists. Refused when it cannot be opened.
  [[nodiscard]] static Result<std::unique_ptr<ReceiptLog>> Open(const std::string& file);
  ReceiptLog(const ReceiptLog&) = delete;
  ReceiptLog& operator=(const ReceiptLog&) = delete;
  ~ReceiptLog();

  // Gives `receipt` its number (`seq`, from 1) and writes it, one write call a line. Retryable when
  // the file does not take it; then it was not received.
  [[nodiscard]] Result<void> Append(Json receipt);

  // {"receipts": […], "next": N}: those numbered `since` and later, at most kReceiptsShown; `next`
  // is what to ask for afterwards.
  [[nodiscard]] Json Since(std::int64_t since) const;

 private:
  ReceiptLog(int descriptor, std::int64_t next) : descriptor_(descriptor), next_(next) {}

  const int descriptor_;
  mutable std::mutex mutex_;
  std::int64_t next_;  // number of the next receipt
  std::deque<Json> kept_;
};

}  // namespace guarantee::platform_simulator
