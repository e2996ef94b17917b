// Opens the sealed fields of one guarantee with the key of 3.7 (rulings 6.2, 6.3). All or nothing:
// every ciphertext must open to text, else none counts. Pure functions, safe on every thread.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "sealing/configuration.h"

namespace guarantee::sealing {

inline constexpr std::size_t kKeyCharsMax = 4'096;
inline constexpr std::size_t kSealedCharsMax = 4'096;
inline constexpr std::size_t kFieldsMax = 32;
inline constexpr std::size_t kCandidatesMax = 64;
inline constexpr std::size_t kCodeCharsMax = 64;

enum class FieldForm { kPlain, kCipher };
// By the looks: what LooksSealed of base/base64.h takes is ciphertext, anything else is plain.
[[nodiscard]] FieldForm DetectForm(std::string_view value);

// What an opened value must look like to be believed.
enum class Content {
  kText,  // UTF-8; of the control characters only line feed and tab
  kCode,  // UTF-8 without control characters and blanks, at most kCodeCharsMax characters
};

struct Field {
  std::string name;  // the caller's own; comes back with the value
  std::string value;
  Content content = Content::kText;
  // As recorded when the value arrived; none: DetectForm decides. A recorded ciphertext that is no
  // longer one refuses the opening instead of passing as plain text.
  std::optional<FieldForm> form = std::nullopt;
};

struct OpenedField {
  std::string name;
  Secret value;
  FieldForm arrived = FieldForm::kPlain;
};

// Why an opening failed. For operators only: whoever sent the key is told nothing but the one
// refusal, lest the answers add up to a padding oracle.
enum class Reason {
  kOpened,
  kNothingSealed,  // success: there was no ciphertext, the key was not tried
  kConfiguration,
  kTooManyFields,
  kKeyLength,    // no characters, or too many
  kKeyForm,      // not in the writing that the scheme asks for
  kKeyKind,      // no RSA key of the right kind and size
  kUnwrapping,   // scheme W: does not unwrap to a key
  kFieldForm,    // said to be ciphertext, but is none
  kBlockLength,  // no whole blocks of this scheme
  kPadding,      // as with a wrong key
  kText,         // opens, but to no text
  kCode,         // opens, but to no code
  kAmbiguous,    // several readings open, to different values
  kNoneFits,     // several were tried, none opens
};
[[nodiscard]] std::string_view NameOf(Reason reason);

// One reading that was tried: "S1-ECB hex".
struct Trial {
  std::string name;
  Reason reason = Reason::kOpened;
};

// For operators; holds neither a key nor a value.
struct Report {
  Reason reason = Reason::kOpened;
  std::vector<Trial> trials;
};

// The values in the order of `fields`, plain ones as they came. Every failure is the same Refused
// "sealing.not_opened", also that of a wrong configuration; `report` (never null) says why. Takes
// the same path through all fields whether the first of them opens or not.
// kAuto: more than one reading may fit as long as all give the same values.
[[nodiscard]] Result<std::vector<OpenedField>> Open(std::span<const Field> fields,
                                                    const Secret& key_text,
                                                    const Configuration& configuration,
                                                    Report* report);
// The same with candidates of the caller's choice, at most kCandidatesMax.
[[nodiscard]] Result<std::vector<OpenedField>> OpenWithAny(
    std::span<const Field> fields, const Secret& key_text,
    std::span<const Configuration> candidates, Report* report);

}  // namespace guarantee::sealing
