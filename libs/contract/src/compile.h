// Options to plans. The lint has passed: nothing here can fail.
#pragma once

#include "contract/contract.h"
#include "contract/plan.h"

namespace guarantee::contract {

[[nodiscard]] MessagePlan CompileMessage(const google::protobuf::Descriptor& descriptor);
[[nodiscard]] Interface CompileInterface(const google::protobuf::MethodDescriptor& method);

// The plan of one field on its own, without what points at siblings.
[[nodiscard]] FieldPlan CompileField(const google::protobuf::FieldDescriptor& descriptor);

}  // namespace guarantee::contract
