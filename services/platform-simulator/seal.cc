#include "platform-simulator/seal.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>

#include "crypto/base64.h"
#include "crypto/random.h"

namespace guarantee::platform_simulator {
namespace {

// The size of the document's sample key.
constexpr std::size_t kKeyBits = 1024;
constexpr std::size_t kPaddingBytes = 11;  // PKCS#1
constexpr std::size_t kSymmetricBytes = 16;
constexpr std::size_t kPasswordBytes = 12;

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_PKEY_CTX* context) const { EVP_PKEY_CTX_free(context); }
};
struct FreeCipherContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
struct FreeBio {
  void operator()(BIO* bio) const { BIO_free(bio); }
};
using KeyPtr = std::unique_ptr<EVP_PKEY, FreeKey>;

const unsigned char* Bytes(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* Bytes(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

tl::unexpected<Error> Fault() { return Permanent("seal.encrypt", "OpenSSL refuses to encrypt"); }

enum class Half { kPrivate, kPublic };

// A signature without a digest is the private-key operation itself.
bool RsaBlock(EVP_PKEY* key, Half half, std::string_view plain, std::string& block) {
  const std::unique_ptr<EVP_PKEY_CTX, FreeContext> context(
      EVP_PKEY_CTX_new_from_pkey(nullptr, key, nullptr));
  std::size_t size = block.size();
  if (!context) return false;
  const bool own = half == Half::kPrivate;
  const int begun = own ? EVP_PKEY_sign_init(context.get()) : EVP_PKEY_encrypt_init(context.get());
  if (begun != 1 || EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) != 1) {
    return false;
  }
  const int done =
      own ? EVP_PKEY_sign(context.get(), Bytes(block), &size, Bytes(plain), plain.size())
          : EVP_PKEY_encrypt(context.get(), Bytes(block), &size, Bytes(plain), plain.size());
  return done == 1 && size == block.size();
}

Result<std::string> RsaBlocks(EVP_PKEY* key, Half half, std::string_view plain) {
  const auto block_bytes = static_cast<std::size_t>(EVP_PKEY_get_size(key));
  std::string sealed;
  do {
    const std::string_view part = plain.substr(0, block_bytes - kPaddingBytes);
    plain.remove_prefix(part.size());
    std::string block(block_bytes, '\0');
    if (!RsaBlock(key, half, part, block)) return Fault();
    sealed += block;
  } while (!plain.empty());
  return sealed;
}

// DER in base64: the public half as X.509, the private one as PKCS#8.
Secret Written(EVP_PKEY* key, Half half) {
  const std::unique_ptr<BIO, FreeBio> bio(BIO_new(BIO_s_mem()));
  const int written = half == Half::kPublic ? i2d_PUBKEY_bio(bio.get(), key)
                                            : i2d_PKCS8PrivateKey_bio(bio.get(), key, nullptr,
                                                                      nullptr, 0, nullptr, nullptr);
  if (written != 1) return Secret();
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio.get(), &data);
  return Secret(crypto::EncodeBase64(std::string_view(data, static_cast<std::size_t>(size))));
}

class RsaSealer final : public Sealer {
 public:
  RsaSealer(KeyPtr key, Half seals) : key_(std::move(key)), seals_(seals) {}

  Result<std::string> Seal(std::string_view plain) override {
    const Result<std::string> sealed = RsaBlocks(key_.get(), seals_, plain);
    if (!sealed) return tl::unexpected(sealed.error());
    return crypto::EncodeBase64(*sealed);
  }
  Secret Key() const override {
    return Written(key_.get(), seals_ == Half::kPrivate ? Half::kPublic : Half::kPrivate);
  }

 private:
  KeyPtr key_;
  const Half seals_;
};

class BlockSealer final : public Sealer {
 public:
  // `key` encrypts; `shown` is what 3.7 brings for it.
  BlockSealer(const EVP_CIPHER* cipher, std::string key, Secret shown)
      : cipher_(cipher), key_(std::move(key)), shown_(std::move(shown)) {}

