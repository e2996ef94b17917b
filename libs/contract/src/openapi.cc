#include "contract/openapi.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <set>

#include "contract/formats.h"
#include "contract/manual.h"

namespace guarantee::contract {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kContentType = "application/json";
constexpr std::string_view kTimePattern = R"(^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$)";
constexpr std::string_view kAmountPattern = R"(^\d{1,15}(\.\d{1,2})?$)";
constexpr int kIndent = 2;

Json Reference(const MessagePlan& message) {
  return {{"$ref", "#/components/schemas/" + message.descriptor->name()}};
}

std::string Description(const FieldPlan& field) {
  std::string text = field.title;
  for (const ListedValue& value : field.values) {
    text += fmt::format("；{}.{}", value.wire, value.title);
  }
  if (field.sealed) text += "；开标前可为密文";
  if (!field.deviation.empty()) text += fmt::format("（{}）", field.deviation);
  return text;
}

Json FieldSchema(const FieldPlan& field) {
  Json schema = {{"type", field.kind == FieldKind::kNumber ? "integer" : "string"},
                 {"description", Description(field)}};
  if (field.sealed) {
    schema["maxLength"] = kSealedLengthMax;
    schema["x-plain-max-length"] = field.max_length;
  } else if (field.kind != FieldKind::kNumber && field.max_length != 0) {
    schema["maxLength"] = field.max_length;
  }
  if (field.kind == FieldKind::kTime) schema["pattern"] = kTimePattern;
  if (field.kind == FieldKind::kMoney) schema["pattern"] = kAmountPattern;
  if (field.kind == FieldKind::kDocument) schema["contentEncoding"] = "base64";
  for (const ListedValue& value : field.values) schema["enum"].push_back(value.wire);
  if (!field.sample.empty() && field.kind != FieldKind::kNumber) {
    schema["examples"] = Json::array({field.sample});
  }
  return schema;
}

// "required when the sibling has this value", as a JSON Schema if/then.
Json ConditionSchema(const MessagePlan& message, const FieldPlan& field,
                     const ConditionPlan& condition) {
  const FieldPlan& sibling = message.fields[condition.field];
  std::string code;
  for (const ListedValue& value : sibling.values) {
    if (value.number == condition.value) code = value.wire;
  }
  const Json test = {{"properties", {{sibling.wire, {{"const", code}}}}},
                     {"required", Json::array({sibling.wire})}};
  return {{"if", test}, {"then", {{"required", Json::array({field.wire})}}}};
}

Json MessageSchema(const MessagePlan& message) {
  Json schema = {{"type", "object"}, {"properties", Json::object()}};
  Json required = Json::array();
  Json conditions = Json::array();
  for (const FieldPlan& field : message.fields) {
    if (field.only_when != Switch::kNone) continue;
    schema["properties"][field.wire] = FieldSchema(field);
    if (field.required) required.push_back(field.wire);
    for (const auto& condition : field.required_if) {
      conditions.push_back(ConditionSchema(message, field, condition));
    }
  }
  if (!required.empty()) schema["required"] = required;
  if (!conditions.empty()) schema["allOf"] = conditions;
  return schema;
}

Json BodySchema(const Interface& interface, bool ours) {
  Json body = Reference(interface.message);
  if (ours && interface.wrapped_out) {
    return {{"type", "object"},
            {"properties", {{interface.wrapper, body}}},
            {"required", Json::array({interface.wrapper})}};
  }
  if (!ours && interface.array_in) {
    return {{"oneOf", Json::array({body, {{"type", "array"}, {"items", body}, {"minItems", 1}}})}};
  }
  return body;
}

// `ours`: we send it; the platform's body comes bare.
Json Operation(const Interface& interface, bool ours) {
  const Json content = {{"schema", BodySchema(interface, ours)},
                        {"example", Json::parse(Sample(interface))}};
  const Json answer = {{"schema", Reference(interface.reply)},
                       {"example", Json::parse(SampleAnswer(interface))}};
  const Json answers = {
      {"200", {{"description", "业务结果"}, {"content", {{kContentType, answer}}}}},
      {"400", {{"description", "不是有效的JSON对象"}, {"content", {{kContentType, answer}}}}},
      {"401", {{"description", "身份验证失败"}, {"content", {{kContentType, answer}}}}},
      {"503", {{"description", "暂时无法处理，请重试"}, {"content", {{kContentType, answer}}}}}};
  return {{"operationId", interface.method->name()},
          {"summary", fmt::format("{} {}", interface.section, interface.title)},
          {"tags", Json::array({interface.service})},
          {"requestBody", {{"required", true}, {"content", {{kContentType, content}}}}},
          {"responses", answers}};
}

Json Schemas(const Contract& contract) {
  Json schemas = Json::object();
  for (const Interface& interface : contract.interfaces()) {
    for (const MessagePlan* message : {&interface.message, &interface.reply}) {
      const std::string& name = message->descriptor->name();
      if (!schemas.contains(name)) schemas[name] = MessageSchema(*message);
    }
  }
  return schemas;
}

}  // namespace

std::string OpenApi(const Contract& contract) {
  Json paths = Json::object();
  Json webhooks = Json::object();
  for (const Interface& interface : contract.interfaces()) {
    if (interface.FromPlatform()) {
      paths["/" + interface.path]["post"] = Operation(interface, false);
    }
    if (interface.ToPlatform()) {
      webhooks["/" + interface.path]["post"] = Operation(interface, true);
    }
  }
  const Json basic = {{"type", "http"}, {"scheme", "basic"}};
  const Json document = {
      {"openapi", "3.1.0"},
      {"info", {{"title", "交易担保电子保函接口"}, {"version", "1.0.0"}}},
      {"servers",
       Json::array({{{"url", "/" + contract.prefix().substr(0, contract.prefix().size() - 1)}}})},
      {"security", Json::array({{{"basic", Json::array()}}})},
      {"paths", paths},
      {"webhooks", webhooks},
      {"components", {{"schemas", Schemas(contract)}, {"securitySchemes", {{"basic", basic}}}}}};
  return document.dump(kIndent);
}

}  // namespace guarantee::contract
