// Where events come from and decisions go: Kafka, or the hub's gRPC stream. A feed runs on threads
// of its own until it is destroyed; every event is answered at least once.
#pragma once

#include <memory>

#include "bank-simulator/desk.h"
#include "bank-simulator/options.h"
#include "bank-simulator/positions.h"
#include "base/result.h"
#include "runtime/admin.h"

namespace guarantee::bank_simulator {

// What keeps a feed from reading is waited out this long before the next attempt.
inline constexpr std::chrono::milliseconds kRetryPause{500};
inline constexpr std::chrono::milliseconds kPublishTimeout{5'000};

class Feed {
 public:
  virtual ~Feed() = default;
  // What keeps it from reading; empty: nothing.
  [[nodiscard]] virtual runtime::Reasons Troubles() const = 0;
};

// `desk` and `positions` outlive the feed.
[[nodiscard]] Result<std::unique_ptr<Feed>> StartKafkaFeed(const BankOptions& options,
                                                           const Desk& desk, Positions& positions);
[[nodiscard]] Result<std::unique_ptr<Feed>> StartHubFeed(const BankOptions& options,
                                                         const Desk& desk, Positions& positions);

// The decision on an event, none for one that was answered, that asks nothing or that cannot be
// read; the last is logged.
[[nodiscard]] std::optional<messaging::Record> AnswerOnce(const Desk& desk,
                                                          const Positions& positions,
                                                          const messaging::Delivered& event);

}  // namespace guarantee::bank_simulator
