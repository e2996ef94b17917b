// Counts failed sign-ins by source and user together, so that a guesser somewhere else never
// shuts out the true partner.
#pragma once

#include <cstdint>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "base/clock.h"
#include "gateway/options.h"

namespace guarantee::gateway {

// Thread-safe. An attempt counts as failed from its beginning until Succeed takes it back: many
// guesses at once are not cheaper than one after the other.
class FailureLimiter {
 public:
  FailureLimiter(const SignInOptions& options, const Clock& clock)
      : options_(options), clock_(clock) {}

  // Seconds until this pair may try again; nothing: it may now.
  [[nodiscard]] std::optional<std::int64_t> BlockedFor(const std::string& source,
                                                       const std::string& user);
  // The same, and counts an attempt if it may be made.
  [[nodiscard]] std::optional<std::int64_t> Begin(const std::string& source,
                                                  const std::string& user);
  void Succeed(const std::string& source, const std::string& user);
  // Takes one attempt back that was never judged.
  void Withdraw(const std::string& source, const std::string& user);

 private:
  struct Record {
    std::size_t failures = 0;
    std::int64_t since_ms = 0;          // of the first failure that counts
    std::int64_t blocked_until_ms = 0;  // 0: not
  };

  static std::string Key(const std::string& source, const std::string& user);
  [[nodiscard]] std::optional<std::int64_t> Blocked(Record& record, std::int64_t now_ms) const;
  void MakeRoom(std::int64_t now_ms);

  const SignInOptions options_;
  const Clock& clock_;
  std::mutex mutex_;
  std::unordered_map<std::string, Record> records_;
};

}  // namespace guarantee::gateway
