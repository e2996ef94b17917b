// What the platform's side needs of endpoints.json: where the institution listens, and who signs
// in there.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace guarantee::platform_simulator {

struct PartnerEndpoint {
  std::string id;
  std::string user;
  Secret password;
  std::string field_cipher;
  std::string platform_url;  // where this partner's notices go
};

struct PlayEndpoints {
  std::vector<std::string> gateways;      // base addresses with their trailing slash; at least one
  std::vector<PartnerEndpoint> partners;  // at least one
  std::string guaranteectl;               // a command line to show; empty: none
};

// Refused "endpoints" naming what is missing.
[[nodiscard]] Result<PlayEndpoints> LoadEndpoints(const std::string& file);
[[nodiscard]] Result<PlayEndpoints> ReadEndpoints(const std::string& text);

}  // namespace guarantee::platform_simulator
