// How one partner seals fields (rulings 6.2). Chosen per partner and never guessed, but for kAuto,
// which is for joint testing only.
#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"

namespace guarantee::sealing {

enum class Scheme {
  kR1,    // RSA reversed: sealed with the private key, the key that comes opens as the public one
  kR2,    // RSA: the key that comes is the private one (PKCS#8)
  kS1,    // SM4 under the key that comes
  kS2,    // AES-128, -192 or -256 under the key that comes
  kS3,    // AES-128-ECB under a key that Java's SHA1PRNG derives from the text that comes
  kW,     // the key that comes is a key of S1 or S2, wrapped by RSA
  kAuto,  // every candidate is tried
};
enum class Mode { kEcb, kCbc };
enum class IvForm {
  kNone,    // ECB only
  kZero,    // sixteen zero bytes
  kPrefix,  // the first block of the ciphertext
  kKey,     // the first sixteen bytes of the key
};
// Of R2, and of an unwrapping by R2.
enum class Padding { kPkcs1, kOaepSha256 };
// How a symmetric key is written. kAny takes every form whose length fits and refuses when two of
// them open to different values.
enum class KeyForm { kAny, kRaw, kHex, kBase64 };
// Who unwraps a key of scheme W.
enum class UnwrapWith {
  kPlatformPublicKey,  // by R1
  kOwnPrivateKey,      // by R2
};

struct Configuration {
  Scheme scheme = Scheme::kR1;
  Scheme inner_scheme = Scheme::kS1;  // kW: kS1 or kS2
  Mode mode = Mode::kEcb;             // kS1, kS2, kW
  IvForm iv_form = IvForm::kNone;     // kCbc: not kNone
  Padding padding = Padding::kPkcs1;  // kR2; kW by kOwnPrivateKey
  KeyForm key_form = KeyForm::kAny;   // kS1, kS2, kW
  UnwrapWith unwrap_with = UnwrapWith::kPlatformPublicKey;
  Secret unwrap_key;  // PEM of an RSA key, not encrypted; kW, and kAuto when it shall try kW
};

// The same in the words of a partner's configuration.
struct ConfigurationWords {
  std::string scheme;               // R1 R2 S1 S2 S3 W auto
  std::string inner_scheme = "S1";  // S1 S2
  std::string mode = "ECB";         // ECB CBC
  std::string iv_form = "none";     // none zero prefix key
  std::string padding = "PKCS1";    // PKCS1 OAEP
  std::string key_form = "any";     // any raw hex base64
  std::string unwrap_with = "R1";   // R1 R2
  Secret unwrap_key;
};

// Permanent "sealing.configuration" with the word at fault in `field`: an unknown word, words that
// do not go together, or an unwrapping key that is none.
[[nodiscard]] Result<Configuration> ReadConfiguration(const ConfigurationWords& words);
[[nodiscard]] Result<void> CheckConfiguration(const Configuration& configuration);

// What kAuto tries: every scheme, mode and IV form, and W where an unwrapping key is configured.
[[nodiscard]] std::vector<Configuration> AutoCandidates(const Configuration& configuration);

// For reports: "S1-CBC-prefix", "W-R2-S2-ECB". Holds no key.
[[nodiscard]] std::string NameOf(const Configuration& configuration);

}  // namespace guarantee::sealing
