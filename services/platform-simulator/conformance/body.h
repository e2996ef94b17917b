// A JSON body member by member, its values as raw tokens: what a case sends may be wrong on
// purpose.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace guarantee::platform_simulator::conformance {

// A JSON string token of valid UTF-8.
[[nodiscard]] std::string Quote(std::string_view text);

// Members keep their order, and a key may stand twice. A plain value.
class Body {
 public:
  // Replaces the first member of that key, or appends one.
  Body& Set(std::string_view key, std::string token);
  // Appends, whether the key is there or not.
  Body& Add(std::string_view key, std::string token);
  Body& Remove(std::string_view key);
  // The token; empty when there is none.
  [[nodiscard]] std::string_view Find(std::string_view key) const;
  // The same members, last first.
  [[nodiscard]] Body Reversed() const;
  [[nodiscard]] std::string Text() const;

 private:
  struct Member {
    std::string key;
    std::string token;
  };
  std::vector<Member> members_;
};

}  // namespace guarantee::platform_simulator::conformance
