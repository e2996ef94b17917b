#include "contract/lint.h"

#include <fmt/format.h>

#include "lint_rules.h"

namespace guarantee::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FileDescriptorSet;
using google::protobuf::ServiceDescriptor;
using google::protobuf::SourceLocation;

// Our own packages begin with this; what is imported from elsewhere is not ours to judge.
constexpr std::string_view kOwnPackage = "guarantee.";

template <typename Described>
void CheckComment(const Described& described, std::string_view name, Findings& findings) {
  SourceLocation location;
  const bool has = described.GetSourceLocation(&location) && !location.leading_comments.empty();
  if (!has) findings.push_back(fmt::format("{}: no comment", name));
}

void CheckEnumComments(const google::protobuf::EnumDescriptor& values, Findings& findings) {
  CheckComment(values, values.full_name(), findings);
  for (int at = 0; at < values.value_count(); ++at) {
    CheckComment(*values.value(at), values.value(at)->full_name(), findings);
  }
}

void CheckMessageComments(const Descriptor& message, Findings& findings) {
  if (message.options().map_entry()) return;
  CheckComment(message, message.full_name(), findings);
  for (int at = 0; at < message.field_count(); ++at) {
    CheckComment(*message.field(at), message.field(at)->full_name(), findings);
  }
  for (int at = 0; at < message.nested_type_count(); ++at) {
    CheckMessageComments(*message.nested_type(at), findings);
  }
  for (int at = 0; at < message.enum_type_count(); ++at) {
    CheckEnumComments(*message.enum_type(at), findings);
  }
}

void CheckServiceComments(const ServiceDescriptor& service, Findings& findings) {
  CheckComment(service, service.full_name(), findings);
  for (int at = 0; at < service.method_count(); ++at) {
    CheckComment(*service.method(at), service.method(at)->full_name(), findings);
  }
}

void CheckFileComments(const google::protobuf::FileDescriptor& file, Findings& findings) {
  if (file.package().compare(0, kOwnPackage.size(), kOwnPackage) != 0) return;
  for (int at = 0; at < file.message_type_count(); ++at) {
    CheckMessageComments(*file.message_type(at), findings);
  }
  for (int at = 0; at < file.enum_type_count(); ++at) {
    CheckEnumComments(*file.enum_type(at), findings);
  }
  for (int at = 0; at < file.service_count(); ++at) {
    CheckServiceComments(*file.service(at), findings);
  }
  for (int at = 0; at < file.extension_count(); ++at) {
    CheckComment(*file.extension(at), file.extension(at)->full_name(), findings);
  }
}

}  // namespace

std::vector<std::string> LintStructure(const ServiceDescriptor& service) {
  Findings findings;
  CheckTable(service, findings);
  if (findings.empty()) CheckInterfaces(service, findings);
  return findings;
}

std::vector<std::string> Lint(const FileDescriptorSet& files) {
  DescriptorPool pool;
  Findings findings;
  for (const auto& file : files.file()) {
    const auto* built = pool.BuildFile(file);
    if (built == nullptr) return {fmt::format("{}: cannot be built", file.name())};
    CheckFileComments(*built, findings);
  }
  const ServiceDescriptor* service = pool.FindServiceByName(std::string(kTableName));
  if (service == nullptr) {
    findings.push_back(fmt::format("{}: not in the set", kTableName));
    return findings;
  }
  for (auto& finding : LintStructure(*service)) findings.push_back(std::move(finding));
  return findings;
}

}  // namespace guarantee::contract
