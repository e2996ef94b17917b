#include "sealing/configuration.h"

#include <span>
#include <string_view>
#include <utility>

#include "rsa.h"

namespace guarantee::sealing {
namespace {

template <typename T>
struct Word {
  std::string_view word;
  T value;
};

constexpr Word<Scheme> kSchemes[] = {
    {"R1", Scheme::kR1}, {"R2", Scheme::kR2}, {"S1", Scheme::kS1},     {"S2", Scheme::kS2},
    {"S3", Scheme::kS3}, {"W", Scheme::kW},   {"auto", Scheme::kAuto},
};
constexpr Word<Mode> kModes[] = {{"ECB", Mode::kEcb}, {"CBC", Mode::kCbc}};
constexpr Word<IvForm> kIvForms[] = {{"none", IvForm::kNone},
                                     {"zero", IvForm::kZero},
                                     {"prefix", IvForm::kPrefix},
                                     {"key", IvForm::kKey}};
constexpr Word<Padding> kPaddings[] = {{"PKCS1", Padding::kPkcs1}, {"OAEP", Padding::kOaepSha256}};
constexpr Word<KeyForm> kKeyForms[] = {{"any", KeyForm::kAny},
                                       {"raw", KeyForm::kRaw},
                                       {"hex", KeyForm::kHex},
                                       {"base64", KeyForm::kBase64}};
constexpr Word<UnwrapWith> kUnwrappers[] = {{"R1", UnwrapWith::kPlatformPublicKey},
                                            {"R2", UnwrapWith::kOwnPrivateKey}};

tl::unexpected<Error> Wrong(std::string_view field, std::string message) {
  return Permanent("sealing.configuration", std::move(message), std::string(field));
}

template <typename T>
std::string_view WordOf(std::span<const Word<T>> words, T value) {
  for (const Word<T>& word : words) {
    if (word.value == value) return word.word;
  }
  return "?";
}

// Notes the first word that is not among the known ones.
class WordReader {
 public:
  template <typename T>
  void Read(std::string_view field, std::string_view text, std::span<const Word<T>> words,
            T& value) {
    for (const Word<T>& word : words) {
      if (word.word != text) continue;
      value = word.value;
      return;
    }
    if (unknown_.empty()) unknown_ = field;
  }
  [[nodiscard]] std::string_view unknown() const { return unknown_; }

 private:
  std::string_view unknown_;
};

bool IsBlockCipher(Scheme scheme) { return scheme == Scheme::kS1 || scheme == Scheme::kS2; }
bool HasMode(Scheme scheme) { return IsBlockCipher(scheme) || scheme == Scheme::kW; }

bool Unwraps(const Configuration& how) {
  const std::string_view pem = how.unwrap_key.Reveal();
  const Made made = how.unwrap_with == UnwrapWith::kOwnPrivateKey ? MakeRsaFromPem(pem, how.padding)
                                                                  : MakeReversedRsaFromPem(pem);
  return made.opener != nullptr;
}

void AddModes(Configuration candidate, std::vector<Configuration>& candidates) {
  candidate.mode = Mode::kEcb;
  candidate.iv_form = IvForm::kNone;
  candidates.push_back(candidate);
  candidate.mode = Mode::kCbc;
  for (const IvForm form : {IvForm::kZero, IvForm::kPrefix, IvForm::kKey}) {
    candidate.iv_form = form;
    candidates.push_back(candidate);
  }
}

std::string ModeName(const Configuration& how) {
  std::string name = "-";
  name += WordOf<Mode>(kModes, how.mode);
  if (how.iv_form != IvForm::kNone) name.append("-").append(WordOf<IvForm>(kIvForms, how.iv_form));
  return name;
}

}  // namespace

Result<Configuration> ReadConfiguration(const ConfigurationWords& words) {
  Configuration how;
  WordReader reader;
  reader.Read<Scheme>("scheme", words.scheme, kSchemes, how.scheme);
  reader.Read<Scheme>("inner_scheme", words.inner_scheme, kSchemes, how.inner_scheme);
  reader.Read<Mode>("mode", words.mode, kModes, how.mode);
  reader.Read<IvForm>("iv_form", words.iv_form, kIvForms, how.iv_form);
  reader.Read<Padding>("padding", words.padding, kPaddings, how.padding);
  reader.Read<KeyForm>("key_form", words.key_form, kKeyForms, how.key_form);
  reader.Read<UnwrapWith>("unwrap_with", words.unwrap_with, kUnwrappers, how.unwrap_with);
  if (!reader.unknown().empty()) return Wrong(reader.unknown(), "is none of the known words");
  how.unwrap_key = words.unwrap_key;
  if (const Result<void> checked = CheckConfiguration(how); !checked) {
    return tl::unexpected(checked.error());
  }
  return how;
}

Result<void> CheckConfiguration(const Configuration& configuration) {
  const Configuration& how = configuration;
  const bool cbc = how.mode == Mode::kCbc;
  if (!IsBlockCipher(how.inner_scheme)) return Wrong("inner_scheme", "must be S1 or S2");
  if (cbc && !HasMode(how.scheme)) return Wrong("mode", "CBC is for S1, S2 and W only");
  if (cbc != (how.iv_form != IvForm::kNone)) {
    return Wrong("iv_form", "must be zero, prefix or key with CBC and none without");
  }
  const bool wraps =
      how.scheme == Scheme::kW || (how.scheme == Scheme::kAuto && !how.unwrap_key.empty());
  if (wraps && !Unwraps(how)) {
    return Wrong("unwrap_key",
                 "must be the PEM of an RSA key of 1024-4096 bits, public for R1, "
                 "private and without password for R2");
  }
  return {};
}

std::vector<Configuration> AutoCandidates(const Configuration& configuration) {
  std::vector<Configuration> candidates;
  Configuration plain;
  plain.key_form = configuration.key_form;
  for (const Scheme scheme : {Scheme::kR1, Scheme::kR2, Scheme::kS3}) {
    plain.scheme = scheme;
    candidates.push_back(plain);
  }
  plain.scheme = Scheme::kR2;
  plain.padding = Padding::kOaepSha256;
  candidates.push_back(plain);
  plain.padding = Padding::kPkcs1;
  for (const Scheme scheme : {Scheme::kS1, Scheme::kS2}) {
    plain.scheme = scheme;
    AddModes(plain, candidates);
  }
  if (configuration.unwrap_key.empty()) return candidates;
  Configuration wrapped = configuration;
  wrapped.scheme = Scheme::kW;
  for (const Scheme inner : {Scheme::kS1, Scheme::kS2}) {
    wrapped.inner_scheme = inner;
    AddModes(wrapped, candidates);
  }
  return candidates;
}

std::string NameOf(const Configuration& configuration) {
  const Configuration& how = configuration;
  std::string name(WordOf<Scheme>(kSchemes, how.scheme));
  const bool own_key = how.scheme == Scheme::kW && how.unwrap_with == UnwrapWith::kOwnPrivateKey;
  if (how.scheme == Scheme::kW) {
    name.append("-").append(WordOf<UnwrapWith>(kUnwrappers, how.unwrap_with));
  }
  if ((how.scheme == Scheme::kR2 || own_key) && how.padding == Padding::kOaepSha256) {
    name += "-OAEP";
  }
  if (how.scheme == Scheme::kW) name.append("-").append(WordOf<Scheme>(kSchemes, how.inner_scheme));
  if (HasMode(how.scheme)) name += ModeName(how);
  return name;
}

}  // namespace guarantee::sealing
