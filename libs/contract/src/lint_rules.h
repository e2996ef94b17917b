// The lint's rules, by what they look at.
#pragma once

#include <google/protobuf/descriptor.h>

#include <string>
#include <vector>

namespace guarantee::contract {

using Findings = std::vector<std::string>;

// The service's own option and that every method carries one.
void CheckTable(const google::protobuf::ServiceDescriptor& service, Findings& findings);
// Every method, its messages and what they say of one another.
void CheckInterfaces(const google::protobuf::ServiceDescriptor& service, Findings& findings);
// Every field of one message. `has_result`: its interface has a result field.
void CheckMessage(const google::protobuf::Descriptor& message, bool has_result, Findings& findings);

}  // namespace guarantee::contract
