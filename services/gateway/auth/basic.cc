#include "gateway/auth/basic.h"

#include "crypto/base64.h"
#include "http/request_head.h"

namespace guarantee::gateway {

std::optional<Credentials> ReadBasic(std::string_view authorization) {
  constexpr std::string_view kScheme = "Basic";
  if (!http::EqualIgnoringCase(authorization.substr(0, kScheme.size()), kScheme)) {
    return std::nullopt;
  }
  std::string_view rest = authorization.substr(kScheme.size());
  if (!rest.starts_with(' ')) return std::nullopt;
  rest.remove_prefix(rest.find_first_not_of(' ') == std::string_view::npos
                         ? rest.size()
                         : rest.find_first_not_of(' '));
  const std::optional<std::string> pair = crypto::DecodeBase64(rest);
  if (!pair) return std::nullopt;
  const std::size_t colon = pair->find(':');
  if (colon == std::string::npos) return std::nullopt;
  return Credentials{pair->substr(0, colon), Secret(pair->substr(colon + 1))};
}

}  // namespace guarantee::gateway
