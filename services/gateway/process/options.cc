#include "gateway/process/options.h"

#include <fmt/format.h>
#include <sys/resource.h>

#include <fstream>
#include <iterator>

namespace guarantee::gateway {
namespace {

using runtime::ConfigKey;
using runtime::KeyKind;

constexpr std::size_t kKeyBytesMin = 32;
constexpr std::size_t kKeyBytesMax = 4'096;

constexpr ConfigKey kKeys[] = {
    {.name = "gateway.address",
     .kind = KeyKind::kAddress,
     .required = true,
     .help = "where the platforms call"},
    {.name = "gateway.redirect_base",
     .required = true,
     .help = "the institution's page behind the redirect; ends in a slash"},
    {.name = "gateway.key_file",
     .kind = KeyKind::kFile,
     .required = true,
     .help = "32 random bytes or more, the same in every replica and for ever"},
    {.name = "gateway.storage_key_file",
     .kind = KeyKind::kFile,
     .required = true,
     .help = "keys, one a line: id and base64 of 32 bytes; the first seals what came plain"},
    {.name = "gateway.request_timeout_ms",
     .kind = KeyKind::kInteger,
     .fallback = "5000",
     .least = 500,
     .most = 60'000,
     .help = "from receipt to answer"},
    {.name = "gateway.interfaces",
     .fallback = "all",
     .help = "sections on offer, with commas; all: those whose service is there"},
    {.name = "gateway.threads",
     .kind = KeyKind::kInteger,
     .fallback = "2",
     .least = 1,
     .most = 64,
     .help = "of the HTTP server"},
    {.name = "gateway.uniform_sign_in",
     .kind = KeyKind::kBoolean,
     .fallback = "false",
     .help = "one message for an unknown user and a wrong password"},
    {.name = "gateway.connections_max",
     .kind = KeyKind::kInteger,
     .fallback = "4096",
     .least = 16,
     .most = 100'000,
     .help = "open connections in all"},
};

constexpr ConfigKey kServiceKeys[] = {
    {.name = "gateway.order_service",
     .help = "gRPC address of the order service, or several with commas; empty: it is not there"},
    {.name = "gateway.credit_service", .help = "the same of the credit service"},
    {.name = "gateway.claim_service", .help = "the same of the claim service"},
    {.name = "gateway.invoice_service", .help = "the same of the invoice service"},
};
constexpr std::string_view kServicePrefix = "gateway.";
constexpr std::string_view kServiceSuffix = "_service";
constexpr std::string_view kAllInterfaces = "all";

// Beside the connections: the broker's, the database's, listeners and files.
constexpr rlim_t kOtherDescriptors = 256;

Result<void> CheckDescriptors(std::int64_t connections_max) {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == RLIM_INFINITY) return {};
  const auto needed = static_cast<rlim_t>(connections_max) + kOtherDescriptors;
  if (needed <= limit.rlim_cur) return {};
  return Refused("config",
                 fmt::format("needs {} open files and the process may have {}: raise the hard "
                             "limit (ulimit -Hn) or lower the setting",
                             needed, limit.rlim_cur),
                 "gateway.connections_max");
}

Result<Secret> ReadKey(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Refused("config", "cannot read " + path, "gateway.key_file");
  std::string bytes((std::istreambuf_iterator<char>(file)), std::istreambuf_iterator<char>());
  if (bytes.size() < kKeyBytesMin || bytes.size() > kKeyBytesMax) {
    return Refused("config", "must hold 32 to 4096 bytes", "gateway.key_file");
  }
  return Secret(std::move(bytes));
}

std::set<std::string> AllInterfaces(const contract::Contract& contract,
                                    const std::set<std::string>& services) {
  std::set<std::string> sections;
  for (const contract::Interface& interface : contract.interfaces()) {
    if (interface.FromPlatform() && services.contains(interface.service)) {
      sections.insert(interface.section);
    }
  }
  return sections;
}

}  // namespace

std::vector<ConfigKey> ServiceKeys() { return {std::begin(kServiceKeys), std::end(kServiceKeys)}; }

ServiceAddresses ReadServices(const runtime::Config& config) {
  ServiceAddresses addresses;
  for (const ConfigKey& key : kServiceKeys) {
    std::string_view word = key.name;
    word.remove_prefix(kServicePrefix.size());
    word.remove_suffix(kServiceSuffix.size());
    const std::string& address = config.Text(key.name);
    if (!address.empty()) addresses.emplace(word, address);
  }
  return addresses;
}

std::set<std::string> ServicesOf(const contract::Contract& contract) {
  std::set<std::string> services;
  for (const contract::Interface& interface : contract.interfaces()) {
    services.insert(interface.service);
  }
  return services;
}

Result<std::set<std::string>> ChooseInterfaces(std::string_view text,
                                               const contract::Contract& contract,
                                               const std::set<std::string>& services) {
  constexpr const char* kField = "gateway.interfaces";
  if (text == kAllInterfaces) return AllInterfaces(contract, services);
  std::set<std::string> sections;
  while (!text.empty()) {
    const std::size_t comma = text.find(',');
    const std::string section(text.substr(0, comma));
    const contract::Interface* interface = contract.FindSection(section);
    if (interface == nullptr) {
      return Refused("config", "no interface has the section " + section, kField);
    }
    if (interface->synchronous && !services.contains(interface->service)) {
      return Refused("config",
                     fmt::format("{} is answered by the {} service, which has no address", section,
                                 interface->service),
                     kField);
    }
    sections.insert(section);
    text = comma == std::string_view::npos ? std::string_view{} : text.substr(comma + 1);
  }
  return sections;
}

std::vector<ConfigKey> SettingKeys() { return {std::begin(kKeys), std::end(kKeys)}; }

Result<GatewayOptions> ReadOptions(const runtime::Config& config, const node::Node& node,
                                   const std::set<std::string>& services) {
  GatewayOptions options;
  options.address = config.Text("gateway.address");
  options.redirect_base = config.Text("gateway.redirect_base");
  options.environment = node.environment();
  options.request_timeout = std::chrono::milliseconds(config.Integer("gateway.request_timeout_ms"));
  options.http_threads = static_cast<std::size_t>(config.Integer("gateway.threads"));
  options.http.connections_max =
      static_cast<std::size_t>(config.Integer("gateway.connections_max"));
  if (Result<void> fits = CheckDescriptors(config.Integer("gateway.connections_max")); !fits) {
    return tl::unexpected(fits.error());
  }
  options.sign_in.uniform_refusals = config.Boolean("gateway.uniform_sign_in");
  Result<Secret> key = ReadKey(config.Text("gateway.key_file"));
  if (!key) return tl::unexpected(key.error());
  options.key = std::move(*key);
  Result<sealing::StorageKeys> storage =
      sealing::StorageKeys::Load(config.Text("gateway.storage_key_file"));
  if (!storage) return tl::unexpected(storage.error());
  options.storage_keys = std::make_shared<const sealing::StorageKeys>(std::move(*storage));
  Result<std::set<std::string>> interfaces =
      ChooseInterfaces(config.Text("gateway.interfaces"), *node.contract(), services);
  if (!interfaces) return tl::unexpected(interfaces.error());
  options.interfaces = std::move(*interfaces);
  return options;
}

}  // namespace guarantee::gateway
