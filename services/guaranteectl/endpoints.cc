#include "guaranteectl/endpoints.h"

#include <algorithm>
#include <array>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>

namespace guarantee::guaranteectl {
namespace {

using nlohmann::json;

std::vector<std::string> Split(const std::string& text) {
  std::vector<std::string> parts;
  std::size_t begin = 0;
  while (begin < text.size()) {
    const std::size_t comma = std::min(text.find(',', begin), text.size());
    if (comma > begin) parts.push_back(text.substr(begin, comma - begin));
    begin = comma + 1;
  }
  return parts;
}

// An address, or a list of them.
std::vector<std::string> Addresses(const json& services, const char* name) {
  std::vector<std::string> addresses;
  const auto found = services.find(name);
  if (found == services.end()) return addresses;
  if (found->is_string()) addresses.push_back(found->get<std::string>());
  if (found->is_array()) {
    for (const json& one : *found) {
      if (one.is_string()) addresses.push_back(one.get<std::string>());
    }
  }
  return addresses;
}

void Override(const Arguments& arguments, std::string_view option,
              std::vector<std::string>& addresses) {
  if (arguments.Has(option)) addresses = Split(arguments.Value(option));
}

}  // namespace

Result<Endpoints> ReadEndpoints(const std::string& text) {
  const json document = json::parse(text, nullptr, false);
  if (document.is_discarded() || !document.is_object() || !document.contains("rpc") ||
      !document["rpc"].is_object()) {
    return Refused(kUsageCode, "--endpoints: the file is not an endpoints.json with `rpc`");
  }
  const json& services = document["rpc"];
  return Endpoints{Addresses(services, "order"),
                   Addresses(services, "credit"),
                   Addresses(services, "claim"),
                   Addresses(services, "invoice"),
                   Addresses(services, "gateway"),
                   Addresses(services, "dispatcher"),
                   {},
                   true};
}

const std::vector<std::string>* CasesAt(const Endpoints& endpoints, std::string_view service) {
  if (service == "order") return &endpoints.order;
  if (service == "credit") return &endpoints.credit;
  if (service == "claim") return &endpoints.claim;
  if (service == "invoice") return &endpoints.invoice;
  return nullptr;
}

std::span<const std::string_view> CaseServices() {
  static constexpr std::array<std::string_view, 4> kServices{"order", "credit", "claim", "invoice"};
  return kServices;
}

Result<Endpoints> FindEndpoints(const Arguments& arguments) {
  Endpoints endpoints;
  if (arguments.Has("--endpoints")) {
    const std::string path = arguments.Value("--endpoints");
    std::ifstream file(path, std::ios::binary);
    if (!file) return Refused(kUsageCode, "--endpoints: cannot read " + path);
    std::string text(kEndpointsBytesMax + 1, '\0');
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
    if (text.size() > kEndpointsBytesMax) {
      return Refused(kUsageCode, "--endpoints: the file is larger than 1 MiB");
    }
    Result<Endpoints> read = ReadEndpoints(text);
    if (!read) return read;
    endpoints = std::move(*read);
  }
  if (arguments.Has("--tls")) endpoints.tls_folder = arguments.Value("--tls");
  Override(arguments, "--order-rpc", endpoints.order);
  Override(arguments, "--credit-rpc", endpoints.credit);
  Override(arguments, "--claim-rpc", endpoints.claim);
  Override(arguments, "--invoice-rpc", endpoints.invoice);
  Override(arguments, "--gateway-rpc", endpoints.gateway);
  Override(arguments, "--dispatcher-rpc", endpoints.dispatcher);
  return endpoints;
}

}  // namespace guarantee::guaranteectl
