// Reading configuration: every access names its place, every problem is noted and reading goes on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "partner/directory.h"

namespace guarantee::partner {

using Json = nlohmann::json;

// Where in the document we are, and what was wrong so far.
class Place {
 public:
  Place(ConfigurationProblems& problems, std::string path)
      : problems_(&problems), path_(std::move(path)) {}

  [[nodiscard]] Place Key(std::string_view key) const;
  [[nodiscard]] Place Index(std::size_t index) const;
  [[nodiscard]] const std::string& path() const { return path_; }
  void Problem(std::string rule) const { problems_->push_back({path_, std::move(rule)}); }

 private:
  ConfigurationProblems* problems_;
  std::string path_;
};

// An object of which every key has to be asked for: Finish notes the ones nobody knows.
class JsonObject {
 public:
  // A `value` that is no object is a problem, and then empty.
  JsonObject(const Json& value, Place place);

  [[nodiscard]] const Place& place() const { return place_; }
  // Null when the key is missing.
  [[nodiscard]] const Json* Find(std::string_view key);
  // The required ones note a problem and answer an empty value when the key is missing or wrong.
  [[nodiscard]] std::string RequiredText(std::string_view key);
  [[nodiscard]] std::string OptionalText(std::string_view key, std::string_view otherwise);
  [[nodiscard]] std::string OneOf(std::string_view key, const std::vector<std::string>& values,
                                  std::string_view otherwise);
  [[nodiscard]] bool OptionalFlag(std::string_view key, bool otherwise);
  [[nodiscard]] std::int64_t RequiredNumber(std::string_view key, std::int64_t low,
                                            std::int64_t high);
  // A missing one is a problem; an entry count over `max` is one too.
  [[nodiscard]] const Json& RequiredArray(std::string_view key, std::size_t max);
  [[nodiscard]] JsonObject RequiredObject(std::string_view key);
  // An absent one reads as empty.
  [[nodiscard]] JsonObject OptionalObject(std::string_view key);
  // The content of the file that the key names, without its trailing line end.
  [[nodiscard]] std::string RequiredFile(std::string_view key, const std::filesystem::path& folder);
  void Finish() const;

 private:
  const Json* value_;
  Place place_;
  std::vector<std::string> asked_;
};

}  // namespace guarantee::partner
