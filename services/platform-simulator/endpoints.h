// What the platform's side needs of endpoints.json: where the institution listens, and who signs
// in there.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "platform-simulator/seal.h"

namespace guarantee::platform_simulator {

struct PartnerEndpoint {
  std::string id;
  std::string user;
  Secret password;
  std::string field_cipher;
  std::string platform_url;      // where this partner's notices go
  std::string wrap_private_key;  // a PEM's path, where the cipher needs the platform's key
};

struct PlayEndpoints {
  std::vector<std::string> gateways;      // base addresses with their trailing slash; at least one
  std::vector<PartnerEndpoint> partners;  // at least one
  std::string guaranteectl;               // a command line to show; empty: none
  std::vector<std::string> guaranteectl_words;  // the same to run
};

// A sealer of the partner's cipher with a key of its own. Permanent as Sealer::Make.
[[nodiscard]] Result<std::unique_ptr<Sealer>> MakeSealer(const PartnerEndpoint& partner);

// Refused "endpoints" naming what is missing.
[[nodiscard]] Result<PlayEndpoints> LoadEndpoints(const std::string& file);
[[nodiscard]] Result<PlayEndpoints> ReadEndpoints(const std::string& text);

}  // namespace guarantee::platform_simulator
