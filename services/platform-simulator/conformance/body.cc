#include "platform-simulator/conformance/body.h"

#include <algorithm>
#include <nlohmann/json.hpp>

namespace guarantee::platform_simulator::conformance {

std::string Quote(std::string_view text) { return nlohmann::json(std::string(text)).dump(); }

Body& Body::Set(std::string_view key, std::string token) {
  for (Member& member : members_) {
    if (member.key != key) continue;
    member.token = std::move(token);
    return *this;
  }
  return Add(key, std::move(token));
}

Body& Body::Add(std::string_view key, std::string token) {
  members_.push_back({std::string(key), std::move(token)});
  return *this;
}

Body& Body::Remove(std::string_view key) {
  std::erase_if(members_, [key](const Member& member) { return member.key == key; });
  return *this;
}

std::string_view Body::Find(std::string_view key) const {
  for (const Member& member : members_) {
    if (member.key == key) return member.token;
  }
  return {};
}

Body Body::Reversed() const {
  Body reversed = *this;
  std::reverse(reversed.members_.begin(), reversed.members_.end());
  return reversed;
}

std::string Body::Text() const {
  std::string text = "{";
  for (const Member& member : members_) {
    if (text.size() > 1) text += ',';
    text += Quote(member.key) + ":" + member.token;
  }
  return text + "}";
}

}  // namespace guarantee::platform_simulator::conformance
