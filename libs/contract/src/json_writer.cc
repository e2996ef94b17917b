#include "json_writer.h"

#include <utility>

namespace guarantee::contract {
namespace {

constexpr std::string_view kHex = "0123456789abcdef";

void AppendEscaped(std::string& out, char letter) {
  switch (letter) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      break;
  }
  const auto byte = static_cast<unsigned char>(letter);
  out += "\\u00";
  out += kHex[byte >> 4U];
  out += kHex[byte & 0x0FU];
}

bool NeedsEscape(char letter) {
  return static_cast<unsigned char>(letter) < 0x20 || letter == '"' || letter == '\\';
}

}  // namespace

void AppendJsonText(std::string& out, std::string_view text) {
  out.reserve(out.size() + text.size() + 2);
  out += '"';
  std::size_t plain = 0;
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (!NeedsEscape(text[at])) continue;
    out.append(text.substr(plain, at - plain));
    AppendEscaped(out, text[at]);
    plain = at + 1;
  }
  out.append(text.substr(plain));
  out += '"';
}

void JsonObject::Key(std::string_view key) {
  if (!body_.empty()) body_ += ',';
  AppendJsonText(body_, key);
  body_ += ':';
}

void JsonObject::Text(std::string_view key, std::string_view text) {
  Key(key);
  AppendJsonText(body_, text);
}

void JsonObject::Number(std::string_view key, std::string_view token) {
  Key(key);
  body_ += token;
}

std::string JsonObject::Take(std::string_view wrapper) && {
  std::string object = "{" + std::move(body_) + "}";
  if (wrapper.empty()) return object;
  std::string wrapped = "{";
  AppendJsonText(wrapped, wrapper);
  return wrapped + ":" + object + "}";
}

}  // namespace guarantee::contract
