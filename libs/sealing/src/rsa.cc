#include "rsa.h"

#include <openssl/core_names.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include <utility>

#include "constant_time.h"
#include "openssl.h"

namespace guarantee::sealing {
namespace {

using Key = OpenSslPtr<EVP_PKEY>;

constexpr int kBitsMin = 1'024;
constexpr int kBitsMax = 4'096;
constexpr int kExponentBitsMax = 64;  // a longer one would cost as much as a private operation

// An exponent of 1 would open everything to itself, an even one belongs to no key.
bool HasSoundExponent(const EVP_PKEY* key) {
  BIGNUM* read = nullptr;
  if (EVP_PKEY_get_bn_param(key, OSSL_PKEY_PARAM_RSA_E, &read) != 1) return false;
  const OpenSslPtr<BIGNUM> exponent(read);
  return BN_is_odd(exponent.get()) == 1 && BN_is_one(exponent.get()) == 0 &&
         BN_num_bits(exponent.get()) <= kExponentBitsMax;
}

bool IsUsable(const EVP_PKEY* key) {
  if (key == nullptr || EVP_PKEY_is_a(key, "RSA") != 1) return false;
  const int bits = EVP_PKEY_get_bits(key);
  return bits >= kBitsMin && bits <= kBitsMax && bits % 8 == 0 && HasSoundExponent(key);
}

// Whole blocks, each opened on its own and the results joined, before anybody looks whether they
// are text: a character may lie across two blocks.
class RsaOpener : public Opener {
 public:
  explicit RsaOpener(Key key)
      : key_(std::move(key)),
        block_bytes_(static_cast<std::size_t>(EVP_PKEY_get_size(key_.get()))) {}

  [[nodiscard]] Opening Open(const Bytes& ciphertext) const override {
    if (ciphertext.empty() || ciphertext.size() % block_bytes_ != 0) {
      return {Reason::kBlockLength, {}};
    }
    const QuietErrors quiet;
    Opening opening;
    opening.plain.reserve(ciphertext.size());
    for (std::size_t at = 0; at < ciphertext.size(); at += block_bytes_) {
      // A bad block does not end the loop: how far it got would show.
      if (!Append(ciphertext.data() + at, opening.plain)) opening.reason = Reason::kPadding;
    }
    if (opening.reason != Reason::kOpened) opening.plain = Bytes();
    return opening;
  }
  [[nodiscard]] std::size_t BlockBytes() const final { return block_bytes_; }

 protected:
  [[nodiscard]] virtual bool Append(const unsigned char* block, Bytes& plain) const = 0;
  [[nodiscard]] OpenSslPtr<EVP_PKEY_CTX> NewContext() const {
    return OpenSslPtr<EVP_PKEY_CTX>(EVP_PKEY_CTX_new_from_pkey(nullptr, key_.get(), nullptr));
  }

 private:
  Key key_;
  std::size_t block_bytes_;
};

// To recover what a signature without digest was made of is to undo the private-key operation.
class ReversedRsa final : public RsaOpener {
 public:
  using RsaOpener::RsaOpener;

 private:
  [[nodiscard]] bool Append(const unsigned char* block, Bytes& plain) const override {
    const OpenSslPtr<EVP_PKEY_CTX> context = NewContext();
    Bytes opened(BlockBytes());
    std::size_t size = opened.size();
    const bool done =
        context && EVP_PKEY_verify_recover_init(context.get()) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_PADDING) == 1 &&
        EVP_PKEY_verify_recover(context.get(), opened.data(), &size, block, BlockBytes()) == 1 &&
        size <= opened.size();
    if (!done) return false;
    plain.insert(plain.end(), opened.data(), opened.data() + size);
    return true;
  }
};

// The padding is taken off here: OpenSSL 3.0 tells good from bad by its return value, which is what
// a padding oracle needs.
class Pkcs1Rsa final : public RsaOpener {
 public:
  using RsaOpener::RsaOpener;

