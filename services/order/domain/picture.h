// The table as Markdown with a Mermaid state diagram, for services/order/states.md.
#pragma once

#include <string>

namespace guarantee::order {

[[nodiscard]] std::string PrintStates();

}  // namespace guarantee::order
