#include "contract/encode.h"

#include <utility>

#include "base/base64.h"
#include "contract/fields.h"
#include "contract/formats.h"
#include "document_reference.h"
#include "field_value.h"
#include "json_writer.h"
#include "switches.h"

namespace guarantee::contract {
namespace {

using google::protobuf::Message;

// One field's way out. `text` empty: nothing to say.
using Value = Result<std::string>;

class Encoder {
 public:
  Encoder(const Interface& interface, const Message& message, const Tolerance& tolerance,
          const DocumentSource& documents)
      : interface_(interface),
        message_(message),
        tolerance_(tolerance),
        documents_(documents),
        failed_(!Succeeded(interface, message)) {}

  Result<Encoded> Run();

 private:
  [[nodiscard]] bool LeavesOut(const FieldPlan& field) const;
  [[nodiscard]] bool IsRequired(const FieldPlan& field) const;
  Value Render(const FieldPlan& field);
  Value RenderText(const FieldPlan& field);
  Value RenderDocument(const FieldPlan& field);
  Value RenderAmount(const FieldPlan& field);
  Value Fit(const FieldPlan& field, std::string text);
  Result<void> Write(const FieldPlan& field);

  const Interface& interface_;
  const Message& message_;
  const Tolerance& tolerance_;
  const DocumentSource& documents_;
  bool failed_;
  JsonObject object_;
  std::vector<Warning> warnings_;
};

bool Encoder::LeavesOut(const FieldPlan& field) const {
  if (field.only_when != Switch::kNone) {
    // What only a switch allows is the reason of a failure.
    return !failed_ || !IsOn(field.only_when, tolerance_);
  }
  return field.only_on_success && failed_;
}

bool Encoder::IsRequired(const FieldPlan& field) const {
  if (field.required) return true;
  const auto* reflection = message_.GetReflection();
  for (const ConditionPlan& condition : field.required_if) {
    const auto* sibling = interface_.message.fields[condition.field].descriptor;
    const bool holds = reflection->HasField(message_, sibling) &&
                       reflection->GetEnumValue(message_, sibling) == condition.value;
    if (holds && !IsOn(condition.unless, tolerance_)) return true;
  }
  return false;
}

Value Encoder::Fit(const FieldPlan& field, std::string text) {
  if (field.sent_length == 0 || CodePoints(text) <= field.sent_length) return text;
  if (field.kind == FieldKind::kText && !field.whole) {
    warnings_.push_back({WarningKind::kCut, field.wire});
    return std::string(CutToCodePoints(text, field.sent_length));
  }
  return Permanent("contract.length", "a value that must not be cut exceeds its declared length",
                   field.wire);
}

Value Encoder::RenderText(const FieldPlan& field) {
  std::string text = FieldText(message_, field);
  if (!IsUtf8(text)) return Permanent("contract.text", "the text is not UTF-8", field.wire);
  if (HasForeignCharacter(field, text)) {
    return Permanent("contract.text", "the text holds a character that cannot go out", field.wire);
  }
  if (field.kind == FieldKind::kAttachment) {
    const bool inlined = ClassifyAttachment(text) == AttachmentForm::kInline;
    if (!inlined && CodePoints(text) > field.max_length) {
      warnings_.push_back({WarningKind::kContractOverflow, field.wire});
    }
    return text;
  }
  if (field.sealed && LooksSealed(text) && text.size() <= kSealedLengthMax) return text;
  return Fit(field, std::move(text));
}

Value Encoder::RenderDocument(const FieldPlan& field) {
  if (!HasField(message_, field)) return std::string();
  const DocumentParts reference =
      ReadReference(message_.GetReflection()->GetMessage(message_, field.descriptor));
  auto bytes = documents_(reference.sha256);
  if (!bytes) return tl::unexpected(std::move(bytes.error()));
  if (static_cast<std::int64_t>(bytes->size()) != reference.size_bytes) {
    return Permanent("contract.value", "the document is not of the size its reference says",
                     field.wire);
  }
  return EncodeBase64(*bytes);
}

Value Encoder::RenderAmount(const FieldPlan& field) {
  if (!HasField(message_, field)) return std::string();
  const std::int64_t value = message_.GetReflection()->GetInt64(message_, field.descriptor);
  if (value < 0) return Permanent("contract.value", "the value is negative", field.wire);
  std::string text = field.kind == FieldKind::kMoney ? FormatMoney(Money{value}, field.max_length)
                                                     : FormatRate(value, tolerance_.rate_decimal);
  if (text.size() <= field.max_length) return text;
  if (tolerance_.contract_overflow_fails) {
    return Permanent("contract.overflow", "the value exceeds its declared length", field.wire);
  }
  warnings_.push_back({WarningKind::kContractOverflow, field.wire});
  return text;
}

Value Encoder::Render(const FieldPlan& field) {
  switch (field.kind) {
    case FieldKind::kText:
    case FieldKind::kIdentity:
    case FieldKind::kAttachment:
      return RenderText(field);
    case FieldKind::kDocument:
      return RenderDocument(field);
    case FieldKind::kMoney:
    case FieldKind::kRate:
      return RenderAmount(field);
    case FieldKind::kListed:
    case FieldKind::kTime:
    case FieldKind::kNumber:
      return FieldText(message_, field);
  }
  return std::string();
}

Result<void> Encoder::Write(const FieldPlan& field) {
  if (field.receive_only) return {};
  if (LeavesOut(field)) {
    if (field.keep_empty) object_.Text(field.wire, {});
    return {};
  }
  Value text = Render(field);
  if (!text) return tl::unexpected(std::move(text.error()));
  if (text->empty() || IsBlank(*text)) {
    if (IsRequired(field)) {
      return Permanent("contract.required", "a required field is empty", field.wire);
    }
    if (field.keep_empty) object_.Text(field.wire, {});
    return {};
  }
  object_.Text(field.wire, *text);
  if (IsOn(field.only_when_also, tolerance_)) object_.Text(field.also_wire, *text);
  return {};
}

Result<Encoded> Encoder::Run() {
  for (const FieldPlan& field : interface_.message.fields) {
    auto written = Write(field);
    if (!written) return tl::unexpected(std::move(written.error()));
  }
  const auto chosen = tolerance_.wrapped_out.find(interface_.section);
  const bool wrapped =
      chosen == tolerance_.wrapped_out.end() ? interface_.wrapped_out : chosen->second;
  return Encoded{std::move(object_).Take(wrapped ? interface_.wrapper : std::string_view{}),
                 std::move(warnings_)};
}

}  // namespace

Result<Encoded> Encode(const Interface& interface, const Message& message,
                       const Tolerance& tolerance, const DocumentSource& documents) {
  if (message.GetDescriptor() != interface.message.descriptor) {
    return Permanent("contract.value", "the message is not the interface's");
  }
  return Encoder(interface, message, tolerance, documents).Run();
}

}  // namespace guarantee::contract
