// Where the services answer: endpoints.json of the run contract.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "guaranteectl/arguments.h"

namespace guarantee::guaranteectl {

inline constexpr std::size_t kEndpointsBytesMax = std::size_t{1} << 20U;

// gRPC addresses, host:port; several are replicas of one service.
struct Endpoints {
  std::vector<std::string> order;
  std::vector<std::string> gateway;
  std::vector<std::string> dispatcher;
};

// From --endpoints, each service overridden by its own option (several with commas). Refused
// kUsageCode when the file cannot be read or is none of ours.
[[nodiscard]] Result<Endpoints> FindEndpoints(const Arguments& arguments);

// The same from the file's text.
[[nodiscard]] Result<Endpoints> ReadEndpoints(const std::string& text);

}  // namespace guarantee::guaranteectl
