// The dispatcher's settings as a process has them.
#pragma once

#include <string>
#include <vector>

#include "dispatcher/wiring.h"
#include "node/node.h"
#include "runtime/config.h"

namespace guarantee::dispatcher {

inline constexpr const char* kSchema = "dispatcher";

[[nodiscard]] std::vector<runtime::ConfigKey> SettingKeys();
[[nodiscard]] std::vector<std::string> Topics();
[[nodiscard]] Dispatcher::Options ReadOptions(const runtime::Config& config,
                                              const node::Node& node);

}  // namespace guarantee::dispatcher
