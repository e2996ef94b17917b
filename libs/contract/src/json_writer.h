// Flat JSON, escaped and appended; what we send has no more structure than that.
#pragma once

#include <string>
#include <string_view>

namespace guarantee::contract {

// `text` must be valid UTF-8; adds the quotes.
void AppendJsonText(std::string& out, std::string_view text);

// Keys and values of one object, in the order they are added.
class JsonObject {
 public:
  void Text(std::string_view key, std::string_view text);
  // `token` must be a JSON number.
  void Number(std::string_view key, std::string_view token);
  // The object, or {"<wrapper>":{…}} when a wrapper is named.
  [[nodiscard]] std::string Take(std::string_view wrapper) &&;

 private:
  void Key(std::string_view key);

  std::string body_;
};

}  // namespace guarantee::contract
