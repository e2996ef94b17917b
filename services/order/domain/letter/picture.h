// The table as Markdown with a Mermaid state diagram, for services/order/guarantee-states.md.
#pragma once

#include <string>

namespace guarantee::order::letter {

[[nodiscard]] std::string PrintStates();

}  // namespace guarantee::order::letter
