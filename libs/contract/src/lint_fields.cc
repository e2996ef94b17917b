#include <fmt/format.h>

#include <map>
#include <set>

#include "document_reference.h"
#include "lint_rules.h"
#include "options.h"

namespace guarantee::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// A time is written in 19 characters.
constexpr int kTimeLength = 19;

bool TypeFits(const FieldDescriptor& field, v1::FieldKind kind) {
  switch (kind) {
    case v1::FIELD_KIND_TEXT:
    case v1::FIELD_KIND_IDENTITY:
    case v1::FIELD_KIND_ATTACHMENT:
      return field.type() == FieldDescriptor::TYPE_STRING;
    case v1::FIELD_KIND_LISTED:
      return field.enum_type() != nullptr;
    case v1::FIELD_KIND_TIME:
    case v1::FIELD_KIND_MONEY:
    case v1::FIELD_KIND_RATE:
      return field.type() == FieldDescriptor::TYPE_INT64;
    case v1::FIELD_KIND_DOCUMENT:
      return field.message_type() != nullptr && IsReference(*field.message_type());
    case v1::FIELD_KIND_NUMBER:
      return field.type() == FieldDescriptor::TYPE_INT32;
    default:
      return false;
  }
}

class FieldLint {
 public:
  FieldLint(const FieldDescriptor& field, bool has_result, Findings& findings)
      : field_(field), rule_(RuleOf(field)), has_result_(has_result), findings_(findings) {}

  void Run() {
    CheckDeclared();
    CheckLengths();
    CheckEmptiness();
    CheckDisclosure();
    CheckSiblings();
    CheckSwitches();
    if (field_.enum_type() != nullptr) CheckValues(*field_.enum_type());
  }

 private:
  void Expect(bool holds, std::string_view what) {
    if (!holds) findings_.push_back(fmt::format("{}: {}", field_.full_name(), what));
  }
  [[nodiscard]] const FieldDescriptor* Sibling(const std::string& name) const {
    return field_.containing_type()->FindFieldByName(name);
  }

  void CheckDeclared();
  void CheckLengths();
  void CheckEmptiness();
  void CheckDisclosure();
  void CheckSiblings();
  void CheckSwitches();
  void CheckCondition(const v1::Condition& condition);
  void CheckValues(const EnumDescriptor& values);

  const FieldDescriptor& field_;
  const v1::FieldRule& rule_;
  bool has_result_;
  Findings& findings_;
};

void FieldLint::CheckDeclared() {
  Expect(!rule_.wire().empty(), "no wire name");
  Expect(!rule_.title().empty(), "no title");
  Expect(TypeFits(field_, rule_.kind()), "its type does not fit its kind");
  Expect(!field_.is_repeated() && field_.has_presence(), "not optional: absence could not be told");
  Expect(!rule_.sample().empty() || rule_.kind() == v1::FIELD_KIND_DOCUMENT, "no sample");
}

void FieldLint::CheckLengths() {
  Expect(rule_.max_length() >= 0, "negative length");
  Expect(rule_.max_length() > 0 || !rule_.deviation().empty(), "no length and no ruling for that");
  Expect(rule_.kind() != v1::FIELD_KIND_TIME || rule_.max_length() >= kTimeLength,
         "too short for a time");
  Expect(rule_.accepted_length() == 0 || rule_.accepted_length() >= rule_.max_length(),
         "accepts less than it declares");
  Expect(rule_.accepted_length() == 0 || rule_.kind() == v1::FIELD_KIND_TEXT,
         "an accepted length on what is no text");
}

void FieldLint::CheckEmptiness() {
  Expect(!rule_.required() || rule_.required_if().empty(), "required and required_if");
  Expect(!rule_.expected() || !rule_.required(), "required and expected");
  Expect(!rule_.expected() || !rule_.deviation().empty(), "expected without a ruling");
  Expect(!rule_.required() || !rule_.only_on_success(), "required, but only on success");
  Expect(!rule_.only_on_success() || has_result_, "only_on_success without a result");
  Expect(!rule_.receive_only() || !rule_.required(), "required, but never sent");
}

