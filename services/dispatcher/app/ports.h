// What the dispatcher needs of the outside: a store for its notices, a way to write and post them,
// a reader of the topic. Adapters implement them.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "base/result.h"
#include "dispatcher/app/notice.h"
#include "dispatcher/domain/judgement.h"
#include "messaging/bus.h"
#include "messaging/write_store.h"

namespace guarantee::dispatcher {

// A record of the notices topic, read.
struct RenewalRecord {
  Head head;              // identity and place in the lane of the renewal itself
  std::string target_id;  // empty: by flow and section
  UnixMillis not_after;
  std::int64_t bus_offset = 0;
};
struct ResendRecord {
  Notice notice;          // without type and value, which are the first notice's
  std::string target_id;  // empty: by flow, section and business number
};
struct UnusableRecord {
  messaging::OutboxEntry dead_letter;
};
using IncomingRecord = std::variant<Notice, RenewalRecord, ResendRecord, UnusableRecord>;

// Pure: no I/O; the same record gives the same answer.
using RecordReader = std::function<IncomingRecord(const messaging::Delivered&)>;

// What one intake or result transaction changed that the lanes in memory have to know.
struct LaneChanges {
  std::vector<Head> ready;        // became sendable
  std::vector<std::string> gaps;  // flows found incomplete just now
  std::vector<Alarm> alarms;
};

struct LoadScope {
  std::string partner;
  std::string section;
  std::int32_t partition = 0;
};

// A notice about to be sent. `body` empty: the stored bytes stay.
struct Beginning {
  std::string id;
  std::int64_t attempt = 0;
  messaging::HeldEpoch epoch;
  std::string body;
  std::string body_sha256;
};

// A notice whose attempt has ended: `notice.delivery` is what follows from it.
struct Finished {
  Notice notice;
  messaging::HeldEpoch epoch;
  Telling telling = Telling::kNothing;
  Attempt attempt;
};

// A notice that has no form on the wire: `notice.delivery` is what follows.
struct Unrenderable {
  Notice notice;
  messaging::HeldEpoch epoch;
  std::string reason;
};

struct NoticeFilter {
  std::optional<State> state;  // kPending stands for waiting and in flight too
  std::string partner;         // empty: any
  std::string flow;            // empty: any
  std::size_t limit = 200;     // at most 1000
};

// Thread-safe. Errors: retryable "sql.unavailable" or "sql.conflict", retryable
// messaging::kFencedCode when a partition has a newer owner (nothing is written then).
class NoticeStore {
 public:
  virtual ~NoticeStore() = default;

  // Inserts what is new and moves the offsets, in one transaction.
  [[nodiscard]] virtual Result<LaneChanges> TakeIn(std::span<const IncomingRecord> records,
                                                   std::span<const messaging::OffsetMove> moves,
                                                   UnixMillis now) = 0;
  // What an earlier owner left in flight becomes pending with an unknown outcome.
  [[nodiscard]] virtual Result<void> TakeOver(std::span<const messaging::HeldEpoch> epochs,
                                              UnixMillis now) = 0;
  // Brings dues that lie further ahead than any pause back to `now`: the wall clock was set back.
  [[nodiscard]] virtual Result<void> PullBackDues(UnixMillis now) = 0;
  // Partner and section of everything pending in these partitions.
  [[nodiscard]] virtual Result<std::vector<LoadScope>> LoadScopes(
      std::span<const std::int32_t> partitions) = 0;
  // The first `limit` of each scope that are due at or before `due`.
  [[nodiscard]] virtual Result<std::vector<Head>> LoadHeads(std::span<const LoadScope> scopes,
                                                            UnixMillis due, std::size_t limit) = 0;
  [[nodiscard]] virtual Result<std::vector<Notice>> LoadNotices(
      std::span<const std::string> ids) = 0;
  // Ids that may go out now: still pending, not past their last moment, epoch held. Their state
  // and bytes are durable.
  [[nodiscard]] virtual Result<std::vector<std::string>> Begin(
      std::span<const Beginning> beginnings, UnixMillis now) = 0;
  // Writes results, attempt log and public events, and moves the lanes on. A result whose notice
  // is no longer in that attempt under that epoch is dropped.
  [[nodiscard]] virtual Result<LaneChanges> Finish(std::span<const Finished> finished,
                                                   UnixMillis now) = 0;
  [[nodiscard]] virtual Result<LaneChanges> Park(std::span<const Unrenderable> notices,
                                                 UnixMillis now) = 0;
  // Expires at most `limit` notices whose last moment has passed.
  [[nodiscard]] virtual Result<LaneChanges> Expire(std::span<const messaging::HeldEpoch> epochs,
                                                   UnixMillis now, std::size_t limit) = 0;

  // For operators; any process may call them, whoever owns the lane.
  [[nodiscard]] virtual Result<std::vector<NoticeView>> List(const NoticeFilter& filter) = 0;
  // Refused "notice.unknown" when there is none.
  [[nodiscard]] virtual Result<NoticeHistory> Show(const std::string& id) = 0;
  // Refused "notice.<reason>" as domain/delivery.h says; else what became sendable, if anything.
  [[nodiscard]] virtual Result<std::optional<Head>> Retry(const std::string& id,
                                                          const std::string& who,
                                                          UnixMillis now) = 0;
  // Lanes that are not empty, the one that stands longest first.
  [[nodiscard]] virtual Result<std::vector<LaneView>> Lanes(const std::string& partner,
                                                            std::size_t limit) = 0;
  // Of pending, in flight and parked, whoever owns the lanes; reads every such row.
  [[nodiscard]] virtual Result<std::vector<HeadTotal>> HeadTotals() = 0;
};

// What came of one POST.
struct AttemptReport {
  AttemptFacts facts;
  AnswerText answer;
  std::optional<std::int64_t> retry_after_ms;
  std::int64_t duration_ms = 0;
};
using ReportHandler = std::function<void(AttemptReport)>;

// Error code of Render: the message needs documents and may_fetch was false.
inline constexpr const char* kDocumentsDeferredCode = "document.deferred";

// Thread-safe.
class Courier {
 public:
  virtual ~Courier() = default;
  // The bytes of the notice on the wire, by the partner's present switches. With `may_fetch` it
  // may block for documents, else it is quick. Retryable: something of ours is away; refused or
  // permanent: the message cannot go out.
  [[nodiscard]] virtual Result<std::string> Render(const Notice& notice, bool may_fetch) = 0;
  // One POST, inside `deadline_ms` as a whole; never blocks; `handler` once, on another thread.
  virtual void Post(const Notice& notice, const std::string& body, std::int64_t deadline_ms,
                    ReportHandler handler) = 0;
};

// In [0, 1), for the jitter. Thread-safe.
using RandomUnit = std::function<double()>;
using AlarmHandler = std::function<void(const Alarm&)>;

}  // namespace guarantee::dispatcher
