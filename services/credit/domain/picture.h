// The table for people: services/credit/states.md is this text.
#pragma once

#include <string>

namespace guarantee::credit {

[[nodiscard]] std::string PrintStates();

}  // namespace guarantee::credit
