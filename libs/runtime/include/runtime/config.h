// A process' settings: `key = value` lines of one file, every key declared with its default, unit
// and rule. What is not declared is refused by name.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace guarantee::runtime {

inline constexpr std::size_t kConfigBytesMax = 1U << 20;

enum class KeyKind { kText, kInteger, kBoolean, kAddress, kFile };

// `fallback` empty and `required`: the file must name it. Integers have bounds, inclusive.
struct ConfigKey {
  std::string_view name;
  KeyKind kind = KeyKind::kText;
  std::string_view fallback{};
  bool required = false;
  std::int64_t least = 0;
  std::int64_t most = 0;  // 0 with least 0: no bounds
  std::string_view help{};
};

struct Address {
  std::string host;
  std::uint16_t port = 0;
};

class Config {
 public:
  // All findings in one refused error ("config"), a line each: the key and the rule. Relative
  // kFile values become relative to the configuration file's folder.
  [[nodiscard]] static Result<Config> Load(const std::string& path,
                                           std::span<const ConfigKey> keys);
  // The same from text, for tests and for the in-process hub.
  [[nodiscard]] static Result<Config> Parse(std::string_view text, const std::string& folder,
                                            std::span<const ConfigKey> keys);

  // Only declared keys may be asked for (else abort: a bug of ours).
  [[nodiscard]] const std::string& Text(std::string_view key) const;
  [[nodiscard]] std::int64_t Integer(std::string_view key) const;
  [[nodiscard]] bool Boolean(std::string_view key) const;
  [[nodiscard]] Address At(std::string_view key) const;

 private:
  std::map<std::string, std::string, std::less<>> values_;
};

// Without the blanks around a key or a value.
[[nodiscard]] std::string_view Trimmed(std::string_view text);

// The declared key whose spelling is nearest, for the refusal of an unknown one.
[[nodiscard]] std::string_view NearestKey(std::string_view unknown,
                                          std::span<const ConfigKey> keys);

}  // namespace guarantee::runtime
