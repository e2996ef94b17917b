// The envelope of every record: CloudEvents 1.0, Kafka binary mode. The value is the plain
// Protobuf message, so that a subscriber needs no library of ours.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "messaging/bus.h"

namespace guarantee::messaging {

// Header names on the wire are `ce_` + the attribute's name, but for content-type and traceparent.
struct Envelope {
  std::string id;       // ce_id: stable over every re-publication; what subscribers deduplicate by
  std::string type;     // ce_type: full name of the Protobuf message
  std::string partner;  // ce_source: id of the partner
  std::string flow;     // ce_subject and the record's key: partner/kind/number, escaped
  UnixMillis time;      // ce_time: receipt at the gateway, or when the fact was recorded
  std::int64_t sequence = 0;      // ce_sequence: dense per (flow, topic) from 1; 0: none (requests)
  std::string interface_section;  // ce_interface: section of the protocol document, may be empty
  std::string business_no;  // ce_businessno: what the platform calls the operation, may be empty
  std::string causation;    // ce_causation: id of the event that led to this one, may be empty
  std::string traceparent;  // W3C, may be empty
  UnixMillis not_after;     // ce_notafter: of a notice that is worthless later; 0: none

  bool operator==(const Envelope&) const = default;
};

[[nodiscard]] Record MakeRecord(const Envelope& envelope, std::string topic, std::string value);

// Permanent "event.header" naming the header when a required one is missing or malformed (id,
// type, source, subject, time).
[[nodiscard]] Result<Envelope> ReadEnvelope(const Delivered& record);

// RFC 3339 in UTC with milliseconds, and back.
[[nodiscard]] std::string ToRfc3339(UnixMillis at);
[[nodiscard]] std::optional<UnixMillis> FromRfc3339(std::string_view text);

}  // namespace guarantee::messaging
