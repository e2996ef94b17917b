#include "service/rules_section.h"

#include <algorithm>

namespace guarantee::service {

Result<std::optional<nlohmann::json>> RulesSection(std::string_view text,
                                                   const std::string& section,
                                                   std::initializer_list<std::string_view> known) {
  const nlohmann::json document = nlohmann::json::parse(text, nullptr, false);
  if (document.is_discarded() || !document.is_object()) {
    return Refused("rules", "not a JSON object");
  }
  const auto found = document.find(section);
  if (found == document.end()) return std::optional<nlohmann::json>{};
  if (!found->is_object()) return Refused("rules", "must be an object", section);
  for (const auto& [key, value] : found->items()) {
    if (std::find(known.begin(), known.end(), key) == known.end()) {
      return Refused("rules", "unknown key", section + "." + key);
    }
  }
  return std::optional<nlohmann::json>{*found};
}

}  // namespace guarantee::service
