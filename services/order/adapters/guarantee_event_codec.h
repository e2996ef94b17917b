// Facts of the guarantee as public Protobuf, without what is marked sensitive.
#pragma once

#include <memory>

#include "order/domain/letter/effects.h"
#include "order/domain/letter/events.h"
#include "order/domain/letter/guarantee.h"

namespace google::protobuf {
class Message;
}

namespace guarantee::order::letter {

// `after`: the guarantee as it is once the event is applied. `at` stands where the event has no
// time of its own.
[[nodiscard]] std::unique_ptr<google::protobuf::Message> PublicEvent(const Event& event,
                                                                     const Guarantee& after,
                                                                     UnixMillis at);
// The bank's task that goes with RefundPremium.
[[nodiscard]] std::unique_ptr<google::protobuf::Message> PublicTask(const RefundPremium& effect,
                                                                    const Guarantee& after,
                                                                    UnixMillis at);

}  // namespace guarantee::order::letter
