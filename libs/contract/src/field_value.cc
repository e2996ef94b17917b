#include "field_value.h"

#include <utility>

#include "base/base64.h"
#include "contract/formats.h"
#include "document_reference.h"

namespace guarantee::contract {
namespace {

void Warn(const FieldTarget& target, WarningKind kind, const FieldPlan& field) {
  target.warnings.push_back({kind, field.wire});
}

void SetText(const FieldPlan& field, std::string text, const FieldTarget& target) {
  target.message.GetReflection()->SetString(&target.message, field.descriptor, std::move(text));
}

void SetInteger(const FieldPlan& field, std::int64_t value, const FieldTarget& target) {
  target.message.GetReflection()->SetInt64(&target.message, field.descriptor, value);
}

// An integer token has neither a fraction nor an exponent.
bool IsInteger(std::string_view token) {
  return token.find_first_of(".eE") == std::string_view::npos;
}

Fault JudgeLength(const FieldPlan& field, std::string_view text, const FieldTarget& target) {
  // Code points are never more than bytes, so most values need no count.
  if (text.size() <= field.max_length) return Fault::kNone;
  const std::size_t length = CodePoints(text);
  if (field.accepted_length != 0 && length > field.accepted_length) return Fault::kLength;
  if (length > field.max_length) Warn(target, WarningKind::kOverLong, field);
  return Fault::kNone;
}

Fault SetPlain(const FieldPlan& field, RawValue& value, const FieldTarget& target) {
  if (HasForeignCharacter(field, value.text)) return Fault::kCharacter;
  if (const Fault fault = JudgeLength(field, value.text, target); fault != Fault::kNone) {
    return fault;
  }
  if (field.warn_uscc && !IsUscc(value.text)) Warn(target, WarningKind::kWrongUscc, field);
  SetText(field, std::move(value.text), target);
  return Fault::kNone;
}

Fault SetTextual(const FieldPlan& field, RawValue& value, const FieldTarget& target) {
  const bool number = value.kind == RawValue::Kind::kNumber;
  if (!number && value.kind != RawValue::Kind::kText) return Fault::kFormat;
  if (number && field.kind == FieldKind::kIdentity && !IsInteger(value.text)) return Fault::kFormat;
  if (!field.sealed) return SetPlain(field, value, target);
  if (!LooksSealed(value.text)) {
    Warn(target, WarningKind::kPlainSealed, field);
    return SetPlain(field, value, target);
  }
  if (value.text.size() > kSealedLengthMax) return Fault::kLength;
  SetText(field, std::move(value.text), target);
  return Fault::kNone;
}

Fault SetListed(const FieldPlan& field, const RawValue& value, const FieldTarget& target) {
  if (value.kind != RawValue::Kind::kText && value.kind != RawValue::Kind::kNumber) {
    return Fault::kFormat;
  }
  const std::string_view code = Trim(value.text);
  for (const ListedValue& listed : field.values) {
    if (listed.wire != code) continue;
    target.message.GetReflection()->SetEnumValue(&target.message, field.descriptor, listed.number);
    return Fault::kNone;
  }
  return Fault::kListed;
}

Fault SetTime(const FieldPlan& field, const RawValue& value, const FieldTarget& target) {
  constexpr std::size_t kExactLength = 19;
  if (value.kind != RawValue::Kind::kText) return Fault::kTime;
  const auto at = ParseTime(value.text);
  if (!at) return Fault::kTime;
  if (value.text.size() != kExactLength || value.text[10] != ' ') {
    Warn(target, WarningKind::kFractionalSeconds, field);
  }
  SetInteger(field, at->value, target);
  return Fault::kNone;
}

Fault SetMoney(const FieldPlan& field, const RawValue& value, const FieldTarget& target) {
  if (value.kind != RawValue::Kind::kText && value.kind != RawValue::Kind::kNumber) {
    return Fault::kAmount;
  }
  const std::string_view text = Trim(value.text);
  const auto amount = Money::Parse(text);
  if (!amount) return Fault::kAmount;
  if (text.size() > field.max_length) Warn(target, WarningKind::kOverLong, field);
  SetInteger(field, amount->fen, target);
  return Fault::kNone;
}

Fault SetRate(const FieldPlan& field, const RawValue& value, const FieldTarget& target) {
  if (value.kind != RawValue::Kind::kText && value.kind != RawValue::Kind::kNumber) {
    return Fault::kFormat;
  }
  const auto rate = ParseRate(value.text);
  if (!rate) return Fault::kFormat;
  SetInteger(field, *rate, target);
  return Fault::kNone;
}

Fault SetAttachment(const FieldPlan& field, RawValue& value, const FieldTarget& target) {
  if (value.kind != RawValue::Kind::kText) return Fault::kFormat;
  if (HasForeignCharacter(field, value.text)) return Fault::kCharacter;
  const AttachmentForm form = ClassifyAttachment(value.text);
  if (form == AttachmentForm::kOther) Warn(target, WarningKind::kOddAttachment, field);
  if (form != AttachmentForm::kInline && CodePoints(value.text) > field.max_length) {
    Warn(target, WarningKind::kOverLong, field);
  }
  SetText(field, std::move(value.text), target);
  return Fault::kNone;
}

Fault SetDocument(const FieldPlan& field, const RawValue& value, const FieldTarget& target) {
  if (value.kind != RawValue::Kind::kText) return Fault::kFormat;
  auto bytes = DecodeBase64(value.text);
  if (!bytes) return Fault::kFormat;
  const DocumentParts parts{
      {}, static_cast<std::int64_t>(bytes->size()), std::string(SniffMediaType(*bytes))};
  WriteReference(
      parts, *target.message.GetReflection()->MutableMessage(&target.message, field.descriptor));
  target.documents.push_back({&field, std::move(*bytes)});
  return Fault::kNone;
}

bool IsControl(unsigned char byte) { return byte < 0x20 || byte == 0x7F; }

// U+0080 to U+009F, whose UTF-8 is C2 80 to C2 9F.
bool IsUpperControl(std::string_view text, std::size_t at) {
  return static_cast<unsigned char>(text[at]) == 0xC2 && at + 1 < text.size() &&
         static_cast<unsigned char>(text[at + 1]) < 0xA0;
}

}  // namespace

bool IsEmpty(const RawValue& value) {
  if (value.kind == RawValue::Kind::kAbsent || value.kind == RawValue::Kind::kNull) return true;
  return value.kind == RawValue::Kind::kText && IsBlank(value.text);
}

bool HasForeignCharacter(const FieldPlan& field, std::string_view text) {
  const bool layout = field.kind == FieldKind::kText;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = static_cast<unsigned char>(text[at]);
    if (IsControl(byte) && !(layout && (byte == '\n' || byte == '\t'))) return true;
    if (field.ours && byte >= 0x80) return true;
    if (IsUpperControl(text, at)) return true;
  }
  return false;
}

Fault SetField(const FieldPlan& field, RawValue& value, const FieldTarget& target) {
  switch (field.kind) {
    case FieldKind::kText:
    case FieldKind::kIdentity:
      return SetTextual(field, value, target);
    case FieldKind::kListed:
      return SetListed(field, value, target);
    case FieldKind::kTime:
      return SetTime(field, value, target);
    case FieldKind::kMoney:
      return SetMoney(field, value, target);
    case FieldKind::kRate:
      return SetRate(field, value, target);
    case FieldKind::kAttachment:
      return SetAttachment(field, value, target);
    case FieldKind::kDocument:
      return SetDocument(field, value, target);
    case FieldKind::kNumber:
      return Fault::kFormat;  // answers only, which ReadAnswer reads
  }
  return Fault::kFormat;
}

}  // namespace guarantee::contract
