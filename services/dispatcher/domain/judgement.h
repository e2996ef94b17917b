// What an answer, or the lack of one, means for the notice, for the interface and for the platform
// (rulings 2.2, clarification 16, design.md "The dispatcher").
#pragma once

#include <cstdint>

#include "dispatcher/domain/breaker.h"
#include "dispatcher/domain/delivery.h"

namespace guarantee::dispatcher {

// How far an attempt came.
enum class Transport : std::uint8_t {
  kAnswered,     // complete answer
  kUnreachable,  // no address, no connection, no TLS: nothing was sent
  kNotTried,     // our own doing: no free connection, stopping; nothing was sent
  kSilent,       // sent; no answer, or only a part, within the deadline
  kStaleReuse,   // sent on a kept connection that the other side had just closed
  kAbandoned,    // sent, then our own doing
};

// What the body of a complete answer says.
enum class Body : std::uint8_t {
  kAccepted,
  kStopPartner,  // the rows of the document's section 4
  kStopInterface,
  kRetry,
  kRefused,
  kUnreadable,  // no code in it
};

struct AttemptFacts {
  Transport transport = Transport::kSilent;
  int http_status = 0;            // of kAnswered
  Body body = Body::kUnreadable;  // of kAnswered
};

struct Judgement {
  Ending ending = Ending::kUnknown;
  Health platform = Health::kUnproven;
  Health interface = Health::kUnproven;

  bool operator==(const Judgement&) const = default;
};

[[nodiscard]] Judgement Judge(const AttemptFacts& facts);

}  // namespace guarantee::dispatcher
