// The order as bytes of the service's own table, and back. The only file that knows both the
// domain's value and its stored form.
#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "order/domain/order.h"

namespace guarantee::order {

[[nodiscard]] std::string SerializeOrder(const Order& order);
// Permanent "order.stored" when the bytes are not an order of this program's version.
[[nodiscard]] Result<Order> ParseOrder(std::string_view bytes);

// The state's word in public events, lists and metrics: accepted, underwriting, …
[[nodiscard]] std::string_view StateWord(State state);
[[nodiscard]] RefusalCode RefusalOfWord(std::string_view word);

}  // namespace guarantee::order
