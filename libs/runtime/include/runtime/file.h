// Files that settings name.
#pragma once

#include <cstddef>
#include <string>

#include "base/result.h"

namespace guarantee::runtime {

// The whole file; refused with `code` and `field` when it cannot be read or has more bytes.
[[nodiscard]] Result<std::string> ReadFile(const std::string& path, std::size_t bytes_max,
                                           const std::string& code, const std::string& field);

}  // namespace guarantee::runtime
