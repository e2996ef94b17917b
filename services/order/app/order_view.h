// An order as operators and subscribers see it: nothing sealed or personal.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "messaging/write_store.h"
#include "order/domain/order.h"
#include "service/task.h"

namespace guarantee::order {

[[nodiscard]] std::vector<std::pair<std::string, std::string>> DetailsOf(const Order& order);
// Permanent when the row cannot be read.
[[nodiscard]] Result<service::CaseView> ViewOfOrder(const messaging::StoredRow& row);

}  // namespace guarantee::order
