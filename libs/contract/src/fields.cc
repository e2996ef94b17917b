#include "contract/fields.h"

#include "compile.h"
#include "contract/formats.h"

namespace guarantee::contract {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

std::string ListedText(const FieldPlan& field, int number) {
  for (const ListedValue& value : field.values) {
    if (value.number == number) return value.wire;
  }
  return {};
}

std::string IntegerText(const FieldPlan& field, std::int64_t value) {
  switch (field.kind) {
    case FieldKind::kTime:
      return FormatTime(UnixMillis{value});
    case FieldKind::kMoney:
      return Money{value}.ToText();
    case FieldKind::kRate:
      return FormatRate(value, false);
    default:
      return std::to_string(value);
  }
}

}  // namespace

std::string FieldText(const Message& message, const FieldPlan& field) {
  const auto* reflection = message.GetReflection();
  if (field.descriptor->is_repeated() || !reflection->HasField(message, field.descriptor)) {
    return {};
  }
  switch (field.descriptor->cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return reflection->GetString(message, field.descriptor);
    case FieldDescriptor::CPPTYPE_ENUM:
      return ListedText(field, reflection->GetEnumValue(message, field.descriptor));
    case FieldDescriptor::CPPTYPE_INT64:
      return IntegerText(field, reflection->GetInt64(message, field.descriptor));
    case FieldDescriptor::CPPTYPE_INT32:
      return std::to_string(reflection->GetInt32(message, field.descriptor));
    default:
      return {};
  }
}

std::string FieldText(const Message& message, std::string_view field) {
  const std::size_t dot = field.find('.');
  const auto* descriptor =
      message.GetDescriptor()->FindFieldByName(std::string(field.substr(0, dot)));
  if (descriptor == nullptr) return {};
  if (dot == std::string_view::npos) return FieldText(message, CompileField(*descriptor));
  const auto* reflection = message.GetReflection();
  const bool enters = descriptor->cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE &&
                      !descriptor->is_repeated() && reflection->HasField(message, descriptor);
  return enters ? FieldText(reflection->GetMessage(message, descriptor), field.substr(dot + 1))
                : std::string{};
}

bool HasField(const Message& message, const FieldPlan& field) {
  const auto* reflection = message.GetReflection();
  if (!reflection->HasField(message, field.descriptor)) return false;
  if (field.descriptor->cpp_type() != FieldDescriptor::CPPTYPE_STRING) return true;
  std::string scratch;
  return !reflection->GetStringReference(message, field.descriptor, &scratch).empty();
}

bool Succeeded(const Interface& interface, const Message& message) {
  if (interface.result == nullptr) return true;
  const auto* reflection = message.GetReflection();
  // The first listed value is success; the lint sees to it.
  return reflection->HasField(message, interface.result->descriptor) &&
         reflection->GetEnumValue(message, interface.result->descriptor) ==
             interface.result->values.front().number;
}

}  // namespace guarantee::contract
