// HTTP answers, all of them JSON in the shape of the interface.
#pragma once

#include <cstdint>
#include <string_view>

#include "contract/encode.h"
#include "http/request.h"

namespace guarantee::gateway {

// `interface` null: the plain shape.
[[nodiscard]] http::Response MakeAnswer(int status, const contract::Interface* interface,
                                        const contract::Answer& answer);
// Code 500 with `message`; `retry_after_s` 0: no such header.
[[nodiscard]] http::Response MakeRefusal(int status, const contract::Interface* interface,
                                         std::string_view message, std::int64_t retry_after_s = 0);
// Refusals of the HTTP server itself.
[[nodiscard]] http::Response MakeServerRefusal(const http::Refusal& refusal);

}  // namespace guarantee::gateway
