#include "security.h"

#include <fmt/format.h>

#include <string_view>

#include "runtime/config.h"
#include "runtime/file.h"

namespace guarantee::node {
namespace {

using runtime::Trimmed;

constexpr std::size_t kSecurityBytesMax = 64U << 10;
constexpr const char* kField = "bus.security_file";

}  // namespace

Result<std::map<std::string, Secret>> ReadBusSecurity(const std::string& path) {
  std::map<std::string, Secret> settings;
  if (path.empty()) return settings;
  const Result<std::string> read = runtime::ReadFile(path, kSecurityBytesMax, "config", kField);
  if (!read) return tl::unexpected(read.error());
  std::string_view rest = *read;
  for (int number = 1; !rest.empty(); ++number) {
    const std::size_t end = rest.find('\n');
    const std::string_view line = Trimmed(rest.substr(0, end));
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
    if (line.empty() || line.front() == '#') continue;
    const std::size_t equals = line.find('=');
    const std::string name(Trimmed(line.substr(0, equals)));
    if (equals == std::string_view::npos || name.empty() ||
        !settings.emplace(name, Secret(std::string(Trimmed(line.substr(equals + 1))))).second) {
      return Refused("config", fmt::format("line {}: not `name = value`, or set twice", number),
                     kField);
    }
  }
  return settings;
}

}  // namespace guarantee::node
