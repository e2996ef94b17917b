#include "platform-simulator/endpoints.h"

#include <fstream>
#include <nlohmann/json.hpp>

namespace guarantee::platform_simulator {
namespace {

using nlohmann::json;

constexpr std::size_t kEndpointsBytesMax = std::size_t{1} << 20U;

Result<std::string> ReadFile(const std::string& file) {
  std::ifstream stream(file, std::ios::binary);
  if (!stream) return Refused("endpoints", "cannot read " + file);
  std::string text(kEndpointsBytesMax, '\0');
  stream.read(text.data(), static_cast<std::streamsize>(text.size()));
  text.resize(static_cast<std::size_t>(stream.gcount()));
  return text;
}

std::string Text(const json& object, const char* key) {
  const auto found = object.find(key);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

tl::unexpected<Error> Missing(const std::string& key) {
  return Refused("endpoints", "missing or of the wrong type", key);
}

Result<PartnerEndpoint> ReadPartner(const json& object) {
  if (!object.is_object() || !object.contains("platform") || !object["platform"].is_object()) {
    return Missing("partners[].platform");
  }
  PartnerEndpoint partner{Text(object, "id"),
                          Text(object, "user"),
                          Secret(Text(object, "password")),
                          Text(object, "field_cipher"),
                          Text(object["platform"], "url"),
                          Text(object, "wrap_private_key")};
  if (partner.id.empty() || partner.user.empty() || partner.password.empty()) {
    return Missing("partners[].id, user, password");
  }
  if (partner.platform_url.empty()) return Missing("partners[].platform.url");
  return partner;
}

std::vector<std::string> ReadGateways(const json& gateway) {
  std::vector<std::string> urls;
  if (gateway.contains("urls") && gateway["urls"].is_array()) {
    for (const json& url : gateway["urls"]) {
      if (url.is_string()) urls.push_back(url.get<std::string>());
    }
  }
  if (urls.empty() && !Text(gateway, "url").empty()) urls.push_back(Text(gateway, "url"));
  return urls;
}

// As a shell reads it back; paths may have spaces.
std::string Quoted(const std::string& word) {
  constexpr std::string_view kPlain =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:=@%+,";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char sign : word) text += sign == '\'' ? std::string("'\\''") : std::string(1, sign);
  return text + "'";
}

std::vector<std::string> WordsOf(const json& words) {
  std::vector<std::string> texts;
  if (!words.is_array()) return texts;
  for (const json& word : words) {
    if (word.is_string()) texts.push_back(word.get<std::string>());
  }
  return texts;
}

std::string CommandOf(const json& words) {
  std::string command;
  for (const std::string& word : WordsOf(words)) {
    command += (command.empty() ? "" : " ") + Quoted(word);
  }
  return command;
}

}  // namespace

Result<PlayEndpoints> ReadEndpoints(const std::string& text) {
  const json document = json::parse(text, nullptr, false);
  if (document.is_discarded() || !document.is_object()) {
    return Refused("endpoints", "the file is no JSON object");
  }
  PlayEndpoints endpoints;
  if (document.contains("gateway") && document["gateway"].is_object()) {
    endpoints.gateways = ReadGateways(document["gateway"]);
  }
  if (endpoints.gateways.empty()) return Missing("gateway.url");
  if (!document.contains("partners") || !document["partners"].is_array() ||
      document["partners"].empty()) {
    return Missing("partners");
  }
  for (const json& object : document["partners"]) {
    Result<PartnerEndpoint> partner = ReadPartner(object);
    if (!partner) return tl::unexpected(partner.error());
    endpoints.partners.push_back(std::move(*partner));
  }
  if (document.contains("guaranteectl")) {
    endpoints.guaranteectl = CommandOf(document["guaranteectl"]);
    endpoints.guaranteectl_words = WordsOf(document["guaranteectl"]);
  }
  return endpoints;
}

Result<PlayEndpoints> LoadEndpoints(const std::string& file) {
  const Result<std::string> text = ReadFile(file);
  if (!text) return tl::unexpected(text.error());
  return ReadEndpoints(*text);
}

Result<std::unique_ptr<Sealer>> MakeSealer(const PartnerEndpoint& partner) {
  Secret wrap_key;
  if (!partner.wrap_private_key.empty()) {
    Result<std::string> pem = ReadFile(partner.wrap_private_key);
    if (!pem) return tl::unexpected(pem.error());
    wrap_key = Secret(std::move(*pem));
  }
  return Sealer::Make(partner.field_cipher, wrap_key);
}

}  // namespace guarantee::platform_simulator