void FieldLint::CheckDisclosure() {
  const bool textual =
      rule_.kind() == v1::FIELD_KIND_TEXT || rule_.kind() == v1::FIELD_KIND_IDENTITY;
  Expect(!rule_.sealed() || textual, "sealed, but neither text nor identity");
  Expect(!rule_.sealed() || rule_.sensitive(), "sealed without saying sensitive");
  Expect(rule_.kind() != v1::FIELD_KIND_ATTACHMENT || rule_.sensitive(),
         "an attachment that is not sensitive");
}

void FieldLint::CheckCondition(const v1::Condition& condition) {
  const FieldDescriptor* sibling = Sibling(condition.field());
  const bool listed = sibling != nullptr && sibling->enum_type() != nullptr;
  Expect(listed, "a condition on no listed sibling");
  if (!listed) return;
  const auto* value = sibling->enum_type()->FindValueByName(condition.value());
  Expect(value != nullptr && !RuleOf(*value).wire().empty(), "a condition on no listed value");
}

void FieldLint::CheckSiblings() {
  for (const auto& condition : rule_.required_if()) CheckCondition(condition);
  for (const auto& condition : rule_.strict_uscc_if()) CheckCondition(condition);
  if (rule_.default_from().empty()) return;
  const FieldDescriptor* source = Sibling(rule_.default_from());
  Expect(source != nullptr && source != &field_ && RuleOf(*source).kind() == rule_.kind(),
         "default_from names no sibling of its kind");
}

void FieldLint::CheckSwitches() {
  Expect(rule_.default_when() == v1::SWITCH_UNSPECIFIED || !rule_.default_from().empty(),
         "default_when without default_from");
  Expect(rule_.only_when() == v1::SWITCH_UNSPECIFIED ||
             (!rule_.deviation().empty() && !rule_.required()),
         "only_when needs a ruling, and cannot be required");
  Expect(rule_.also_wire().empty() == (rule_.only_when_also() == v1::SWITCH_UNSPECIFIED),
         "also_wire and only_when_also belong together");
}

void FieldLint::CheckValues(const EnumDescriptor& values) {
  Expect(values.value(0)->number() == 0 && RuleOf(*values.value(0)).wire().empty(),
         "the zero value has a code");
  std::set<std::string> codes;
  for (int at = 1; at < values.value_count(); ++at) {
    const auto& rule = RuleOf(*values.value(at));
    Expect(!rule.wire().empty() && codes.insert(rule.wire()).second,
           "a listed value without a code of its own");
    Expect(static_cast<int>(rule.wire().size()) <= rule_.max_length(),
           "a listed value longer than the field");
    Expect(!rule.title().empty(), "a listed value without a title");
  }
}

void CheckKeys(const Descriptor& message, Findings& findings) {
  std::map<std::string, const FieldDescriptor*> owners;
  const auto own = [&](const std::string& key, const FieldDescriptor& field, bool again) {
    const auto [found, inserted] = owners.emplace(key, &field);
    if (!inserted && !(again && found->second == &field)) {
      findings.push_back(fmt::format("{}: key {} is taken", field.full_name(), key));
    }
  };
  for (int at = 0; at < message.field_count(); ++at) {
    const auto& rule = RuleOf(*message.field(at));
    own(rule.wire(), *message.field(at), false);
    for (const auto& alias : rule.aliases()) own(alias, *message.field(at), false);
    // What is written under a second key may also be read under it.
    if (!rule.also_wire().empty()) own(rule.also_wire(), *message.field(at), true);
  }
}

}  // namespace

void CheckMessage(const Descriptor& message, bool has_result, Findings& findings) {
  for (int at = 0; at < message.field_count(); ++at) {
    const FieldDescriptor& field = *message.field(at);
    if (!field.options().HasExtension(v1::field)) {
      findings.push_back(fmt::format("{}: no field option", field.full_name()));
      continue;
    }
    FieldLint(field, has_result, findings).Run();
  }
  CheckKeys(message, findings);
}

}  // namespace guarantee::contract