 private:
  [[nodiscard]] bool Append(const unsigned char* block, Bytes& plain) const override {
    const OpenSslPtr<EVP_PKEY_CTX> context = NewContext();
    Bytes opened(BlockBytes());
    std::size_t size = opened.size();
    const bool done =
        context && EVP_PKEY_decrypt_init(context.get()) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_NO_PADDING) == 1 &&
        EVP_PKEY_decrypt(context.get(), opened.data(), &size, block, BlockBytes()) == 1 &&
        size == opened.size();
    const std::optional<std::size_t> begin = Pkcs1DataBegin(opened);
    const std::size_t from = done && begin ? *begin : opened.size();
    plain.insert(plain.end(), opened.data() + from, opened.data() + opened.size());
    return done && begin.has_value();
  }
};

class OaepRsa final : public RsaOpener {
 public:
  using RsaOpener::RsaOpener;

 private:
  [[nodiscard]] bool Append(const unsigned char* block, Bytes& plain) const override {
    const OpenSslPtr<EVP_PKEY_CTX> context = NewContext();
    Bytes opened(BlockBytes());
    std::size_t size = opened.size();
    const bool done =
        context && EVP_PKEY_decrypt_init(context.get()) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(context.get(), RSA_PKCS1_OAEP_PADDING) == 1 &&
        EVP_PKEY_CTX_set_rsa_oaep_md(context.get(), EVP_sha256()) == 1 &&
        EVP_PKEY_CTX_set_rsa_mgf1_md(context.get(), EVP_sha256()) == 1 &&
        EVP_PKEY_decrypt(context.get(), opened.data(), &size, block, BlockBytes()) == 1 &&
        size <= opened.size();
    if (!done) return false;
    plain.insert(plain.end(), opened.data(), opened.data() + size);
    return true;
  }
};

Made Reversed(Key key) {
  if (!IsUsable(key.get())) return {Reason::kKeyKind, nullptr};
  return {Reason::kOpened, std::make_unique<ReversedRsa>(std::move(key))};
}

Made Private(Key key, Padding padding) {
  if (!IsUsable(key.get())) return {Reason::kKeyKind, nullptr};
  if (padding == Padding::kOaepSha256) {
    return {Reason::kOpened, std::make_unique<OaepRsa>(std::move(key))};
  }
  return {Reason::kOpened, std::make_unique<Pkcs1Rsa>(std::move(key))};
}

// Without it OpenSSL would ask a terminal.
int NoPassword(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*own*/) { return -1; }

OpenSslPtr<BIO> Reader(std::string_view text) {
  return OpenSslPtr<BIO>(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

}  // namespace

Made MakeReversedRsa(const Bytes& der) {
  const QuietErrors quiet;
  const unsigned char* at = der.data();
  Key key(d2i_PUBKEY(nullptr, &at, static_cast<long>(der.size())));
  if (at != der.data() + der.size()) return {Reason::kKeyKind, nullptr};
  return Reversed(std::move(key));
}

Made MakeRsa(const Bytes& der, Padding padding) {
  const QuietErrors quiet;
  const unsigned char* at = der.data();
  const OpenSslPtr<PKCS8_PRIV_KEY_INFO> info(
      d2i_PKCS8_PRIV_KEY_INFO(nullptr, &at, static_cast<long>(der.size())));
  if (!info || at != der.data() + der.size()) return {Reason::kKeyKind, nullptr};
  return Private(Key(EVP_PKCS82PKEY(info.get())), padding);
}

Made MakeReversedRsaFromPem(std::string_view pem) {
  const QuietErrors quiet;
  const OpenSslPtr<BIO> reader = Reader(pem);
  return Reversed(Key(PEM_read_bio_PUBKEY(reader.get(), nullptr, NoPassword, nullptr)));
}

Made MakeRsaFromPem(std::string_view pem, Padding padding) {
  const QuietErrors quiet;
  const OpenSslPtr<BIO> reader = Reader(pem);
  return Private(Key(PEM_read_bio_PrivateKey(reader.get(), nullptr, NoPassword, nullptr)), padding);
}

}  // namespace guarantee::sealing
