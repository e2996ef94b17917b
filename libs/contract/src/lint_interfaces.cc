#include <fmt/format.h>

#include <set>

#include "guarantee/partner/v1/common.pb.h"
#include "lint_rules.h"
#include "options.h"

namespace guarantee::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::FieldDescriptor;
using google::protobuf::MethodDescriptor;
using google::protobuf::ServiceDescriptor;

class MethodLint {
 public:
  MethodLint(const MethodDescriptor& method, Findings& findings)
      : rule_(RuleOf(method)),
        name_(method.name()),
        message_(*method.input_type()),
        service_(*method.service()),
        findings_(findings) {}

  void Run() {
    CheckDeclared();
    CheckTopics();
    CheckFlow();
    CheckRegister();
    CheckResult();
  }

 private:
  void Expect(bool holds, std::string_view what) {
    if (!holds) findings_.push_back(fmt::format("{}: {}", name_, what));
  }
  [[nodiscard]] const FieldDescriptor* Field(const std::string& name) const {
    return message_.FindFieldByName(name);
  }
  [[nodiscard]] const v1::InterfaceRule* Section(const std::string& section) const {
    for (int at = 0; at < service_.method_count(); ++at) {
      const auto& rule = RuleOf(*service_.method(at));
      if (rule.section() == section) return &rule;
    }
    return nullptr;
  }
  [[nodiscard]] bool Received() const {
    return rule_.direction() != v1::DIRECTION_INSTITUTION_TO_PLATFORM;
  }
  [[nodiscard]] bool Sent() const {
    return rule_.direction() != v1::DIRECTION_PLATFORM_TO_INSTITUTION;
  }

  void CheckDeclared();
  void CheckTopics();
  void CheckFlow();
  void CheckRegister();
  void CheckResult();

  const v1::InterfaceRule& rule_;
  const std::string& name_;
  const Descriptor& message_;
  const ServiceDescriptor& service_;
  Findings& findings_;
};

void MethodLint::CheckDeclared() {
  Expect(!rule_.section().empty(), "no section");
  Expect(!rule_.title().empty(), "no title");
  Expect(!rule_.path().empty() && rule_.path().front() != '/' && rule_.path().back() != '/',
         "path missing, or with a slash at an end");
  Expect(rule_.direction() != v1::DIRECTION_UNSPECIFIED, "no direction");
  Expect(rule_.answer() != v1::ANSWER_SHAPE_UNSPECIFIED, "no answer shape");
  Expect(!rule_.service().empty(), "no service");
  Expect(!rule_.array_in() || Received(), "array_in on an interface that is never received");
  Expect(!rule_.wrapped_out() || Sent(), "wrapped_out on an interface that is never sent");
  Expect(!rule_.synchronous() || Received(), "synchronous on an interface never received");
}

void MethodLint::CheckTopics() {
  Expect(Received() != rule_.request_topic().empty(), "request_topic exactly where it is received");
  Expect(Sent() != rule_.notice_topic().empty(), "notice_topic exactly where it is sent");
}

void MethodLint::CheckFlow() {
  Expect(rule_.flow().kind() != v1::FLOW_KIND_UNSPECIFIED, "no flow kind");
  const FieldDescriptor* field = Field(rule_.flow().field());
  Expect(field != nullptr, "the flow's field does not exist");
  if (field != nullptr) Expect(RuleOf(*field).required(), "the flow's field is not required");
  if (rule_.flow().through().empty()) return;
  const auto* through = Section(rule_.flow().through());
  Expect(through != nullptr && !through->registered().number_field().empty(),
         "flow.through names no interface with a register");
}

void MethodLint::CheckRegister() {
  const auto& registered = rule_.registered();
  if (registered.number_field().empty()) {
    Expect(registered.unique_fields().empty(), "unique fields without a register");
    return;
  }
  Expect(Received(), "a register on an interface that is never received");
  const FieldDescriptor* number = Field(registered.number_field());
  Expect(number != nullptr && RuleOf(*number).required(), "the register's number is not required");
  for (const auto& name : registered.unique_fields()) {
    const FieldDescriptor* field = Field(name);
    Expect(field != nullptr && RuleOf(*field).required(),
           fmt::format("the register's {} is not required", name));
  }
}

