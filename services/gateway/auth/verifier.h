// Password verification off the I/O threads, remembered for a while.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/secret.h"
#include "crypto/random.h"
#include "crypto/token.h"
#include "gateway/options.h"

namespace guarantee::gateway {

enum class Verification {
  kMatches,
  kDiffers,
  kUnchecked,  // the queue is full, or the verifier has stopped
};
// On a thread of the verifier, or of the caller when the answer is known at once.
using VerificationReport = std::function<void(Verification)>;

// Thread-safe. Only matches are remembered, under HMAC(user, password, stored hash) with a key of
// this process: neither a password nor a plain digest of one stays in memory, and a changed hash
// is a different entry. Equal questions that wait together cost one derivation.
class Verifier {
 public:
  Verifier(const SignInOptions& options, const Clock& clock, crypto::Random& random);
  ~Verifier();
  Verifier(const Verifier&) = delete;
  Verifier& operator=(const Verifier&) = delete;

  struct Question {
    std::string user;
    Secret password;
    std::string stored_hash;  // argon2id, encoded
    // A known user from a network of his own: goes first, so that a flood of guesses from elsewhere
    // does not keep him waiting.
    bool preferred = false;
  };

  // True when the match is remembered.
  [[nodiscard]] bool Remembers(const Question& question);
  // True when an equal question is already under way: then it costs no derivation of its own, and
  // `report` joins it; otherwise nothing happened and Verify is due.
  [[nodiscard]] bool Join(const Question& question, const VerificationReport& report);
  void Verify(Question question, VerificationReport report);
  // Forgets everything: the configuration has changed.
  void Purge();
  // Ends the threads; what waits is reported unchecked.
  void Stop();

 private:
  struct Task {
    std::string digest;
    Question question;
  };

  [[nodiscard]] std::string Digest(const Question& question) const;
  void Run();
  [[nodiscard]] Task TakeTask();
  void Finish(const std::string& digest, std::uint64_t generation, bool matches);
  void Remember(const std::string& digest);

  const SignInOptions options_;
  const Clock& clock_;
  const crypto::TokenKey key_;
  std::mutex mutex_;
  std::condition_variable changed_;
  bool stopping_ = false;
  std::uint64_t generation_ = 0;  // a match of an older one is not remembered
  std::deque<Task> preferred_;
  std::deque<Task> others_;
  std::unordered_map<std::string, std::vector<VerificationReport>> waiting_;
  std::unordered_map<std::string, std::int64_t> remembered_;  // until, monotonic
  std::vector<std::thread> threads_;
};

}  // namespace guarantee::gateway
