#include "platform-simulator/notice_check.h"

#include "contract/decode.h"
#include "contract/fields.h"
#include "contract/messages.h"

namespace guarantee::platform_simulator {
namespace {

constexpr std::string_view kNotPdf = "文件不是PDF";

// The numbers by which a receipt is found again; where an interface has none, nothing.
constexpr const char* kNumbers[] = {"business_no", "order_no", "guarantee_no"};
// What an invoice has to be for.
constexpr const char* kCostField = "cost_fen";

bool IsPdf(std::string_view bytes) {
  constexpr std::size_t kTrailerWithin = 1'024;
  const std::size_t from = bytes.size() > kTrailerWithin ? bytes.size() - kTrailerWithin : 0;
  return bytes.starts_with("%PDF-") && bytes.substr(from).find("%%EOF") != std::string_view::npos;
}

Json WarningsOf(const contract::Item& item) {
  Json warnings = Json::array();
  for (const contract::Warning& warning : item.warnings) {
    warnings.push_back(std::string(contract::Name(warning.kind)) + " " + warning.field);
  }
  return warnings;
}

bool IsWrapped(const contract::Interface& interface, std::string_view body) {
  return body.starts_with("{\"" + interface.wrapper + "\":");
}

NoticeCheck Refusal(const contract::DecodeFailure& failure) {
  return {false, failure.message, {{"fields", failure.fields}}};
}

}  // namespace

NoticeCheck CheckNotice(const contract::Interface& interface, std::string_view body) {
  const auto decoded = contract::Decode(interface, body, {});
  if (!decoded) return Refusal(decoded.error());
  const contract::Item& item = decoded->items.front();
  if (item.failure) return Refusal(*item.failure);
  NoticeCheck check{true, std::string(contract::messages::kDone), {{"number", item.number}}};
  for (const char* name : kNumbers) {
    const std::string text = contract::FieldText(*item.message, name);
    if (!text.empty()) check.facts[name] = text;
  }
  const std::string cost = contract::FieldText(*item.message, kCostField);
  if (!cost.empty()) check.facts["cost"] = cost;
  check.facts["success"] = contract::Succeeded(interface, *item.message);
  check.facts["wrapped"] = IsWrapped(interface, body);
  check.facts["unknown_keys"] = item.unknown_keys;
  check.facts["warnings"] = WarningsOf(item);
  for (const contract::IncomingDocument& document : item.documents) {
    if (IsPdf(document.bytes)) continue;
    check.accepted = false;
    check.message = std::string(kNotPdf) + "：" + document.field->wire;
    check.facts["fields"].push_back(document.field->wire);
  }
  return check;
}

}  // namespace guarantee::platform_simulator
