#include "contract/flow.h"

#include <array>
#include <optional>
#include <utility>

namespace guarantee::contract {
namespace {

constexpr std::array<std::pair<FlowKind, std::string_view>, 5> kNames = {{
    {FlowKind::kOrder, "order"},
    {FlowKind::kGuarantee, "guarantee"},
    {FlowKind::kClaim, "claim"},
    {FlowKind::kInvoice, "invoice"},
    {FlowKind::kCredit, "credit"},
}};

constexpr std::string_view kHex = "0123456789ABCDEF";

bool NeedsEscape(char letter) {
  const auto byte = static_cast<unsigned char>(letter);
  return byte <= 0x20 || byte == 0x7F || letter == '/' || letter == '%';
}

// Nothing unless EscapeFlowPart would write exactly this text.
std::optional<std::string> Unescape(std::string_view part) {
  std::string text;
  for (std::size_t at = 0; at < part.size(); ++at) {
    if (part[at] != '%') {
      text += part[at];
      continue;
    }
    if (at + 2 >= part.size()) return std::nullopt;
    const std::size_t high = kHex.find(part[at + 1]);
    const std::size_t low = kHex.find(part[at + 2]);
    if (high == std::string_view::npos || low == std::string_view::npos) return std::nullopt;
    text += static_cast<char>(high * 16 + low);
    at += 2;
  }
  if (EscapeFlowPart(text) != part) return std::nullopt;
  return text;
}

std::optional<FlowKind> KindOf(std::string_view name) {
  for (const auto& [kind, known] : kNames) {
    if (known == name) return kind;
  }
  return std::nullopt;
}

}  // namespace

std::string_view Name(FlowKind kind) {
  for (const auto& [known, name] : kNames) {
    if (known == kind) return name;
  }
  return {};
}

std::string EscapeFlowPart(std::string_view part) {
  std::string text;
  text.reserve(part.size());
  for (const char letter : part) {
    if (!NeedsEscape(letter)) {
      text += letter;
      continue;
    }
    const auto byte = static_cast<unsigned char>(letter);
    text += '%';
    text += kHex[byte >> 4U];
    text += kHex[byte & 0x0FU];
  }
  return text;
}

std::string JoinFlow(std::string_view partner, FlowKind kind, std::string_view number) {
  std::string key = EscapeFlowPart(partner);
  key += '/';
  key += Name(kind);
  key += '/';
  key += EscapeFlowPart(number);
  return key;
}

Result<FlowKey> SplitFlow(std::string_view key) {
  const std::size_t first = key.find('/');
  const std::size_t second = first == std::string_view::npos ? first : key.find('/', first + 1);
  if (second == std::string_view::npos) return Refused("flow.format", "not a flow key");
  auto partner = Unescape(key.substr(0, first));
  const auto kind = KindOf(key.substr(first + 1, second - first - 1));
  auto number = Unescape(key.substr(second + 1));
  if (!partner || !kind || !number || partner->empty() || number->empty()) {
    return Refused("flow.format", "not a flow key");
  }
  return FlowKey{std::move(*partner), *kind, std::move(*number)};
}

Result<void> CheckOwner(std::string_view flow, std::string_view partner) {
  const Result<FlowKey> key = SplitFlow(flow);
  if (!key) return Permanent("event.subject", "the subject is no flow key", "ce_subject");
  if (key->partner != partner) {
    return Permanent("event.subject", "the flow belongs to another partner", "ce_subject");
  }
  return {};
}

}  // namespace guarantee::contract
