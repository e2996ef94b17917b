// The contract as a partner reads it: a manual in Chinese (Markdown), and samples.
#pragma once

#include <string>

#include "contract/contract.h"

namespace guarantee::contract {

[[nodiscard]] std::string Manual(const Contract& contract);

// A valid body with every field, as the sender would write it (wrapped where we send it so). It
// decodes cleanly.
[[nodiscard]] std::string Sample(const Interface& interface);
// A valid success answer.
[[nodiscard]] std::string SampleAnswer(const Interface& interface);

}  // namespace guarantee::contract
