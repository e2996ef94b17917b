#include "json_object.h"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace guarantee::partner {
namespace {

constexpr std::uintmax_t kSecretBytesMax = 64 * 1024;

const Json& EmptyObject() {
  static const Json empty = Json::object();
  return empty;
}

const Json& EmptyArray() {
  static const Json empty = Json::array();
  return empty;
}

std::optional<std::string> ReadSecret(const std::filesystem::path& file) {
  std::error_code error;
  const std::uintmax_t size = std::filesystem::file_size(file, error);
  if (error || size > kSecretBytesMax) return std::nullopt;
  std::ifstream stream(file, std::ios::binary);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) return std::nullopt;
  std::string content = text.str();
  if (content.ends_with('\n')) content.pop_back();
  if (content.ends_with('\r')) content.pop_back();
  return content;
}

}  // namespace

Place Place::Key(std::string_view key) const {
  return {*problems_, path_.empty() ? std::string(key) : fmt::format("{}.{}", path_, key)};
}

Place Place::Index(std::size_t index) const {
  return {*problems_, fmt::format("{}[{}]", path_, index)};
}

JsonObject::JsonObject(const Json& value, Place place) : value_(&value), place_(std::move(place)) {
  if (value.is_object()) return;
  place_.Problem("must be an object");
  value_ = &EmptyObject();
}

const Json* JsonObject::Find(std::string_view key) {
  asked_.emplace_back(key);
  const auto found = value_->find(std::string(key));
  return found == value_->end() ? nullptr : &*found;
}

std::string JsonObject::RequiredText(std::string_view key) {
  const Json* value = Find(key);
  if (value == nullptr || !value->is_string() || value->get_ref<const std::string&>().empty()) {
    place_.Key(key).Problem("must be text that is not empty");
    return {};
  }
  return *value;
}

std::string JsonObject::OptionalText(std::string_view key, std::string_view otherwise) {
  const Json* value = Find(key);
  if (value == nullptr || value->is_null()) return std::string(otherwise);
  if (value->is_string()) return *value;
  place_.Key(key).Problem("must be text");
  return std::string(otherwise);
}

std::string JsonObject::OneOf(std::string_view key, const std::vector<std::string>& values,
                              std::string_view otherwise) {
  std::string text = OptionalText(key, otherwise);
  if (std::find(values.begin(), values.end(), text) == values.end()) {
    place_.Key(key).Problem(fmt::format("must be one of {}", fmt::join(values, ", ")));
  }
  return text;
}

bool JsonObject::OptionalFlag(std::string_view key, bool otherwise) {
  const Json* value = Find(key);
  if (value == nullptr) return otherwise;
  if (value->is_boolean()) return *value;
  place_.Key(key).Problem("must be true or false");
  return otherwise;
}

std::int64_t JsonObject::RequiredNumber(std::string_view key, std::int64_t low, std::int64_t high) {
  const Json* value = Find(key);
  if (value != nullptr && value->is_number_integer() && *value >= low && *value <= high) {
    return *value;
  }
  place_.Key(key).Problem(fmt::format("must be a whole number from {} to {}", low, high));
  return low;
}

const Json& JsonObject::RequiredArray(std::string_view key, std::size_t max) {
  const Json* value = Find(key);
  if (value != nullptr && value->is_array() && !value->empty() && value->size() <= max) {
    return *value;
  }
  place_.Key(key).Problem(fmt::format("must be a list of 1 to {} entries", max));
  return EmptyArray();
}

JsonObject JsonObject::RequiredObject(std::string_view key) {
  const Json* value = Find(key);
  static const Json missing;
  return {value == nullptr ? missing : *value, place_.Key(key)};
}

JsonObject JsonObject::OptionalObject(std::string_view key) {
  const Json* value = Find(key);
  return {value == nullptr || value->is_null() ? EmptyObject() : *value, place_.Key(key)};
}

std::string JsonObject::RequiredFile(std::string_view key, const std::filesystem::path& folder) {
  const std::size_t before = asked_.size();
  const std::string name = RequiredText(key);
  asked_.resize(before + 1);
  if (name.empty()) return {};
  std::optional<std::string> content = ReadSecret(folder / name);
  if (content && !content->empty()) return *std::move(content);
  place_.Key(key).Problem("must name a readable file that is not empty");
  return {};
}

void JsonObject::Finish() const {
  for (const auto& [key, value] : value_->items()) {
    if (std::find(asked_.begin(), asked_.end(), key) == asked_.end()) {
      place_.Key(key).Problem("unknown key");
    }
  }
}

}  // namespace guarantee::partner