  Result<std::string> Seal(std::string_view plain) override {
    const std::unique_ptr<EVP_CIPHER_CTX, FreeCipherContext> context(EVP_CIPHER_CTX_new());
    std::string sealed(plain.size() + kSymmetricBytes, '\0');
    int first = 0;
    int last = 0;
    const bool done =
        context &&
        EVP_EncryptInit_ex2(context.get(), cipher_, Bytes(key_), nullptr, nullptr) == 1 &&
        EVP_EncryptUpdate(context.get(), Bytes(sealed), &first, Bytes(plain),
                          static_cast<int>(plain.size())) == 1 &&
        EVP_EncryptFinal_ex(context.get(), Bytes(sealed) + first, &last) == 1;
    if (!done) return Fault();
    sealed.resize(static_cast<std::size_t>(first) + static_cast<std::size_t>(last));
    return crypto::EncodeBase64(sealed);
  }
  Secret Key() const override { return shown_; }

 private:
  const EVP_CIPHER* cipher_;  // static, of the library
  const std::string key_;
  const Secret shown_;
};

using Made = Result<std::unique_ptr<Sealer>>;

Made MakeRsa(Half seals) {
  KeyPtr key(EVP_RSA_gen(kKeyBits));
  if (!key) return Permanent("seal.key", "no RSA key can be made");
  return std::make_unique<RsaSealer>(std::move(key), seals);
}

Made MakeBlock(const EVP_CIPHER* cipher) {
  std::string key = crypto::SystemRandom().Bytes(kSymmetricBytes);
  Secret shown(crypto::EncodeBase64(key));
  return std::make_unique<BlockSealer>(cipher, std::move(key), std::move(shown));
}

std::string Sha1(const std::string& text) {
  std::string digest(SHA_DIGEST_LENGTH, '\0');
  EVP_Digest(text.data(), text.size(), Bytes(digest), nullptr, EVP_sha1(), nullptr);
  return digest;
}

// Java's KeyGenerator with SHA1PRNG under a seed (rulings 6.2, S3).
Made MakeDerived() {
  const std::string password = crypto::EncodeBase64(crypto::SystemRandom().Bytes(kPasswordBytes));
  return std::make_unique<BlockSealer>(
      EVP_aes_128_ecb(), Sha1(Sha1(password)).substr(0, kSymmetricBytes), Secret(password));
}

Made MakeWrapped(const Secret& pem) {
  const std::string_view text = pem.Reveal();
  const std::unique_ptr<BIO, FreeBio> bio(
      BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
  const KeyPtr wrapping(bio ? PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr)
                            : nullptr);
  if (!wrapping) return Permanent("seal.key", "scheme W needs the platform's private key");
  std::string key = crypto::SystemRandom().Bytes(kSymmetricBytes);
  const Result<std::string> wrapped = RsaBlocks(wrapping.get(), Half::kPrivate, key);
  if (!wrapped) return tl::unexpected(wrapped.error());
  Secret shown(crypto::EncodeBase64(*wrapped));
  return std::make_unique<BlockSealer>(EVP_sm4_ecb(), std::move(key), std::move(shown));
}

}  // namespace

Made Sealer::Make(std::string_view scheme, const Secret& wrap_key_pem) {
  if (scheme == "R1" || scheme == "auto") return MakeRsa(Half::kPrivate);
  if (scheme == "R2") return MakeRsa(Half::kPublic);
  if (scheme == "S1") return MakeBlock(EVP_sm4_ecb());
  if (scheme == "S2") return MakeBlock(EVP_aes_128_ecb());
  if (scheme == "S3") return MakeDerived();
  if (scheme == "W") return MakeWrapped(wrap_key_pem);
  return Permanent("seal.scheme", "no such field cipher: " + std::string(scheme));
}

}  // namespace guarantee::platform_simulator
