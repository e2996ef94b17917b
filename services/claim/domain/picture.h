// The table for people: services/claim/states.md is this text.
#pragma once

#include <string>

namespace guarantee::claim {

[[nodiscard]] std::string PrintStates();

}  // namespace guarantee::claim
