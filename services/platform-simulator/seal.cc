#include "platform-simulator/seal.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>

#include "crypto/base64.h"
#include "crypto/random.h"

namespace guarantee::platform_simulator {
namespace {

// The size of the document's sample key.
constexpr std::size_t kKeyBits = 1024;
constexpr std::size_t kBlockBytes = kKeyBits / 8;
constexpr std::size_t kPlainBytes = kBlockBytes - 11;  // PKCS#1 padding

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

class RsaSealer final : public Sealer {
 public:
  explicit RsaSealer(EVP_PKEY* key) : key_(key) {}

  Result<std::string> Seal(std::string_view plain) override {
    std::string sealed;
    do {
      const std::string_view part = plain.substr(0, kPlainBytes);
      plain.remove_prefix(part.size());
      std::string block(kBlockBytes, '\0');
      if (!Block(part, block)) return Permanent("seal.encrypt", "RSA refuses a block");
      sealed += block;
    } while (!plain.empty());
    return crypto::EncodeBase64(sealed);
  }

 private:
  // A signature without a digest is the private-key operation itself.
  bool Block(std::string_view plain, std::string& block) const {
    const std::unique_ptr<EVP_PKEY_CTX, FreeContext> context(
        EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
    std::size_t size = block.size();
    return context && EVP_PKEY_sign_init(context.get()) == 1 &&
           EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
           EVP_PKEY_sign(context.get(), reinterpret_cast<unsigned char*>(block.data()), &size,
                         Bytes(plain), plain.size()) == 1 &&
           size == block.size();
  }

  std::unique_ptr<EVP_PKEY, FreeKey> key_;
};

class RandomSealer final : public Sealer {
 public:
  Result<std::string> Seal(std::string_view) override {
    return crypto::EncodeBase64(crypto::SystemRandom().Bytes(kBlockBytes));
  }
};

}  // namespace

Result<std::unique_ptr<Sealer>> Sealer::Make(std::string_view scheme) {
  if (scheme != "R1") return std::make_unique<RandomSealer>();
  EVP_PKEY* key = EVP_RSA_gen(kKeyBits);
  if (key == nullptr) return Permanent("seal.key", "no RSA key can be made");
  return std::make_unique<RsaSealer>(key);
}

}  // namespace guarantee::platform_simulator
