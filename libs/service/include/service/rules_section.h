// A service's part of the rules file, which all services may share.
#pragma once

#include <initializer_list>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"

namespace guarantee::service {

// The object under `section`; empty where the file has none. Refused "rules" for what is no JSON
// object, and naming the place of a key that is not among `known`.
[[nodiscard]] Result<std::optional<nlohmann::json>> RulesSection(
    std::string_view text, const std::string& section,
    std::initializer_list<std::string_view> known);

}  // namespace guarantee::service
