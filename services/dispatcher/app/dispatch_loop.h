// The thread that sends: takes lane heads that are due, makes their bytes durable, posts them,
// writes what came of it and moves the lanes on. No transaction is open during a POST, and a POST
// begins only if the partition's lease outlives its whole deadline.
#pragma once

#include <array>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "dispatcher/app/document_pool.h"
#include "dispatcher/app/mailbox.h"
#include "dispatcher/app/ports.h"
#include "dispatcher/app/ready_heads.h"
#include "messaging/lease.h"

namespace guarantee::dispatcher {

struct DispatchLimits {
  FlightLimits flights;
  std::int64_t request_deadline_ms = 15'000;  // shorter than the lease, checked by the wiring
  std::size_t start_batch = 100;              // heads begun in one transaction
  std::size_t body_bytes_in_flight = 256U << 20;
  std::size_t document_threads = 2;    // renderings that wait for documents
  std::int64_t longest_wait_ms = 500;  // between two turns of the loop with nothing to do
};

struct DispatchState {
  std::size_t in_flight = 0;
  std::size_t ready = 0;      // heads in memory that wait
  std::size_t unsaved = 0;    // results that wait for the store
  std::int64_t accepted = 0;  // since start
  std::int64_t attempts = 0;  // since start
  // Since start, of attempts whose result is written; in the order of kEndings.
  std::array<std::int64_t, std::size(kEndings)> ended{};
  std::int64_t last_cycle_ms = 0;  // monotonic, the heartbeat
  std::string trouble;             // empty: none
};

class DispatchLoop {
 public:
  // Everything given outlives the loop.
  struct Parts {
    NoticeStore& store;
    Courier& courier;
    messaging::Leases& leases;
    const Clock& clock;
    RandomUnit random;
    AlarmHandler alarm;
    std::function<void()> events_written;  // public events wait in the outbox
  };
  DispatchLoop(Parts parts, DispatchLimits limits);
  ~DispatchLoop();

  void Start();
  // Thread-safe, do not block.
  void Offer(LaneChanges changes);
  void AssignmentChanged();

  // Begins nothing more; what is in flight goes on.
  void StopStarting();
  // Waits until nothing of these partitions is in flight and every result of theirs is written.
  [[nodiscard]] bool AwaitQuiet(std::span<const std::int32_t> partitions,
                                std::chrono::milliseconds timeout);
  [[nodiscard]] bool AwaitAllQuiet(std::chrono::milliseconds timeout);
  // Ends the thread; results not yet written stay as attempts in flight, hence unknown.
  void Stop();

  [[nodiscard]] DispatchState State() const;
  [[nodiscard]] std::vector<BreakerView> Breakers() const;

 private:
  struct Flight {
    Picked picked;
    Notice notice;
    messaging::HeldEpoch epoch;
    std::string body;  // until it is posted
    std::string body_sha256;
    std::size_t body_bytes = 0;
    bool stored_body = false;  // the bytes are in the store already
    UnixMillis began_at;
    std::optional<Finished> finished;
  };
  using FlightIds = std::vector<std::string>;

  void Run();
  void AwaitWork();
  void Cycle();

  // dispatch_start.cc
  void StartSome();
  void Load(std::vector<Picked> picks);
  void Admit(const Picked& picked, Notice notice);
  void Render(Flight& flight);
  void TakeRendering(Rendering rendering);
  void ParkUnrenderable(Flight& flight, const Error& error);
  void BeginRendered();
  void Begin(const FlightIds& ids);
  void PostBegun(Flight& flight);
  void ReturnFlight(const std::string& id, std::int64_t pause_ms);
  void AbandonFlight(const std::string& id);
  void RemoveFlight(const std::string& id);

  // dispatch_finish.cc
  void TakeReport(const std::string& id, AttemptReport report);
  void JudgeBreakers(Flight& flight, const AttemptReport& report, AttemptEnded& ended);
  void SaveFinished();
  [[nodiscard]] Result<void> Save(const FlightIds& ids);
  void SaveOneByOne(const FlightIds& ids);
  void Saved(const std::string& id);
  void TakeChanges(const LaneChanges& changes);

  // dispatch_housekeeping.cc
  void Housekeep();
  void SyncAssignment();
  void RenewLeases();
  void WatchWallClock();
  void ExpireNotices();
  void Refill();
  void StoreFailed(const Error& error);
  void StoreWell();
  void Publish();
  [[nodiscard]] bool IsStarting() const;
  [[nodiscard]] bool StorePaused() const;
  [[nodiscard]] bool MayAct(std::int32_t partition) const;
  [[nodiscard]] std::vector<messaging::HeldEpoch> TakenOver() const;

  Parts parts_;
  const DispatchLimits limits_;
  const std::shared_ptr<Mailbox> mailbox_;
  std::unique_ptr<DocumentPool> documents_;

  // On the loop's thread only.
  ReadyHeads heads_;
  std::unordered_map<std::string, Flight> flights_;  // by notice
  FlightIds rendered_;                               // their bytes are ready and not yet durable
  FlightIds ended_;                                  // their results are not yet written
  std::map<std::int32_t, std::int64_t> taken_over_;  // partition -> epoch
  std::size_t body_bytes_ = 0;
  std::int64_t housekeep_ms_ = 0;
  std::int64_t renew_ms_ = 0;
  std::int64_t refill_ms_ = 0;
  std::int64_t store_pause_until_ms_ = 0;
  std::int64_t wall_offset_ms_ = 0;
  bool assignment_changed_ = true;
  bool idle_ = false;  // the last cycle could begin nothing
  DispatchState counters_;

  mutable std::mutex mutex_;
  std::condition_variable quiet_;
  std::map<std::int32_t, std::size_t> flights_by_partition_;
  std::vector<BreakerView> breakers_;
  DispatchState state_;
  bool starting_ = true;

  std::thread thread_;
};

}  // namespace guarantee::dispatcher
