// Domain events as public Protobuf, without what is marked sensitive.
#pragma once

#include <memory>

#include "claim/domain/claim.h"
#include "claim/domain/events.h"

namespace google::protobuf {
class Message;
}

namespace guarantee::claim {

// `after`: the row as it is once the event is applied. `at` stands where the event has no time of
// its own.
[[nodiscard]] std::unique_ptr<google::protobuf::Message> PublicEvent(const Event& event,
                                                                     const Claims& after,
                                                                     UnixMillis at);

}  // namespace guarantee::claim
