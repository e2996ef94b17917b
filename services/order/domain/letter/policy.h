// Settings as plain data, read by Decide; the adapter fills them per partner.
#pragma once

#include <cstdint>

namespace guarantee::order::letter {

struct Policy {
  // 3.7 is taken this long before the opening, for clocks that differ (clarifications 4).
  std::int64_t restore_early_ms = 300'000;
  // From sending our own 3.9 until an operator is called (clarifications 7): three days.
  std::int64_t proposal_answer_ms = 259'200'000;
  // true: the expiry itself is told by a 3.10 result 0 (rulings 5.2). No 3.9 asked for it, so the
  // guarantee number stands in place of a business number.
  bool notify_expiry = false;
};

}  // namespace guarantee::order::letter
