#include "crypto/token.h"

#include "crypto/base64.h"
#include "crypto/digest.h"

namespace guarantee::crypto {
namespace {

constexpr std::size_t kTokenBytes = 20;

std::string Join(std::span<const std::string_view> parts) {
  std::string joined;
  for (const std::string_view part : parts) {
    joined += std::to_string(part.size());
    joined += ':';
    joined += part;
  }
  return joined;
}

}  // namespace

Result<TokenKey> TokenKey::Derive(const Secret& master, std::string_view purpose) {
  if (master.Reveal().size() < kKeyBytesMin) {
    return Refused("token.key", "a key has at least 32 bytes");
  }
  return TokenKey(Secret(HmacSha256(master.Reveal(), purpose)));
}

std::string TokenKey::MakeBytes(std::span<const std::string_view> parts) const {
  return HmacSha256(key_.Reveal(), Join(parts));
}

std::string TokenKey::Make(std::span<const std::string_view> parts) const {
  return EncodeBase64Url(std::string_view(MakeBytes(parts)).substr(0, kTokenBytes));
}

}  // namespace guarantee::crypto
