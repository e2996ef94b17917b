// Reading and writing single fields by name, for flow keys, register numbers and echoes.
#pragma once

#include <google/protobuf/message.h>

#include <string>
#include <string_view>

#include "contract/contract.h"

namespace guarantee::contract {

// The field's value as text: strings as they are, times, amounts, rates and listed values as they
// would go out, anything else empty. `field` is a name in the message, or a dotted path through
// sub-messages; unknown or absent: empty. Not redacted: never for a log.
[[nodiscard]] std::string FieldText(const google::protobuf::Message& message,
                                    std::string_view field);
// The same where the plan is at hand, without the look-up by name.
[[nodiscard]] std::string FieldText(const google::protobuf::Message& message,
                                    const FieldPlan& field);

// Whether the field is present and not an empty string.
[[nodiscard]] bool HasField(const google::protobuf::Message& message, const FieldPlan& field);

// Whether the interface's result says success; an interface without a result field always does.
[[nodiscard]] bool Succeeded(const Interface& interface, const google::protobuf::Message& message);

}  // namespace guarantee::contract
