#include "compile.h"

#include "contract/formats.h"
#include "options.h"

namespace guarantee::contract {
namespace {

using google::protobuf::Descriptor;
using google::protobuf::EnumDescriptor;
using google::protobuf::FieldDescriptor;

// Text may exceed its declared length by this factor (clarifications 9).
constexpr std::size_t kTextTolerance = 4;

std::vector<ListedValue> CompileValues(const EnumDescriptor& values) {
  std::vector<ListedValue> plans;
  for (int at = 0; at < values.value_count(); ++at) {
    const auto& rule = RuleOf(*values.value(at));
    if (rule.wire().empty()) continue;
    plans.push_back({rule.wire(), values.value(at)->number(), rule.title()});
  }
  return plans;
}

std::size_t AcceptedLength(const v1::FieldRule& rule) {
  if (rule.accepted_length() != 0) return static_cast<std::size_t>(rule.accepted_length());
  const auto declared = static_cast<std::size_t>(rule.max_length());
  switch (rule.kind()) {
    case v1::FIELD_KIND_TEXT:
      return declared * kTextTolerance;
    case v1::FIELD_KIND_IDENTITY:
    case v1::FIELD_KIND_LISTED:
      return declared;
    default:
      return 0;  // the format itself is the limit
  }
}

void CompileFlags(const v1::FieldRule& rule, FieldPlan& plan) {
  plan.required = rule.required();
  plan.expected = rule.expected();
  plan.sealed = rule.sealed();
  plan.sensitive = rule.sensitive() || rule.sealed();
  plan.outside_digest = rule.outside_digest();
  plan.keep_empty = rule.keep_empty();
  plan.only_on_success = rule.only_on_success();
  plan.receive_only = rule.receive_only();
  plan.whole = rule.whole();
  plan.ours = rule.ours();
  plan.warn_uscc = rule.warn_uscc();
  plan.prefer_wire = rule.prefer_wire();
  plan.default_when = static_cast<Switch>(rule.default_when());
  plan.only_when = static_cast<Switch>(rule.only_when());
  plan.also_wire = rule.also_wire();
  plan.only_when_also = static_cast<Switch>(rule.only_when_also());
}

std::size_t IndexOf(const Descriptor& message, const std::string& name) {
  const FieldDescriptor* field = message.FindFieldByName(name);
  return field == nullptr ? kNoField : static_cast<std::size_t>(field->index());
}

template <typename Conditions>
std::vector<ConditionPlan> CompileConditions(const Descriptor& message,
                                             const Conditions& conditions) {
  std::vector<ConditionPlan> plans;
  for (const auto& condition : conditions) {
    const FieldDescriptor* sibling = message.FindFieldByName(condition.field());
    const auto* value = sibling->enum_type()->FindValueByName(condition.value());
    plans.push_back({static_cast<std::size_t>(sibling->index()), value->number(),
                     static_cast<Switch>(condition.unless())});
  }
  return plans;
}

void AddKeys(const v1::FieldRule& rule, std::size_t field, MessagePlan& plan) {
  plan.fields[field].keys.push_back(plan.keys.size());
  plan.keys.push_back({rule.wire(), field});
  for (const auto& alias : rule.aliases()) {
    plan.fields[field].keys.push_back(plan.keys.size());
    plan.keys.push_back({alias, field});
  }
}

}  // namespace

FieldPlan CompileField(const FieldDescriptor& descriptor) {
  const auto& rule = RuleOf(descriptor);
  FieldPlan plan;
  plan.descriptor = &descriptor;
  plan.name = descriptor.name();
  plan.wire = rule.wire();
  plan.title = rule.title();
  plan.kind = static_cast<FieldKind>(rule.kind());
  plan.max_length = static_cast<std::size_t>(rule.max_length());
  plan.accepted_length = AcceptedLength(rule);
  plan.sent_length = rule.accepted_length() != 0 ? plan.accepted_length : plan.max_length;
  CompileFlags(rule, plan);
  if (descriptor.enum_type() != nullptr) plan.values = CompileValues(*descriptor.enum_type());
  plan.deviation = rule.deviation();
  plan.sample = rule.sample();
  return plan;
}

MessagePlan CompileMessage(const Descriptor& descriptor) {
  MessagePlan plan;
  plan.descriptor = &descriptor;
  for (int at = 0; at < descriptor.field_count(); ++at) {
    plan.fields.push_back(CompileField(*descriptor.field(at)));
  }
  for (int at = 0; at < descriptor.field_count(); ++at) {
    const auto& rule = RuleOf(*descriptor.field(at));
    FieldPlan& field = plan.fields[static_cast<std::size_t>(at)];
    field.required_if = CompileConditions(descriptor, rule.required_if());
    field.strict_uscc_if = CompileConditions(descriptor, rule.strict_uscc_if());
    field.default_from = IndexOf(descriptor, rule.default_from());
    AddKeys(rule, static_cast<std::size_t>(at), plan);
  }
  return plan;
}

Interface CompileInterface(const google::protobuf::MethodDescriptor& method) {
  const auto& rule = RuleOf(method);
  const auto& table = RuleOf(*method.service());
  Interface plan;
  plan.method = &method;
  plan.message = CompileMessage(*method.input_type());
  plan.reply = CompileMessage(*method.output_type());
  plan.section = rule.section();
  plan.title = rule.title();
  plan.path = rule.path();
  plan.direction = static_cast<Direction>(rule.direction());
  plan.synchronous = rule.synchronous();
  plan.service = rule.service();
  plan.request_topic = rule.request_topic();
  plan.notice_topic = rule.notice_topic();
  plan.flow = {static_cast<FlowKind>(rule.flow().kind()), plan.message.Find(rule.flow().field()),
               rule.flow().keyed_hash(), rule.flow().through()};
  plan.registered.number = plan.message.Find(rule.registered().number_field());
  for (const auto& name : rule.registered().unique_fields()) {
    plan.registered.unique.push_back(plan.message.Find(name));
  }
  plan.answer = static_cast<AnswerShape>(rule.answer());
  plan.wrapped_out = rule.wrapped_out();
  plan.array_in = rule.array_in();
  plan.answers = rule.answers();
  plan.result = plan.message.Find(rule.result_field());
  plan.reason = plan.message.Find(rule.reason_field());
  plan.not_after = static_cast<NotAfter>(rule.not_after());
  plan.body_limit_bytes = static_cast<std::size_t>(
      rule.body_limit_bytes() != 0 ? rule.body_limit_bytes() : table.body_limit_bytes());
  plan.string_limit_bytes = static_cast<std::size_t>(table.string_limit_bytes());
  plan.wrapper = table.wrapper();
  return plan;
}

}  // namespace guarantee::contract
