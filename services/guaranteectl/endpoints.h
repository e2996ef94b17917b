// Where the services answer: endpoints.json of the run contract.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "guaranteectl/arguments.h"

namespace guarantee::guaranteectl {

inline constexpr std::size_t kEndpointsBytesMax = std::size_t{1} << 20U;

// gRPC addresses, host:port; several are replicas of one service.
struct Endpoints {
  std::vector<std::string> order;
  std::vector<std::string> credit;
  std::vector<std::string> claim;
  std::vector<std::string> invoice;
  std::vector<std::string> gateway;
  std::vector<std::string> dispatcher;
  std::string tls_folder;    // of our own certificate (rpc/server.h); empty: no TLS
  bool development = false;  // read from a file, as deploy/dev/run writes it
};

// Those with cases (CaseService), by their name; null: no such service.
[[nodiscard]] const std::vector<std::string>* CasesAt(const Endpoints& endpoints,
                                                      std::string_view service);
// Their names.
[[nodiscard]] std::span<const std::string_view> CaseServices();

// From --endpoints, each service overridden by its own option (several with commas). Refused
// kUsageCode when the file cannot be read or is none of ours.
[[nodiscard]] Result<Endpoints> FindEndpoints(const Arguments& arguments);

// The same from the file's text.
[[nodiscard]] Result<Endpoints> ReadEndpoints(const std::string& text);

}  // namespace guarantee::guaranteectl
