// Publishes outbox rows of the partitions held, in order per flow: a flow's next row goes to the
// producer only after its predecessor's delivery report. Rows are marked after their report, so a
// crash in between publishes again, under the same event id.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <thread>
#include <vector>

#include "messaging/lease.h"
#include "messaging/write_store.h"

namespace guarantee::messaging {

inline constexpr std::size_t kRelayRowsMax = 2000;           // of one round
inline constexpr std::chrono::milliseconds kRelayPoll{100};  // for rows that other processes wrote

struct RelayState {
  // Rows of partitions held that the last round found and that have no report yet; counted up to
  // kRelayRowsMax. They stay while the bus or the store is away.
  std::size_t unpublished = 0;
  std::optional<UnixMillis> oldest;  // when the first of them was written; none: no rows
  std::int64_t published = 0;        // since start
  std::int64_t dead_letters = 0;     // of these, to a topic of dead letters
  std::int64_t last_round_ms = 0;    // monotonic, the heartbeat
  std::string trouble;               // empty: none
};

class Relay {
 public:
  struct Options {
    // An upper bound for Publish to its report; a round starts only if the lease outlives it.
    std::int64_t publish_ms = 3'500;
  };
  Relay(WriteStore& store, Producer& producer, const Leases& leases, const Clock& clock,
        Options options);
  ~Relay();

  void Start();
  // Finishes the running round.
  void Stop();
  // There are new rows. Thread-safe, does not block.
  void Kick();
  [[nodiscard]] RelayState State() const;
  // One round on the caller's thread; for tests and for the simulation. Not beside Start.
  void RunRound();

 private:
  struct Round;
  void Loop();
  void PublishNext(const std::shared_ptr<Round>& round, const std::string& flow);
  // A record given to the producer.
  struct Sent {
    std::string flow;
    std::int64_t id = 0;
    bool dead_letter = false;
  };
  void Reported(const std::shared_ptr<Round>& round, const Sent& sent,
                const Result<Position>& position);
  void Settle(Round& round);
  void Mark(std::vector<PublishedMark> marks, std::int64_t dead_letters);
  void SetFound(std::span<const PendingRecord> pending);
  void SetTrouble(const std::string& trouble);

  WriteStore& store_;
  Producer& producer_;
  const Leases& leases_;
  const Clock& clock_;
  const Options options_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  bool kicked_ = false;
  bool stopping_ = false;
  RelayState state_;
  std::thread thread_;
};

}  // namespace guarantee::messaging
