// Looks into messages by reflection, so that a new field cannot be forgotten.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <string>
#include <vector>

namespace guarantee::order::letter::testing {

using google::protobuf::FieldDescriptor;

// Names of fields without a value, also inside messages. A oneof counts as one field.
inline std::vector<std::string> Unset(const google::protobuf::Message& message) {
  std::vector<std::string> names;
  const auto& reflection = *message.GetReflection();
  const auto& type = *message.GetDescriptor();
  for (int at = 0; at < type.field_count(); ++at) {
    const FieldDescriptor& field = *type.field(at);
    if (field.is_repeated()) {
      if (reflection.FieldSize(message, &field) == 0) names.push_back(field.full_name());
    } else if (!reflection.HasField(message, &field)) {
      names.push_back(field.full_name());
    } else if (field.cpp_type() == FieldDescriptor::CPPTYPE_MESSAGE) {
      for (std::string& name : Unset(reflection.GetMessage(message, &field))) {
        names.push_back(std::move(name));
      }
    }
  }
  return names;
}

}  // namespace guarantee::order::letter::testing
