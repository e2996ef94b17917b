// What only a new number is judged by: the clock at receipt, the partner's limits and the kind of
// institution. Pure.
#pragma once

#include <google/protobuf/message.h>

#include <optional>
#include <string_view>

#include "base/clock.h"
#include "partner/partner.h"

namespace guarantee::gateway {

// The text of the refusal; nothing: it may pass.
[[nodiscard]] std::optional<std::string_view> JudgeNewRequest(
    const google::protobuf::Message& message, const partner::Partner& partner,
    UnixMillis received_at);

}  // namespace guarantee::gateway
