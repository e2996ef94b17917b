// Domain events as public Protobuf, without what is marked sensitive.
#pragma once

#include <memory>

#include "invoice/domain/events.h"
#include "invoice/domain/invoice.h"

namespace google::protobuf {
class Message;
}

namespace guarantee::invoice {

// `after`: the row as it is once the event is applied. `at` stands where the event has no time of
// its own.
[[nodiscard]] std::unique_ptr<google::protobuf::Message> PublicEvent(const Event& event,
                                                                     const Invoices& after,
                                                                     UnixMillis at);

}  // namespace guarantee::invoice
