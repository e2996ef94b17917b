// From JSON to partners.
#pragma once

#include <set>

#include "json_object.h"

namespace guarantee::partner {

struct ReadContext {
  std::filesystem::path folder;  // secrets are relative to it
  Environment environment = Environment::kDevelopment;
  const contract::Contract* contract = nullptr;
  std::set<std::string> users;  // taken so far
  std::set<std::string> ids;
};

// Problems are noted in `place`; the value is only worth anything if there were none.
[[nodiscard]] Partner ReadPartner(const Json& value, const Place& place, ReadContext& context);

}  // namespace guarantee::partner