void MethodLint::CheckResult() {
  const FieldDescriptor* result = Field(rule_.result_field());
  Expect(rule_.result_field().empty() || result != nullptr, "the result field does not exist");
  if (result != nullptr) {
    Expect(RuleOf(*result).kind() == v1::FIELD_KIND_LISTED && RuleOf(*result).required(),
           "the result field is not a required listed value");
  }
  const FieldDescriptor* reason = Field(rule_.reason_field());
  Expect(rule_.reason_field().empty() ||
             (reason != nullptr && RuleOf(*reason).kind() == v1::FIELD_KIND_TEXT),
         "the reason field is not a text of the message");
  Expect(rule_.reason_field().empty() || result != nullptr, "a reason without a result");
  Expect(rule_.not_after() == v1::NOT_AFTER_UNSPECIFIED || result != nullptr,
         "not_after without a result");
  Expect(rule_.answers().empty() || Section(rule_.answers()) != nullptr,
         "answers names no interface");
}

// What answers are read and written by.
void CheckReply(const MethodDescriptor& method, Findings& findings) {
  using partner::v1::RedirectAnswer;
  const Descriptor& reply = *method.output_type();
  const auto* code = reply.FindFieldByNumber(RedirectAnswer::kCodeFieldNumber);
  const auto* message = reply.FindFieldByNumber(RedirectAnswer::kMsgFieldNumber);
  const auto* data = reply.FindFieldByNumber(RedirectAnswer::kDataFieldNumber);
  const auto shape = RuleOf(method).answer();
  const bool wants_data =
      shape == v1::ANSWER_SHAPE_REDIRECT || shape == v1::ANSWER_SHAPE_WITHDRAWAL;
  const bool sound = code != nullptr && RuleOf(*code).kind() == v1::FIELD_KIND_NUMBER &&
                     message != nullptr && RuleOf(*message).kind() == v1::FIELD_KIND_TEXT &&
                     wants_data == (data != nullptr);
  if (!sound) {
    findings.push_back(fmt::format("{}: its answer does not fit the shape", method.name()));
  }
}

void CheckUnique(std::set<std::string>& seen, const std::string& value, Findings& findings) {
  if (!value.empty() && !seen.insert(value).second) {
    findings.push_back(fmt::format("{}: declared twice", value));
  }
}

}  // namespace

void CheckTable(const ServiceDescriptor& service, Findings& findings) {
  const auto& table = RuleOf(service);
  const bool sound = !table.wrapper().empty() && !table.prefix().empty() &&
                     table.prefix().back() == '/' && table.body_limit_bytes() > 0 &&
                     table.string_limit_bytes() > 0;
  if (!sound) findings.push_back(fmt::format("{}: table option incomplete", service.full_name()));
  if (service.method_count() == 0) {
    findings.push_back(fmt::format("{}: no interface", service.full_name()));
  }
  for (int at = 0; at < service.method_count(); ++at) {
    if (service.method(at)->options().HasExtension(v1::interface)) continue;
    findings.push_back(fmt::format("{}: no interface option", service.method(at)->full_name()));
  }
}

void CheckInterfaces(const ServiceDescriptor& service, Findings& findings) {
  std::set<std::string> sections;
  std::set<std::string> paths;
  std::set<std::string> messages;
  std::set<const Descriptor*> replies;
  for (int at = 0; at < service.method_count(); ++at) {
    const MethodDescriptor& method = *service.method(at);
    const auto& rule = RuleOf(method);
    CheckUnique(sections, rule.section(), findings);
    CheckUnique(paths, rule.path(), findings);
    CheckUnique(messages, method.input_type()->full_name(), findings);
    MethodLint(method, findings).Run();
    CheckReply(method, findings);
    CheckMessage(*method.input_type(), !rule.result_field().empty(), findings);
    if (replies.insert(method.output_type()).second) {
      CheckMessage(*method.output_type(), false, findings);
    }
  }
}

}  // namespace guarantee::contract
