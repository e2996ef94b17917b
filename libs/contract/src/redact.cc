#include "contract/redact.h"

#include <fmt/format.h>

#include "contract/formats.h"
#include "options.h"

namespace guarantee::contract {
namespace {

using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

constexpr std::string_view kMask = "***";
constexpr std::size_t kTextMax = 64;  // code points shown of one value
constexpr int kItemsShown = 8;        // items shown of one repeated field
constexpr int kDepthMax = 8;          // messages inside one another

void AppendMessage(std::string& out, const Message& message, int depth);

// No control character and no blank that could forge another field or line.
void AppendText(std::string& out, std::string_view text) {
  const std::string_view shown = CutToCodePoints(text, kTextMax);
  for (const char letter : shown) {
    const auto byte = static_cast<unsigned char>(letter);
    out += byte < 0x20 || byte == 0x7F ? '?' : letter;
  }
  if (shown.size() < text.size()) out += "…";
}

// `index` below zero: the field is not repeated.
template <typename Get, typename GetRepeated>
auto Read(const Message& message, const FieldDescriptor& field, int index, Get get,
          GetRepeated get_repeated) {
  const auto* reflection = message.GetReflection();
  return index < 0 ? (reflection->*get)(message, &field)
                   : (reflection->*get_repeated)(message, &field, index);
}

void AppendString(std::string& out, const Message& message, const FieldDescriptor& field,
                  int index) {
  using google::protobuf::Reflection;
  const std::string text =
      Read(message, field, index, &Reflection::GetString, &Reflection::GetRepeatedString);
  if (field.type() == FieldDescriptor::TYPE_BYTES || !IsUtf8(text)) {
    out += fmt::format("<{} bytes>", text.size());
  } else {
    AppendText(out, text);
  }
}

void AppendEnum(std::string& out, const Message& message, const FieldDescriptor& field, int index) {
  using google::protobuf::Reflection;
  const int number =
      Read(message, field, index, &Reflection::GetEnumValue, &Reflection::GetRepeatedEnumValue);
  const auto* value = field.enum_type()->FindValueByNumber(number);
  out += value == nullptr ? std::to_string(number) : value->name();
}

void AppendNested(std::string& out, const Message& message, const FieldDescriptor& field, int index,
                  int depth) {
  const auto* reflection = message.GetReflection();
  AppendMessage(out,
                index < 0 ? reflection->GetMessage(message, &field)
                          : reflection->GetRepeatedMessage(message, &field, index),
                depth + 1);
}

void AppendScalar(std::string& out, const Message& message, const FieldDescriptor& field,
                  int index) {
  using google::protobuf::Reflection;
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_INT32:
      out += std::to_string(
          Read(message, field, index, &Reflection::GetInt32, &Reflection::GetRepeatedInt32));
      return;
    case FieldDescriptor::CPPTYPE_INT64:
      out += std::to_string(
          Read(message, field, index, &Reflection::GetInt64, &Reflection::GetRepeatedInt64));
      return;
    case FieldDescriptor::CPPTYPE_UINT32:
      out += std::to_string(
          Read(message, field, index, &Reflection::GetUInt32, &Reflection::GetRepeatedUInt32));
      return;
    case FieldDescriptor::CPPTYPE_UINT64:
      out += std::to_string(
          Read(message, field, index, &Reflection::GetUInt64, &Reflection::GetRepeatedUInt64));
      return;
    case FieldDescriptor::CPPTYPE_BOOL:
      out += Read(message, field, index, &Reflection::GetBool, &Reflection::GetRepeatedBool)
                 ? "true"
                 : "false";
      return;
    default:
      out += kMask;  // floating numbers: none of our messages has one
      return;
  }
}

void AppendValue(std::string& out, const Message& message, const FieldDescriptor& field, int index,
                 int depth) {
  switch (field.cpp_type()) {
    case FieldDescriptor::CPPTYPE_STRING:
      return AppendString(out, message, field, index);
    case FieldDescriptor::CPPTYPE_ENUM:
      return AppendEnum(out, message, field, index);
    case FieldDescriptor::CPPTYPE_MESSAGE:
      return AppendNested(out, message, field, index, depth);
    default:
      return AppendScalar(out, message, field, index);
  }
}

void AppendField(std::string& out, const Message& message, const FieldDescriptor& field,
                 int depth) {
  out += field.name();
  out += '=';
  if (IsSensitive(field)) {
    out += kMask;
    return;
  }
  if (!field.is_repeated()) return AppendValue(out, message, field, -1, depth);
  const int size = message.GetReflection()->FieldSize(message, &field);
  out += '[';
  for (int at = 0; at < size && at < kItemsShown; ++at) {
    if (at > 0) out += ' ';
    AppendValue(out, message, field, at, depth);
  }
  if (size > kItemsShown) out += fmt::format(" …{}", size);
  out += ']';
}

void AppendMessage(std::string& out, const Message& message, int depth) {
  out += message.GetDescriptor()->name();
  if (depth > kDepthMax) {
    out += "{…}";
    return;
  }
  std::vector<const FieldDescriptor*> fields;
  message.GetReflection()->ListFields(message, &fields);
  out += '{';
  for (std::size_t at = 0; at < fields.size(); ++at) {
    if (at > 0) out += ' ';
    AppendField(out, message, *fields[at], depth);
  }
  out += '}';
}

}  // namespace

bool IsSensitive(const FieldDescriptor& field) {
  const auto& rule = RuleOf(field);
  return rule.sensitive() || rule.sealed();
}

std::string Redact(const Message& message) {
  std::string text;
  AppendMessage(text, message, 0);
  return text;
}

}  // namespace guarantee::contract
