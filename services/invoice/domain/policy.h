// The institution's and the partner's settings as plain data, read by Decide.
#pragma once

#include <cstdint>

namespace guarantee::invoice {

struct Policy {
  bool relaxed = false;            // of a 专票 only name and tax number are asked (rulings 3.13)
  std::int64_t wait_ms = 300'000;  // for the platform's acceptance of 3.8 (clarification 7)
};

}  // namespace guarantee::invoice
