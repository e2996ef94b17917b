#include "sealing/open.h"

#include <array>
#include <utility>

#include "base/base64.h"
#include "encoding.h"
#include "readings.h"

namespace guarantee::sealing {
namespace {

constexpr std::array<std::string_view, 15> kReasonNames{
    "opened",   "nothing_sealed", "configuration", "too_many_fields", "key_length",
    "key_form", "key_kind",       "unwrapping",    "field_form",      "block_length",
    "padding",  "text",           "code",          "ambiguous",       "none_fits",
};
static_assert(kReasonNames.size() == static_cast<std::size_t>(Reason::kNoneFits) + 1);

using Values = std::vector<Bytes>;  // one for each ciphertext

std::optional<Bytes> DecodeSealed(std::string_view value) {
  if (value.size() > kSealedCharsMax || !LooksSealed(value)) return std::nullopt;
  return DecodeBase64(value);
}

// A value with the looks of ciphertext, but too long for one, is no plain text either.
FieldForm FormOf(const Field& field) { return field.form ? *field.form : DetectForm(field.value); }

Reason JudgePlain(const Bytes& plain, Content content) {
  const std::string_view text = ViewOf(plain);
  if (!CountText(text, true)) return Reason::kText;
  if (content == Content::kText) return Reason::kOpened;
  const std::optional<std::size_t> length = CountText(text, false);
  const bool code = length && *length <= kCodeCharsMax && !HoldsBlank(text);
  return code ? Reason::kOpened : Reason::kCode;
}

// The ciphertexts of one call, and what has opened them so far.
class Attempt {
 public:
  explicit Attempt(std::span<const Field> fields) : fields_(fields) {}

  Reason Prepare() {
    for (std::size_t at = 0; at < fields_.size(); ++at) {
      if (FormOf(fields_[at]) == FieldForm::kPlain) continue;
      std::optional<Bytes> ciphertext = DecodeSealed(fields_[at].value);
      if (!ciphertext) return Reason::kFieldForm;
      sealed_.push_back({at, std::move(*ciphertext)});
    }
    return sealed_.empty() ? Reason::kNothingSealed : Reason::kOpened;
  }

  void Try(const Configuration& candidate, std::string_view key_text, Report& report) {
    for (const Reading& reading : ReadKey(candidate, key_text)) {
      report.trials.push_back({reading.name, Try(reading)});
    }
  }

  [[nodiscard]] Reason Verdict(const Report& report) const {
    if (ambiguous_) return Reason::kAmbiguous;
    if (fitting_) return Reason::kOpened;
    return report.trials.size() == 1 ? report.trials.front().reason : Reason::kNoneFits;
  }

  [[nodiscard]] std::vector<OpenedField> Take() const {
    std::vector<OpenedField> opened;
    opened.reserve(fields_.size());
    auto sealed = sealed_.begin();
    for (std::size_t at = 0; at < fields_.size(); ++at) {
      const Field& field = fields_[at];
      if (sealed == sealed_.end() || sealed->field != at) {
        opened.push_back({field.name, Secret(field.value), FieldForm::kPlain});
        continue;
      }
      const auto index = static_cast<std::size_t>(sealed++ - sealed_.begin());
      opened.push_back({field.name, ToSecret((*fitting_)[index]), FieldForm::kCipher});
    }
    return opened;
  }

 private:
  struct Sealed {
    std::size_t field;
    Bytes ciphertext;
  };

  // Every field is opened, however the one before it went.
  Reason Try(const Reading& reading) {
    if (reading.opener == nullptr) return reading.reason;
    Reason reason = reading.reason;
    Values values;
    values.reserve(sealed_.size());
    for (const Sealed& sealed : sealed_) {
      Opening opening = reading.opener->Open(sealed.ciphertext);
      if (opening.reason == Reason::kOpened) {
        opening.reason = JudgePlain(opening.plain, fields_[sealed.field].content);
      }
      if (reason == Reason::kOpened) reason = opening.reason;
      values.push_back(std::move(opening.plain));
    }
    if (reason == Reason::kOpened) Keep(std::move(values));
    return reason;
  }

  void Keep(Values values) {
    if (fitting_ && *fitting_ != values) ambiguous_ = true;
    if (!fitting_) fitting_ = std::move(values);
  }

  std::span<const Field> fields_;
  std::vector<Sealed> sealed_;
  std::optional<Values> fitting_;
  bool ambiguous_ = false;
};

Reason CheckCall(std::span<const Field> fields, std::size_t key_chars,
                 std::span<const Configuration> candidates) {
  if (fields.size() > kFieldsMax) return Reason::kTooManyFields;
  if (key_chars == 0 || key_chars > kKeyCharsMax) return Reason::kKeyLength;
  if (candidates.empty() || candidates.size() > kCandidatesMax) return Reason::kConfiguration;
  for (const Configuration& candidate : candidates) {
    if (candidate.scheme == Scheme::kAuto || !CheckConfiguration(candidate)) {
      return Reason::kConfiguration;
    }
  }
  return Reason::kOpened;
}

// The one answer, whatever the cause (rulings 3.7).
tl::unexpected<Error> NotOpened(Reason reason, Report& report) {
  report.reason = reason;
  return Refused("sealing.not_opened", "解密失败，请核对秘钥");
}

}  // namespace

FieldForm DetectForm(std::string_view value) {
  return LooksSealed(value) ? FieldForm::kCipher : FieldForm::kPlain;
}

std::string_view NameOf(Reason reason) { return kReasonNames[static_cast<std::size_t>(reason)]; }

Result<std::vector<OpenedField>> Open(std::span<const Field> fields, const Secret& key_text,
                                      const Configuration& configuration, Report* report) {
  if (configuration.scheme != Scheme::kAuto) {
    return OpenWithAny(fields, key_text, {&configuration, 1}, report);
  }
  return OpenWithAny(fields, key_text, AutoCandidates(configuration), report);
}

Result<std::vector<OpenedField>> OpenWithAny(std::span<const Field> fields, const Secret& key_text,
                                             std::span<const Configuration> candidates,
                                             Report* report) {
  *report = {};
  const std::string_view key = key_text.Reveal();
  const Reason wrong = CheckCall(fields, key.size(), candidates);
  if (wrong != Reason::kOpened) return NotOpened(wrong, *report);
  Attempt attempt(fields);
  const Reason prepared = attempt.Prepare();
  if (prepared == Reason::kFieldForm) return NotOpened(prepared, *report);
  if (prepared == Reason::kNothingSealed) {
    report->reason = prepared;
    return attempt.Take();
  }
  for (const Configuration& candidate : candidates) attempt.Try(candidate, key, *report);
  const Reason verdict = attempt.Verdict(*report);
  if (verdict != Reason::kOpened) return NotOpened(verdict, *report);
  return attempt.Take();
}

}  // namespace guarantee::sealing
