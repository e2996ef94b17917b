// The gateway's settings as a process has them.
#pragma once

#include <map>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "gateway/options.h"
#include "node/node.h"
#include "runtime/config.h"

namespace guarantee::gateway {

[[nodiscard]] std::vector<runtime::ConfigKey> SettingKeys();
// Where the services answer: of a gateway that is a process of its own.
[[nodiscard]] std::vector<runtime::ConfigKey> ServiceKeys();

// gRPC address by the contract's word for the service; services without one are left out.
using ServiceAddresses = std::map<std::string, std::string, std::less<>>;
[[nodiscard]] ServiceAddresses ReadServices(const runtime::Config& config);
// The services of the contract, by their words.
[[nodiscard]] std::set<std::string> ServicesOf(const contract::Contract& contract);

// What gateway.interfaces means, where `services` are there: "all", or sections by name. Who names
// an interface that is answered by its service has to say where that is; the others need only their
// topic. Refused "config".
[[nodiscard]] Result<std::set<std::string>> ChooseInterfaces(std::string_view text,
                                                             const contract::Contract& contract,
                                                             const std::set<std::string>& services);

// `services` are those that are there.
[[nodiscard]] Result<GatewayOptions> ReadOptions(const runtime::Config& config,
                                                 const node::Node& node,
                                                 const std::set<std::string>& services);

}  // namespace guarantee::gateway
