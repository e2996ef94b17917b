#include "contract/messages.h"

#include <fmt/format.h>

namespace guarantee::contract::messages {

std::string EntitlementExpired(std::string_view date) {
  return fmt::format("{}{} (已到期)", kEntitlementExpiredStart, date);
}

std::string Received(std::size_t count) { return fmt::format("{}条数据接收成功！", count); }

}  // namespace guarantee::contract::messages
