// The requests that the platform sends, built as messages and written from the contract.
#pragma once

#include <string>

#include "base/clock.h"
#include "base/money.h"
#include "base/result.h"
#include "contract/contract.h"
#include "platform-simulator/seal.h"

namespace guarantee::platform_simulator {

// Between sending and the purchase deadline, and from there to the opening.
inline constexpr std::int64_t kPurchaseMs = 2LL * 24 * 3'600'000;
inline constexpr std::int64_t kOpeningMs = 3'600'000;

// Who is in every application, in plain.
struct DemonstrationParties {
  std::string_view bidder_name;
  std::string_view bidder_code;
  std::string_view tenderee;
  std::string_view tenderee_code;
};
[[nodiscard]] const DemonstrationParties& Parties();

struct Application {
  std::string business_no;
  std::string order_no;
  Money amount;
};

// The interfaces the story is about, found by their messages.
struct OrderInterfaces {
  const contract::Interface* apply = nullptr;
  const contract::Interface* notice = nullptr;
};
[[nodiscard]] OrderInterfaces FindOrderInterfaces(const contract::Contract& contract);

// The body of an application: times relative to `now`, a demonstration bidder whose identity is
// sealed.
[[nodiscard]] Result<std::string> WriteApplication(const contract::Interface& apply,
                                                   const Application& application, UnixMillis now,
                                                   Sealer& sealer);

// The same body with another amount; everything else keeps its bytes.
[[nodiscard]] Result<std::string> WithAmount(const contract::Interface& apply,
                                             const std::string& body, Money amount);
// The same body without its amount, which is required.
[[nodiscard]] Result<std::string> WithoutAmount(const contract::Interface& apply,
                                                const std::string& body);
// The name of that field on the wire.
[[nodiscard]] const std::string& AmountWire(const contract::Interface& apply);

// Numbers that no earlier run used: the time and random characters.
[[nodiscard]] std::string NewRunNumber(UnixMillis now);

}  // namespace guarantee::platform_simulator
