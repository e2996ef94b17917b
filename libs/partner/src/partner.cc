#include "partner/partner.h"

#include <algorithm>

namespace guarantee::partner {
namespace {

bool Covers(const Entitlement& entitlement, std::string_view section) {
  return std::any_of(
      entitlement.sections.begin(), entitlement.sections.end(),
      [section](const std::string& entry) { return entry == "*" || entry == section; });
}

}  // namespace

EntitlementAnswer JudgeEntitlement(const Account& account, std::string_view section,
                                   std::string_view today) {
  EntitlementAnswer answer;
  for (const Entitlement& entitlement : account.entitlements) {
    if (!Covers(entitlement, section)) continue;
    if (!entitlement.expires || *entitlement.expires >= today) {
      return {EntitlementVerdict::kEntitled, {}};
    }
    answer.verdict = EntitlementVerdict::kExpired;
    answer.expired_on = std::max(answer.expired_on, *entitlement.expires);
  }
  return answer;
}

bool Partner::Admits(std::string_view source_address) const {
  return std::any_of(
      source_networks.begin(), source_networks.end(),
      [source_address](const SourceNetwork& network) { return network.Contains(source_address); });
}

}  // namespace guarantee::partner
