// The one way from a message to text. Fields marked sealed or sensitive show as "***", bytes as
// their size, long texts cut; works for any message, the options decide.
#pragma once

#include <google/protobuf/message.h>

#include <string>

namespace guarantee::contract {

// One line without control characters, as in "OrderApply{order_no=T1 bidder_name=***}".
[[nodiscard]] std::string Redact(const google::protobuf::Message& message);

// Whether the field's option marks it sealed or sensitive.
[[nodiscard]] bool IsSensitive(const google::protobuf::FieldDescriptor& field);

}  // namespace guarantee::contract
