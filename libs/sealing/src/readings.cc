#include "readings.h"

#include <array>
#include <optional>
#include <utility>

#include "block_cipher.h"
#include "crypto/random.h"
#include "encoding.h"
#include "rsa.h"

namespace guarantee::sealing {
namespace {

constexpr std::size_t kSubstituteKeyBytes = 16;

struct Writing {
  KeyForm form;
  std::string_view name;
};
constexpr std::array<Writing, 3> kWritings{{
    {KeyForm::kHex, " hex"},
    {KeyForm::kBase64, " base64"},
    {KeyForm::kRaw, " raw"},
}};

std::vector<Reading> One(std::string name, Made made) {
  std::vector<Reading> readings;
  readings.push_back({std::move(name), made.reason, std::move(made.opener)});
  return readings;
}

std::optional<Bytes> Read(KeyForm form, std::string_view text) {
  if (form == KeyForm::kHex) return DecodeHex(text);
  if (form == KeyForm::kBase64) return DecodeBase64(text);
  return ToBytes(text);
}

BlockCipher CipherOf(Scheme scheme) {
  return scheme == Scheme::kS1 ? BlockCipher::kSm4 : BlockCipher::kAes;
}

Reading Make(const Configuration& how, Scheme scheme, std::string name, Bytes key) {
  Made made = MakeBlockCipher(CipherOf(scheme), how.mode, how.iv_form, std::move(key));
  return {std::move(name), made.reason, std::move(made.opener)};
}

std::vector<Reading> ReadSymmetric(const Configuration& how, Scheme scheme, std::string_view text) {
  std::vector<Reading> readings;
  for (const Writing& writing : kWritings) {
    if (how.key_form != KeyForm::kAny && how.key_form != writing.form) continue;
    std::optional<Bytes> key = Read(writing.form, text);
    if (!key || !IsKeySize(CipherOf(scheme), key->size())) continue;
    readings.push_back(Make(how, scheme, NameOf(how).append(writing.name), std::move(*key)));
  }
  if (readings.empty()) readings.push_back({NameOf(how), Reason::kKeyForm, nullptr});
  return readings;
}

Made MakeUnwrapper(const Configuration& how) {
  const std::string_view pem = how.unwrap_key.Reveal();
  return how.unwrap_with == UnwrapWith::kOwnPrivateKey ? MakeRsaFromPem(pem, how.padding)
                                                       : MakeReversedRsaFromPem(pem);
}

// What is wrapped may be the key's bytes or their writing.
std::vector<Reading> ReadUnwrapped(const Configuration& how, const Bytes& key) {
  std::vector<Reading> readings = ReadSymmetric(how, how.inner_scheme, ViewOf(key));
  if (readings.front().opener == nullptr) {
    Reading substitute = Make(how, how.inner_scheme, NameOf(how),
                              ToBytes(crypto::SystemRandom().Bytes(kSubstituteKeyBytes)));
    substitute.reason = Reason::kUnwrapping;
    readings.front() = std::move(substitute);
  }
  return readings;
}

std::vector<Reading> ReadWrapped(const Configuration& how, std::string_view text) {
  const std::optional<Bytes> wrapped = DecodeBase64(text);
  if (!wrapped) return One(NameOf(how), {Reason::kKeyForm, nullptr});
  const Made unwrapper = MakeUnwrapper(how);
  if (unwrapper.opener == nullptr) return One(NameOf(how), {Reason::kConfiguration, nullptr});
  if (wrapped->size() != unwrapper.opener->BlockBytes()) {
    return One(NameOf(how), {Reason::kKeyForm, nullptr});
  }
  return ReadUnwrapped(how, unwrapper.opener->Open(*wrapped).plain);
}

std::vector<Reading> ReadRsa(const Configuration& how, std::string_view text) {
  const std::optional<Bytes> der = DecodeBase64(text);
  if (!der) return One(NameOf(how), {Reason::kKeyForm, nullptr});
  return One(NameOf(how),
             how.scheme == Scheme::kR1 ? MakeReversedRsa(*der) : MakeRsa(*der, how.padding));
}

}  // namespace

std::vector<Reading> ReadKey(const Configuration& configuration, std::string_view key_text) {
  switch (configuration.scheme) {
    case Scheme::kR1:
    case Scheme::kR2:
      return ReadRsa(configuration, key_text);
    case Scheme::kS1:
    case Scheme::kS2:
      return ReadSymmetric(configuration, configuration.scheme, key_text);
    case Scheme::kS3:
      return One(NameOf(configuration),
                 MakeBlockCipher(BlockCipher::kAes, Mode::kEcb, IvForm::kNone,
                                 DeriveSha1PrngKey(key_text)));
    case Scheme::kW:
      return ReadWrapped(configuration, key_text);
    case Scheme::kAuto:
      break;
  }
  return One(NameOf(configuration), {Reason::kConfiguration, nullptr});
}

}  // namespace guarantee::sealing
