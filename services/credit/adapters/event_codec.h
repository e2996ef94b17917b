// Domain events as public Protobuf, without what is marked sensitive.
#pragma once

#include <memory>
#include <string>

#include "credit/domain/credit.h"
#include "credit/domain/events.h"

namespace google::protobuf {
class Message;
}

namespace guarantee::credit {

// The application that a public event names: its own, or the one that stands for the line. `after`:
// the row as it is once the event is applied.
[[nodiscard]] std::string BusinessNoOf(const Event& event, const Credit& after);

[[nodiscard]] std::unique_ptr<google::protobuf::Message> PublicEvent(const Event& event,
                                                                     const Credit& after);

}  // namespace guarantee::credit
