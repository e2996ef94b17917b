// The program without its process: words in, exit status out.
#pragma once

#include <istream>
#include <ostream>
#include <span>
#include <string>

namespace guarantee::guaranteectl {

// 0 done, 1 refused or not found, 2 wrong usage, 3 cannot reach.
[[nodiscard]] int Run(std::span<const std::string> words, std::istream& input, std::ostream& output,
                      std::ostream& errors);

}  // namespace guarantee::guaranteectl
