// The brokers' security settings out of a file of their own, as it may hold a password.
#pragma once

#include <map>
#include <string>

#include "base/result.h"
#include "base/secret.h"

namespace guarantee::node {

// `name = value` lines, # begins a comment; an empty path is no settings. Refused "config" with the
// number of the line, never its text.
[[nodiscard]] Result<std::map<std::string, Secret>> ReadBusSecurity(const std::string& path);

}  // namespace guarantee::node
