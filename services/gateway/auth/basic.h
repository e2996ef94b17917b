// HTTP Basic authentication (RFC 7617), UTF-8.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "base/secret.h"

namespace guarantee::gateway {

struct Credentials {
  std::string user;  // may be empty
  Secret password;
};

// Nothing when `authorization` is no Basic scheme, no canonical base64 or has no colon. The scheme
// goes without regard to case; user and password part at the first colon.
[[nodiscard]] std::optional<Credentials> ReadBasic(std::string_view authorization);

}  // namespace guarantee::gateway
