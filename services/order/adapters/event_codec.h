// Domain events as public Protobuf, without what is marked sensitive.
#pragma once

#include <memory>
#include <string>

#include "order/domain/events.h"
#include "order/domain/order.h"

namespace google::protobuf {
class Message;
}

namespace guarantee::order {

// `after`: the order as it is once the event is applied. `at` stands where the event has no time
// of its own.
[[nodiscard]] std::unique_ptr<google::protobuf::Message> PublicEvent(const Event& event,
                                                                     const Order& after,
                                                                     UnixMillis at);

}  // namespace guarantee::order
