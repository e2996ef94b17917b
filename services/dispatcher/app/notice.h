// A notice as the dispatcher holds it, and what is told of it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "dispatcher/domain/delivery.h"

namespace guarantee::dispatcher {

// Id, lane and when it may go: all that is kept in memory of what waits.
struct Head {
  std::string id;
  std::string flow;
  std::string partner;
  std::string section;
  std::int32_t partition = 0;  // of the flow in the notices topic
  std::int64_t sequence = 0;
  UnixMillis due;

  bool operator==(const Head&) const = default;
};

struct Notice {
  Head head;
  std::string type;  // full name of the Protobuf message
  std::string business_no;
  std::string causation;
  std::string traceparent;
  std::string resend_of;  // id of the first notice whose bytes are delivered again; else empty
  std::string value;      // the Protobuf message
  std::string body;       // the bytes of the last attempt, or of the first notice; may be empty
  std::int64_t bus_offset = 0;
  UnixMillis received_at;
  Delivery delivery;
};

// How the platform answered, fit to be shown: masked and shortened.
struct AnswerText {
  std::int64_t http_status = 0;  // 0: none
  std::string code;
  std::string message;
};

// One line of the attempt log.
struct Attempt {
  std::string notice_id;
  std::int64_t number = 0;
  UnixMillis began_at;
  std::int64_t duration_ms = 0;
  Ending ending = Ending::kUnknown;
  AnswerText answer;
  std::string body_sha256;  // of the bytes that went out
};

// A line of a list.
struct NoticeView {
  Head head;
  State state = State::kWaiting;
  std::string business_no;
  std::string resend_of;
  std::int64_t attempts = 0;
  std::int64_t bus_offset = 0;
  std::optional<UnixMillis> not_after;
  UnixMillis received_at;
  UnixMillis updated_at;
  AnswerText last_answer;
};

struct OperatorAction {
  UnixMillis at;
  std::string who;
  std::string what;
};

struct NoticeHistory {
  NoticeView notice;
  std::vector<Attempt> attempts;        // oldest first
  std::vector<OperatorAction> actions;  // oldest first
};

// A lane that is not empty.
struct LaneView {
  std::string flow;
  std::string partner;
  std::int32_t partition = 0;
  std::int64_t settled = 0;             // every sequence up to here is done
  std::optional<UnixMillis> gap_since;  // settled + 1 has never arrived, later ones have
  std::string head_id;                  // empty: none
  State head_state = State::kWaiting;
  UnixMillis head_since;     // last change of the head
  std::int64_t waiting = 0;  // behind the head
};

// Heads of lanes that stand in `state`, in the whole store.
struct HeadTotal {
  State state = State::kPending;
  std::int64_t count = 0;
  std::optional<UnixMillis> oldest;  // receipt of the oldest; none when count is 0
};

enum class AlarmKind : std::uint8_t {
  kParked,
  kExpired,
  kGap,  // a sequence number is missing
  kBreakerOpened,
  kBreakerClosed,
  kDeadLettered,  // a record that is no notice
  kOwnFault,      // our configuration or a neighbour of ours keeps notices from going out
  kStore,         // the database is away
};

// For a log line and a counter; holds nothing sensitive.
struct Alarm {
  AlarmKind kind = AlarmKind::kOwnFault;
  std::string partner;
  std::string section;
  std::string flow;
  std::string notice_id;
  std::string text;
};

}  // namespace guarantee::dispatcher
