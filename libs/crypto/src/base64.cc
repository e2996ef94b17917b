#include "crypto/base64.h"

#include <algorithm>

#include "base/base64.h"

namespace guarantee::crypto {

std::string EncodeBase64(std::string_view bytes) { return guarantee::EncodeBase64(bytes); }

std::string EncodeBase64Url(std::string_view bytes) {
  std::string text = guarantee::EncodeBase64(bytes);
  text.resize(std::min(text.size(), text.find('=')));
  std::replace(text.begin(), text.end(), '+', '-');
  std::replace(text.begin(), text.end(), '/', '_');
  return text;
}

std::optional<std::string> DecodeBase64(std::string_view text) {
  return text.empty() ? std::string() : guarantee::DecodeBase64(text);
}

}  // namespace guarantee::crypto
