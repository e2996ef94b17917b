// How far each partition was read, and which events were answered lately. The file is replaced as
// a whole; a write that is lost costs repeats, which are the same decisions.
#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <mutex>
#include <string>
#include <unordered_set>

#include "base/result.h"
#include "messaging/bus.h"

namespace guarantee::bank_simulator {

// Event ids remembered against repeats on the topic.
inline constexpr std::size_t kRememberedEventsMax = 100'000;

// Thread-safe.
class Positions {
 public:
  // A file that is not there yet is an empty one; one that cannot be read is refused.
  [[nodiscard]] static Result<std::unique_ptr<Positions>> Load(const std::string& file);

  // Offset of the next record wanted, messaging::kLogBeginning when none was read.
  [[nodiscard]] std::int64_t Next(const messaging::TopicPartition& source) const;
  // Everything below `next` is answered durably. Retryable when the file cannot be written.
  [[nodiscard]] Result<void> Advance(const messaging::TopicPartition& source, std::int64_t next);

  // False when the id was answered already.
  [[nodiscard]] bool IsNew(const std::string& event_id) const;
  void Remember(const std::string& event_id);

 private:
  explicit Positions(std::string file) : file_(std::move(file)) {}
  [[nodiscard]] Result<void> Write() const;

  const std::string file_;
  mutable std::mutex mutex_;
  std::map<messaging::TopicPartition, std::int64_t> next_;
  std::unordered_set<std::string> answered_;
  std::deque<std::string> order_;  // of answered_, oldest first
};

}  // namespace guarantee::bank_simulator
