// The table for people: services/invoice/states.md is this text.
#pragma once

#include <string>

namespace guarantee::invoice {

[[nodiscard]] std::string PrintStates();

}  // namespace guarantee::invoice
