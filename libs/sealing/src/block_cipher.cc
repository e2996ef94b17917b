#include "block_cipher.h"

#include <openssl/sha.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <utility>

#include "constant_time.h"
#include "openssl.h"

namespace guarantee::sealing {
namespace {

constexpr std::size_t kBlockBytes = 16;

const char* AlgorithmOf(BlockCipher cipher, Mode mode, std::size_t key_bytes) {
  const bool ecb = mode == Mode::kEcb;
  if (cipher == BlockCipher::kSm4) return ecb ? "SM4-ECB" : "SM4-CBC";
  if (key_bytes == 16) return ecb ? "AES-128-ECB" : "AES-128-CBC";
  if (key_bytes == 24) return ecb ? "AES-192-ECB" : "AES-192-CBC";
  return ecb ? "AES-256-ECB" : "AES-256-CBC";
}

class BlockOpener final : public Opener {
 public:
  BlockOpener(OpenSslPtr<EVP_CIPHER> cipher, IvForm iv_form, Bytes key)
      : cipher_(std::move(cipher)), iv_form_(iv_form), key_(std::move(key)) {}

  [[nodiscard]] Opening Open(const Bytes& ciphertext) const override {
    const std::size_t head = iv_form_ == IvForm::kPrefix ? kBlockBytes : 0;
    if (ciphertext.size() < head + kBlockBytes || ciphertext.size() % kBlockBytes != 0) {
      return {Reason::kBlockLength, {}};
    }
    const QuietErrors quiet;
    Bytes opened(ciphertext.size() - head);
    const bool done = Decrypt(ciphertext, head, opened);
    const std::optional<std::size_t> size = Pkcs7DataSize(opened);
    if (!done || !size) return {Reason::kPadding, {}};
    opened.resize(*size);
    return {Reason::kOpened, std::move(opened)};
  }
  [[nodiscard]] std::size_t BlockBytes() const override { return kBlockBytes; }

 private:
  // The padding stays on: taking it off is not for a function that returns at the first bad byte.
  [[nodiscard]] bool Decrypt(const Bytes& ciphertext, std::size_t head, Bytes& opened) const {
    std::array<unsigned char, kBlockBytes> iv{};
    if (iv_form_ == IvForm::kPrefix) std::copy_n(ciphertext.begin(), iv.size(), iv.begin());
    if (iv_form_ == IvForm::kKey) std::copy_n(key_.begin(), iv.size(), iv.begin());
    const OpenSslPtr<EVP_CIPHER_CTX> context(EVP_CIPHER_CTX_new());
    int size = 0;
    const bool done =
        context &&
        EVP_DecryptInit_ex2(context.get(), cipher_.get(), key_.data(), iv.data(), nullptr) == 1 &&
        EVP_CIPHER_CTX_set_padding(context.get(), 0) == 1 &&
        EVP_DecryptUpdate(context.get(), opened.data(), &size, ciphertext.data() + head,
                          static_cast<int>(opened.size())) == 1 &&
        static_cast<std::size_t>(size) == opened.size();
    OPENSSL_cleanse(iv.data(), iv.size());
    return done;
  }

  OpenSslPtr<EVP_CIPHER> cipher_;
  IvForm iv_form_;
  Bytes key_;
};

}  // namespace

bool IsKeySize(BlockCipher cipher, std::size_t bytes) {
  return bytes == 16 || (cipher == BlockCipher::kAes && (bytes == 24 || bytes == 32));
}

Made MakeBlockCipher(BlockCipher cipher, Mode mode, IvForm iv_form, Bytes key) {
  if (!IsKeySize(cipher, key.size())) return {Reason::kKeyForm, nullptr};
  const QuietErrors quiet;
  OpenSslPtr<EVP_CIPHER> fetched(
      EVP_CIPHER_fetch(nullptr, AlgorithmOf(cipher, mode, key.size()), nullptr));
  if (!fetched) return {Reason::kConfiguration, nullptr};
  return {Reason::kOpened,
          std::make_unique<BlockOpener>(std::move(fetched), iv_form, std::move(key))};
}

Bytes DeriveSha1PrngKey(std::string_view seed) {
  Bytes state(SHA_DIGEST_LENGTH);
  Bytes output(SHA_DIGEST_LENGTH);
  std::size_t size = 0;
  const bool done =
      EVP_Q_digest(nullptr, "SHA1", nullptr, seed.data(), seed.size(), state.data(), &size) == 1 &&
      EVP_Q_digest(nullptr, "SHA1", nullptr, state.data(), state.size(), output.data(), &size) == 1;
  // As libs/crypto does it: without digests nothing of ours may go on.
  if (!done) std::abort();
  output.resize(kBlockBytes);
  return output;
}

}  // namespace guarantee::sealing
