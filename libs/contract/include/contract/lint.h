// The rules that the declarations themselves must keep. They run at every start (structure) and in
// the tests (structure and comments); how many interfaces there are is not among them.
#pragma once

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>

#include <string>
#include <string_view>
#include <vector>

namespace guarantee::contract {

// Full name of the service that is the table.
inline constexpr std::string_view kTableName = "guarantee.partner.v1.PartnerInterfaces";

// Findings about the table and the messages it names; empty: clean.
[[nodiscard]] std::vector<std::string> LintStructure(
    const google::protobuf::ServiceDescriptor& service);

// The same for a descriptor set with source info (protoc --include_imports
// --include_source_info), and that everything of our own in it has a comment.
[[nodiscard]] std::vector<std::string> Lint(const google::protobuf::FileDescriptorSet& files);

}  // namespace guarantee::contract
