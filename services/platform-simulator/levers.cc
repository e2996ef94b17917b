#include "platform-simulator/levers.h"

namespace guarantee::platform_simulator {
namespace {

tl::unexpected<Error> Wrong(const std::string& key, const std::string& rule) {
  return Refused("levers", rule, key);
}

Result<void> ReadNumber(const std::string& key, const Json& value, std::int64_t most,
                        std::int64_t& number) {
  if (!value.is_number_integer()) return Wrong(key, "must be a number");
  number = value.get<std::int64_t>();
  if (number < 0 || number > most) return Wrong(key, "must be 0 to " + std::to_string(most));
  return {};
}

Result<void> ReadText(const std::string& key, const Json& value, std::string& text) {
  if (!value.is_string()) return Wrong(key, "must be a text");
  text = value.get<std::string>();
  return {};
}

}  // namespace

Result<Levers::Lever> Levers::Read(const Json& document) {
  Lever lever;
  std::int64_t status = lever.misbehaviour.status;
  std::int64_t code = lever.misbehaviour.code;
  for (const auto& [key, value] : document.items()) {
    Result<void> read;
    if (key == "fail_next") {
      read = ReadNumber(key, value, kFailMax, lever.fail_next);
    } else if (key == "status") {
      read = ReadNumber(key, value, 599, status);
    } else if (key == "code") {
      read = ReadNumber(key, value, 99'999, code);
    } else if (key == "delay_ms") {
      read = ReadNumber(key, value, kDelayMaxMs, lever.misbehaviour.delay_ms);
    } else if (key == "message") {
      read = ReadText(key, value, lever.misbehaviour.message);
    } else if (key == "partner") {
      read = ReadText(key, value, lever.partner);
    } else if (key == "section") {
      read = ReadText(key, value, lever.section);
    } else if (key == "cut" && value.is_boolean()) {
      lever.misbehaviour.cut = value.get<bool>();
    } else {
      read = Wrong(key, "unknown key or wrong type");
    }
    if (!read) return tl::unexpected(read.error());
  }
  if (status < 200) return Wrong("status", "must be 200 to 599");
  lever.misbehaviour.status = static_cast<int>(status);
  lever.misbehaviour.code = static_cast<int>(code);
  return lever;
}

Result<void> Levers::Set(std::string_view body) {
  const Json document = Json::parse(body, nullptr, false);
  if (document.is_discarded() || !document.is_object())
    return Wrong("", "a JSON object is expected");
  Result<Lever> lever = document.contains("reset") ? Lever() : Read(document);
  if (!lever) return tl::unexpected(lever.error());
  const std::lock_guard lock(mutex_);
  lever_ = std::move(*lever);
  return {};
}

Json Levers::Show() const {
  const std::lock_guard lock(mutex_);
  const Misbehaviour& one = lever_.misbehaviour;
  return {{"fail_next", lever_.fail_next}, {"status", one.status},     {"code", one.code},
          {"message", one.message},        {"delay_ms", one.delay_ms}, {"cut", one.cut},
          {"partner", lever_.partner},     {"section", lever_.section}};
}

std::optional<Misbehaviour> Levers::Take(std::string_view partner, std::string_view section) {
  const std::lock_guard lock(mutex_);
  if (lever_.fail_next == 0) return std::nullopt;
  if (!lever_.partner.empty() && lever_.partner != partner) return std::nullopt;
  if (!lever_.section.empty() && lever_.section != section) return std::nullopt;
  --lever_.fail_next;
  return lever_.misbehaviour;
}

}  // namespace guarantee::platform_simulator
