// The product's settings as plain data, read by Decide; the adapter fills it per partner.
#pragma once

#include <cstdint>
#include <string>

#include "base/money.h"
#include "order/domain/order.h"

namespace guarantee::order {

struct Policy {
  std::string institution_name;
  std::string insurer_code;  // empty: not sent (rulings 3.2)

  // true: an order waits in ACCEPTED until the bidder proved who he is on the page.
  bool needs_page = true;
  // false: a decision has to bring the payer facts, nothing is waited for.
  bool premium_step = true;
  // true: a letter needs a credit reservation of the order's amount (rule B6).
  bool credit_backed = false;
  // true: 3.3 on an open order waits for AcceptCancel or DeclineCancel; false: accepted at once.
  bool cancel_by_decision = false;

  // Inclusive bounds of the guaranteed amount, for 3.1.
  Money amount_min{1};
  Money amount_max{99'999'999'999'999'999};

  std::int64_t rate_ppm = 2'500;
  Money premium_min{1};

  // The letter's validity runs from issue to this many days after bid opening (rule B12).
  std::int32_t valid_days = 120;

  // How far a letter's time of generation may lie ahead of our clock.
  std::int64_t clock_difference_ms = 300'000;
  std::int64_t letter_retry_ms = 30'000;    // between a failed letter and the next attempt
  std::int64_t credit_answer_ms = 300'000;  // after which the credit service is asked again
};

// rate × amount, rounded half up to the fen, not below the policy's minimum.
[[nodiscard]] Quote QuoteFor(Money amount, const Policy& policy);
[[nodiscard]] UnixMillis ValidEndFor(UnixMillis open_time, const Policy& policy);

}  // namespace guarantee::order
