// A service's tasks as units of the write path: dead letters, and decisions that wait for a thing
// that is not there yet (design.md invariant 10).
#pragma once

#include <functional>
#include <string>

#include "messaging/processor.h"
#include "service/task.h"

namespace guarantee::service {

// Timer of a queue of waiting records: they are taken in order once everything that came before
// them has been handled, and refused if the thing is still not there. A record may name its thing
// by a number that does not tell the partition, so nothing is called missing before every partition
// of the requests topic has been read; until then the queue is looked at again.
inline constexpr const char* kWaitingTimer = "waiting";
inline constexpr std::int64_t kWaitingAgainMs = 1'000;
inline constexpr int kWaitingMax = 64;                     // for one thing; more are parked
inline constexpr std::size_t kWaitingBytesMax = 2U << 20;  // of one queue

// A unit that fails with this error.
[[nodiscard]] messaging::Unit Failing(Error error);
// What is appended to the topic's dead letters instead of the record.
[[nodiscard]] messaging::OutboxEntry DeadLetterOf(const messaging::Delivered& record,
                                                  std::int32_t partition);
// What a command came with: as a record, as a call of the platform, as a decision that was called,
// as a timer. `partition` is the flow's in the service's requests topic.
[[nodiscard]] Cause CauseOf(const messaging::Delivered& record, const messaging::Envelope& envelope,
                            std::string journal_kind, std::int32_t partition);
[[nodiscard]] Cause CauseOfCall(const messaging::Envelope& envelope, std::int32_t partition);
[[nodiscard]] Cause CauseOfDecision(const std::string& partner, const std::string& flow,
                                    std::int32_t partition, std::string event_id);
[[nodiscard]] Cause CauseOfTimer(const messaging::Timer& timer, const std::string& partner,
                                 std::string event_id);

// Thread-safe.
class Units final : public messaging::UnitMaker {
 public:
  struct Dependencies {
    TaskMaker* maker = nullptr;
    std::int16_t waiting_kind = 0;  // of the rows that hold the queues; locked after the subjects
    std::string waiting_code = "service.waiting";  // of the errors that a queue leads to
    std::function<std::int32_t(const std::string& flow)> partition;
    // The stored queue of a flow, empty when there is none.
    std::function<Result<std::string>(const std::string& flow)> load_waiting;
    const Clock* clock = nullptr;
    std::string state_topic = {};  // empty: the state of matters is not published
    std::function<std::string()> event_id = {};
    // Whether all that was in the requests topic when asked has been handled.
    std::function<Result<bool>()> all_read = {};
  };
  explicit Units(Dependencies dependencies) : needs_(std::move(dependencies)) {}

  [[nodiscard]] messaging::Unit FromRecord(const messaging::Delivered& record) override;
  [[nodiscard]] messaging::Unit FromTimer(const messaging::Timer& timer) override;
  // Of a call; retryable `waiting_code` while others wait before it.
  [[nodiscard]] messaging::Unit FromTask(Task task) const;

 private:
  [[nodiscard]] Result<messaging::Unit> FromReadable(const messaging::Delivered& record) const;
  [[nodiscard]] Result<messaging::Unit> FromQueue(const messaging::Timer& timer) const;
  [[nodiscard]] messaging::Unit Make(Task task, std::string waiting) const;
  [[nodiscard]] Result<bool> PutAside(messaging::Workspace& workspace, const Task& task,
                                      const std::string& waiting, UnixMillis now) const;
  // Does the task, and tells the state topic what has changed.
  [[nodiscard]] Result<void> Run(messaging::Workspace& workspace, const Task& task,
                                 UnixMillis now) const;
  [[nodiscard]] Result<void> TellState(messaging::Workspace& workspace, const Cause& cause,
                                       UnixMillis now) const;
  [[nodiscard]] messaging::RowKey QueueOf(const std::string& flow) const {
    return {needs_.waiting_kind, flow};
  }

  const Dependencies needs_;
};

}  // namespace guarantee::service
