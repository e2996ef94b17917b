// The contract as OpenAPI 3.1, for partners' tools: what we serve as paths, what we send as
// webhooks.
#pragma once

#include <string>

#include "contract/contract.h"

namespace guarantee::contract {

[[nodiscard]] std::string OpenApi(const Contract& contract);

}  // namespace guarantee::contract
