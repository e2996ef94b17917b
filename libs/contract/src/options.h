// Shorthand for reading our options off descriptors.
#pragma once

#include <google/protobuf/descriptor.h>

#include "guarantee/contract/v1/options.pb.h"

namespace guarantee::contract {

inline const v1::FieldRule& RuleOf(const google::protobuf::FieldDescriptor& field) {
  return field.options().GetExtension(v1::field);
}
inline const v1::ValueRule& RuleOf(const google::protobuf::EnumValueDescriptor& value) {
  return value.options().GetExtension(v1::value);
}
inline const v1::InterfaceRule& RuleOf(const google::protobuf::MethodDescriptor& method) {
  return method.options().GetExtension(v1::interface);
}
inline const v1::TableRule& RuleOf(const google::protobuf::ServiceDescriptor& service) {
  return service.options().GetExtension(v1::table);
}

}  // namespace guarantee::contract
