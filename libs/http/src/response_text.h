// Bytes of an answer.
#pragma once

#include <string>

#include "base/clock.h"
#include "http/request.h"

namespace guarantee::http {

// `close`: what the Connection field says. `with_body`: false for HEAD. Header values with line
// breaks or other controls are dropped, so that no value of ours can end a head early.
[[nodiscard]] std::string MakeResponseText(const Response& response, UnixMillis now, bool close,
                                           bool with_body);

}  // namespace guarantee::http
