#include "contract/manual.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <nlohmann/json.hpp>

#include "contract/flow.h"

namespace guarantee::contract {
namespace {

constexpr std::string_view kIntroduction =
    "# 电子保函接口手册\n\n"
    "本手册由接口声明生成。请求方式为 POST，数据格式为 JSON（UTF-8），认证方式为 HTTP Basic。\n"
    "路径可带或不带 `/{0}` 前缀；`code` 为 200 表示成功，500 表示失败，`msg` 说明原因。\n"
    "HTTP 状态码：业务结果一律为 200；数据不是有效的 JSON 对象为 400；身份验证失败为 401；"
    "路径不存在为 404；内容过大为 413；暂时无法处理为 503，请稍后以相同内容重试。\n"
    "同一业务流水号可以重复发送：内容相同则得到首次的结果，内容不同则被拒绝。\n\n";

std::string_view Callers(Direction direction) {
  switch (direction) {
    case Direction::kPlatformToInstitution:
      return "交易担保管理系统 → 出函机构";
    case Direction::kInstitutionToPlatform:
      return "出函机构 → 交易担保管理系统";
    case Direction::kBoth:
      return "交易担保管理系统 ⇄ 出函机构";
  }
  return {};
}

std::string_view KindTitle(FieldKind kind) {
  switch (kind) {
    case FieldKind::kText:
      return "文本";
    case FieldKind::kIdentity:
      return "编号";
    case FieldKind::kListed:
      return "代码";
    case FieldKind::kTime:
      return "时间";
    case FieldKind::kMoney:
      return "金额";
    case FieldKind::kRate:
      return "费率";
    case FieldKind::kAttachment:
      return "附件";
    case FieldKind::kDocument:
      return "文件";
    case FieldKind::kNumber:
      return "数字";
  }
  return {};
}

std::string ConditionText(const MessagePlan& message, const ConditionPlan& condition) {
  const FieldPlan& sibling = message.fields[condition.field];
  for (const ListedValue& value : sibling.values) {
    if (value.number == condition.value)
      return fmt::format("{}={} 时必填", sibling.wire, value.wire);
  }
  return {};
}

std::string Remarks(const MessagePlan& message, const FieldPlan& field) {
  std::vector<std::string> remarks;
  for (const ListedValue& value : field.values) {
    remarks.push_back(fmt::format("{}.{}", value.wire, value.title));
  }
  if (field.kind == FieldKind::kTime) remarks.emplace_back("yyyy-MM-dd HH:mm:ss（北京时间）");
  if (field.kind == FieldKind::kMoney) remarks.emplace_back("单位元，至多两位小数");
  if (field.kind == FieldKind::kDocument) remarks.emplace_back("文件内容的 base64");
  if (field.kind == FieldKind::kAttachment) remarks.emplace_back("链接、路径或 base64");
  if (field.sealed) remarks.emplace_back("开标前可为密文，长度按明文计");
  for (const auto& condition : field.required_if) {
    remarks.push_back(ConditionText(message, condition));
  }
  if (field.default_from != kNoField && field.default_when == Switch::kNone) {
    remarks.push_back(fmt::format("为空时取 {}", message.fields[field.default_from].wire));
  }
  return fmt::format("{}", fmt::join(remarks, "；"));
}

std::string_view Need(const FieldPlan& field) {
  if (field.required) return "是";
  return field.required_if.empty() ? "否" : "视情况";
}

std::string Table(const MessagePlan& message) {
  std::string text = "| 字段 | 名称 | 类型 | 长度 | 必填 | 说明 |\n|---|---|---|---|---|---|\n";
  for (const FieldPlan& field : message.fields) {
    if (field.only_when != Switch::kNone || field.receive_only) continue;
    const std::string length = field.max_length == 0 ? "不限" : std::to_string(field.max_length);
    text += fmt::format("| `{}` | {} | {} | {} | {} | {} |\n", field.wire, field.title,
                        KindTitle(field.kind), length, Need(field), Remarks(message, field));
  }
  return text;
}

std::string Block(const std::string& json) {
  constexpr int kIndent = 2;
  return "```json\n" + nlohmann::ordered_json::parse(json).dump(kIndent) + "\n```\n";
}

std::string Chapter(const Contract& contract, const Interface& interface) {
  std::string text = fmt::format("## {} {}\n\n- 方向：{}\n- 路径：`/{}`\n", interface.section,
                                 interface.title, Callers(interface.direction), interface.path);
  text += interface.synchronous ? "- 处理：当场给出结果\n" : "";
  if (!interface.answers.empty()) {
    text += fmt::format("- 对应请求：{} {}\n", interface.answers,
                        contract.FindSection(interface.answers)->title);
  }
  if (interface.array_in) text += "- 可以数组形式一次发送多条，逐条处理\n";
  if (interface.wrapped_out) {
    text += fmt::format("- 请求内容置于 `{}` 之中\n", interface.wrapper);
  }
  return text + "\n请求参数\n\n" + Table(interface.message) + "\n请求示例\n\n" +
         Block(Sample(interface)) + "\n返回参数\n\n" + Table(interface.reply) + "\n返回示例\n\n" +
         Block(SampleAnswer(interface)) + "\n";
}

}  // namespace

std::string Manual(const Contract& contract) {
  std::string text = fmt::format(kIntroduction, contract.prefix());
  for (const Interface& interface : contract.interfaces()) text += Chapter(contract, interface);
  return text;
}

}  // namespace guarantee::contract
