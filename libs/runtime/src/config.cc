#include "runtime/config.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <limits>
#include <optional>
#include <sstream>

namespace guarantee::runtime {
namespace {

std::optional<std::int64_t> ReadInteger(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::optional<Address> ReadAddress(std::string_view text) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) return std::nullopt;
  const std::optional<std::int64_t> port = ReadInteger(text.substr(colon + 1));
  if (!port || *port < 0 || *port > std::numeric_limits<std::uint16_t>::max()) return std::nullopt;
  return Address{std::string(text.substr(0, colon)), static_cast<std::uint16_t>(*port)};
}

// What is wrong with the value; empty: nothing.
std::string Judge(const ConfigKey& key, std::string_view value) {
  if (value.empty()) return key.required ? "must be set" : "";
  switch (key.kind) {
    case KeyKind::kText:
    case KeyKind::kFile:
      return "";
    case KeyKind::kBoolean:
      return value == "true" || value == "false" ? "" : "must be true or false";
    case KeyKind::kAddress:
      return ReadAddress(value) ? "" : "must be host:port";
    case KeyKind::kInteger: {
      const std::optional<std::int64_t> number = ReadInteger(value);
      if (!number) return "must be a whole number";
      const bool bounded = key.least != 0 || key.most != 0;
      if (bounded && (*number < key.least || *number > key.most)) {
        return fmt::format("must be {} to {}", key.least, key.most);
      }
      return "";
    }
  }
  std::abort();
}

std::size_t Distance(std::string_view left, std::string_view right) {
  std::vector<std::size_t> row(right.size() + 1);
  for (std::size_t at = 0; at < row.size(); ++at) row[at] = at;
  for (std::size_t i = 0; i < left.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i + 1;
    for (std::size_t j = 0; j < right.size(); ++j) {
      const std::size_t replaced = diagonal + (left[i] == right[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

const ConfigKey* Find(std::span<const ConfigKey> keys, std::string_view name) {
  const auto found = std::find_if(keys.begin(), keys.end(),
                                  [name](const ConfigKey& key) { return key.name == name; });
  return found == keys.end() ? nullptr : &*found;
}

using Values = std::map<std::string, std::string, std::less<>>;

void ReadLine(std::string_view line, std::size_t number, std::span<const ConfigKey> keys,
              Values& values, std::vector<std::string>& findings) {
  line = Trimmed(line);
  if (line.empty() || line.front() == '#') return;
  const std::size_t equals = line.find('=');
  if (equals == std::string_view::npos) {
    findings.push_back(fmt::format("line {}: not `key = value`", number));
    return;
  }
  const std::string name(Trimmed(line.substr(0, equals)));
  if (Find(keys, name) == nullptr) {
    findings.push_back(fmt::format("{}: unknown key (line {}); did you mean {}?", name, number,
                                   NearestKey(name, keys)));
    return;
  }
  if (!values.emplace(name, Trimmed(line.substr(equals + 1))).second) {
    findings.push_back(fmt::format("{}: set twice (line {})", name, number));
  }
}

}  // namespace

std::string_view NearestKey(std::string_view unknown, std::span<const ConfigKey> keys) {
  std::string_view nearest;
  std::size_t least = std::numeric_limits<std::size_t>::max();
  for (const ConfigKey& key : keys) {
    const std::size_t distance = Distance(unknown, key.name);
    if (distance < least) {
      least = distance;
      nearest = key.name;
    }
  }
  return nearest;
}

Result<Config> Config::Parse(std::string_view text, const std::string& folder,
                             std::span<const ConfigKey> keys) {
  Config config;
  std::vector<std::string> findings;
  std::size_t number = 0;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    ReadLine(text.substr(0, end), ++number, keys, config.values_, findings);
    text = end == std::string_view::npos ? std::string_view{} : text.substr(end + 1);
  }
  for (const ConfigKey& key : keys) {
    std::string& value = config.values_[std::string(key.name)];
    if (value.empty()) value = key.fallback;
    if (const std::string rule = Judge(key, value); !rule.empty()) {
      findings.push_back(fmt::format("{}: {}", key.name, rule));
    }
    if (key.kind == KeyKind::kFile && !value.empty()) {
      value = (std::filesystem::path(folder) / value).lexically_normal().string();
    }
  }
  if (!findings.empty()) {
    return Refused("config", fmt::format("{}", fmt::join(findings, "\n")));
  }
  return config;
}

std::string_view Trimmed(std::string_view text) {
  constexpr std::string_view kBlanks = " \t\r";
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Result<Config> Config::Load(const std::string& path, std::span<const ConfigKey> keys) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return Refused("config", "cannot read " + path);
  std::ostringstream text;
  text << file.rdbuf();
  if (text.view().size() > kConfigBytesMax) return Refused("config", path + " is too large");
  std::error_code ignored;
  const std::filesystem::path folder = std::filesystem::absolute(path, ignored).parent_path();
  Result<Config> config = Parse(text.view(), folder.string(), keys);
  if (!config) return Refused("config", path + ":\n" + config.error().message);
  return config;
}

const std::string& Config::Text(std::string_view key) const {
  const auto found = values_.find(key);
  if (found == values_.end()) std::abort();
  return found->second;
}

std::int64_t Config::Integer(std::string_view key) const {
  const std::optional<std::int64_t> value = ReadInteger(Text(key));
  if (!value) std::abort();
  return *value;
}

bool Config::Boolean(std::string_view key) const { return Text(key) == "true"; }

Address Config::At(std::string_view key) const {
  const std::optional<Address> address = ReadAddress(Text(key));
  if (!address) std::abort();
  return *address;
}

}  // namespace guarantee::runtime
