#include "contract/decode.h"

#include <array>
#include <utility>

#include "contract/formats.h"
#include "contract/messages.h"
#include "field_value.h"
#include "json_reader.h"
#include "switches.h"

namespace guarantee::contract {
namespace {

constexpr std::size_t kMessageLengthMax = 200;

struct FaultText {
  Fault fault;
  std::string_view text;
};

constexpr std::array<FaultText, 9> kFaultTexts = {{
    {Fault::kMissing, messages::kMissing},
    {Fault::kTime, messages::kTimeFormat},
    {Fault::kAmount, messages::kAmountFormat},
    {Fault::kFormat, messages::kFieldFormat},
    {Fault::kLength, messages::kTooLong},
    {Fault::kListed, messages::kUnlisted},
    {Fault::kConflict, messages::kConflict},
    {Fault::kCharacter, messages::kForeignCharacter},
    {Fault::kUscc, messages::kUscc},
}};

// Every cause once, each followed by its fields: "必填字段为空: a,b；时间格式错误: c".
std::string Explain(const MessagePlan& plan, const std::vector<Fault>& faults) {
  std::string text;
  for (const auto& [fault, cause] : kFaultTexts) {
    bool first = true;
    for (std::size_t at = 0; at < faults.size(); ++at) {
      if (faults[at] != fault) continue;
      if (first) text.append(text.empty() ? "" : "；").append(cause).append(": ");
      if (!first) text += ',';
      text += plan.fields[at].wire;
      first = false;
    }
  }
  constexpr std::string_view kEllipsis = "…";
  if (CodePoints(text) <= kMessageLengthMax) return text;
  return std::string(CutToCodePoints(text, kMessageLengthMax - 1)).append(kEllipsis);
}

class ItemDecoder {
 public:
  ItemDecoder(const Interface& interface, const Tolerance& tolerance, RawObject raw)
      : interface_(interface),
        plan_(interface.message),
        tolerance_(tolerance),
        raw_(std::move(raw)) {}

  Item Run();

 private:
  void Choose();
  void ChooseFrom(const FieldPlan& field, std::size_t at);
  void TakeDefaults();
  void SetAll();
  void CheckRequired();
  void CheckUscc();
  [[nodiscard]] bool AnyHolds(const std::vector<ConditionPlan>& conditions) const;
  [[nodiscard]] bool IsPresent(std::size_t at) const { return chosen_[at] != nullptr; }
  void Warn(WarningKind kind, const FieldPlan& field) {
    item_.warnings.push_back({kind, field.wire});
  }
  void Fail();

  const Interface& interface_;
  const MessagePlan& plan_;
  const Tolerance& tolerance_;
  RawObject raw_;
  std::vector<RawValue*> chosen_;   // the value that counts for each field; null: empty
  std::vector<RawValue> defaults_;  // copies of siblings' values
  std::vector<Fault> faults_;
  Item item_;
};

void ItemDecoder::ChooseFrom(const FieldPlan& field, std::size_t at) {
  for (const std::size_t key : field.keys) {
    RawValue& value = raw_.values[key];
    if (IsEmpty(value)) continue;
    if (chosen_[at] == nullptr) {
      chosen_[at] = &value;
      if (key != field.keys.front()) Warn(WarningKind::kAlias, field);
      continue;
    }
    const bool same = chosen_[at]->text == value.text;
    if (same) continue;
    if (field.prefer_wire) {
      Warn(WarningKind::kAliasConflict, field);
    } else {
      faults_[at] = Fault::kConflict;
    }
  }
}

void ItemDecoder::Choose() {
  chosen_.assign(plan_.fields.size(), nullptr);
  faults_.assign(plan_.fields.size(), Fault::kNone);
  for (std::size_t at = 0; at < plan_.fields.size(); ++at) ChooseFrom(plan_.fields[at], at);
  if (interface_.flow.field == nullptr) return;
  const auto flow = static_cast<std::size_t>(interface_.flow.field->descriptor->index());
  if (chosen_[flow] != nullptr) item_.number = chosen_[flow]->text;
}

void ItemDecoder::TakeDefaults() {
  // Reserved whole, so that the pointers into it stay good.
  defaults_.reserve(plan_.fields.size());
  for (std::size_t at = 0; at < plan_.fields.size(); ++at) {
    const FieldPlan& field = plan_.fields[at];
    if (chosen_[at] != nullptr || field.default_from == kNoField) continue;
    const bool applies =
        field.default_when == Switch::kNone || IsOn(field.default_when, tolerance_);
    if (!applies || chosen_[field.default_from] == nullptr) continue;
    defaults_.push_back(*chosen_[field.default_from]);
    chosen_[at] = &defaults_.back();
    Warn(WarningKind::kDefaulted, field);
  }
}

void ItemDecoder::SetAll() {
  const FieldTarget target{*item_.message, item_.warnings, item_.documents};
  for (std::size_t at = 0; at < plan_.fields.size(); ++at) {
    if (chosen_[at] == nullptr || faults_[at] != Fault::kNone) continue;
    faults_[at] = SetField(plan_.fields[at], *chosen_[at], target);
  }
}

bool ItemDecoder::AnyHolds(const std::vector<ConditionPlan>& conditions) const {
  const auto* reflection = item_.message->GetReflection();
  for (const ConditionPlan& condition : conditions) {
    if (IsOn(condition.unless, tolerance_)) continue;
    const auto* sibling = plan_.fields[condition.field].descriptor;
    if (reflection->HasField(*item_.message, sibling) &&
        reflection->GetEnumValue(*item_.message, sibling) == condition.value) {
      return true;
    }
  }
  return false;
}

void ItemDecoder::CheckRequired() {
  for (std::size_t at = 0; at < plan_.fields.size(); ++at) {
    const FieldPlan& field = plan_.fields[at];
    if (IsPresent(at)) continue;
    if (field.required || (!field.required_if.empty() && AnyHolds(field.required_if))) {
      faults_[at] = Fault::kMissing;
    } else if (field.expected) {
      Warn(WarningKind::kExpectedMissing, field);
    }
  }
}

void ItemDecoder::CheckUscc() {
  for (std::size_t at = 0; at < plan_.fields.size(); ++at) {
    const FieldPlan& field = plan_.fields[at];
    if (field.strict_uscc_if.empty() || !IsPresent(at) || faults_[at] != Fault::kNone) continue;
    std::string scratch;
    const auto& code = item_.message->GetReflection()->GetStringReference(
        *item_.message, field.descriptor, &scratch);
    if (AnyHolds(field.strict_uscc_if) && !IsUscc(code)) faults_[at] = Fault::kUscc;
  }
}

void ItemDecoder::Fail() {
  DecodeFailure failure{FailureKind::kInvalid, Explain(plan_, faults_), {}};
  for (std::size_t at = 0; at < faults_.size(); ++at) {
    if (faults_[at] != Fault::kNone) failure.fields.push_back(plan_.fields[at].wire);
  }
  if (failure.fields.empty()) return;
  item_.failure = std::move(failure);
  item_.message.reset();
  item_.documents.clear();
}

Item ItemDecoder::Run() {
  item_.unknown_keys = raw_.unknown_keys;
  if (!raw_.is_object) {
    item_.failure = DecodeFailure{FailureKind::kInvalid, std::string(messages::kMalformed), {}};
    return std::move(item_);
  }
  item_.message = NewMessage(interface_);
  Choose();
  TakeDefaults();
  SetAll();
  CheckRequired();
  CheckUscc();
  Fail();
  return std::move(item_);
}

}  // namespace

tl::expected<Decoded, DecodeFailure> Decode(const Interface& interface, std::string_view body,
                                            const Tolerance& tolerance) {
  if (body.size() > interface.body_limit_bytes) {
    return tl::unexpected(
        DecodeFailure{FailureKind::kTooLarge, std::string(messages::kBodyTooLarge), {}});
  }
  auto raw = ReadBody(body, {&interface.message, interface.wrapper, interface.array_in,
                             interface.string_limit_bytes});
  if (!raw) return tl::unexpected(std::move(raw.error()));
  Decoded decoded;
  decoded.array = raw->array;
  decoded.items.reserve(raw->objects.size());
  for (RawObject& object : raw->objects) {
    decoded.items.push_back(ItemDecoder(interface, tolerance, std::move(object)).Run());
  }
  if (!decoded.array && decoded.items.front().failure) {
    return tl::unexpected(std::move(*decoded.items.front().failure));
  }
  return decoded;
}

std::string_view Name(WarningKind kind) {
  switch (kind) {
    case WarningKind::kOverLong:
      return "over_long";
    case WarningKind::kExpectedMissing:
      return "expected_missing";
    case WarningKind::kDefaulted:
      return "defaulted";
    case WarningKind::kAlias:
      return "alias";
    case WarningKind::kAliasConflict:
      return "alias_conflict";
    case WarningKind::kWrongUscc:
      return "wrong_uscc";
    case WarningKind::kPlainSealed:
      return "plain_sealed";
    case WarningKind::kOddAttachment:
      return "odd_attachment";
    case WarningKind::kContractOverflow:
      return "contract_overflow";
    case WarningKind::kCut:
      return "cut";
    case WarningKind::kFractionalSeconds:
      return "fractional_seconds";
  }
  return {};
}

}  // namespace guarantee::contract
