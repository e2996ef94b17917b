#include "platform-simulator/conformance/writer.h"

#include <fmt/format.h>

#include "contract/formats.h"
#include "contract/messages.h"

namespace guarantee::platform_simulator::conformance {
namespace {

namespace messages = contract::messages;
using contract::FieldKind;
using contract::FieldPlan;

constexpr std::int64_t kHourMs = 3'600'000;
// The first moment named in a body lies so far ahead, each further one an hour later.
constexpr std::int64_t kAheadMs = 48 * kHourMs;
constexpr std::string_view kLink = "https://files.example.com/conformance/1.zip";

// What is said of a number that nobody has sent before.
std::string_view UnknownText(const contract::Interface& interface) {
  if (!interface.flow.through.empty()) return messages::kNumberUnknown;
  return interface.flow.kind == contract::FlowKind::kOrder ? messages::kOrderUnknown
                                                           : messages::kGuaranteeUnknown;
}

std::string Joined(const std::vector<std::string>& words, std::string_view between) {
  return fmt::format("{}", fmt::join(words, between));
}

}  // namespace

std::string Expectation::Describe() const {
  std::string text = fmt::format("HTTP {}", fmt::join(statuses, " or "));
  text += may_accept && may_refuse ? ", accepted or refused" : may_accept ? ", accepted" : ", 500";
  if (!named.empty()) text += " naming " + Joined(named, ", ");
  if (!texts.empty()) text += " with " + Joined(texts, " or ");
  if (!header.empty()) text += ", header " + header;
  if (same_as_first) text += ", the first answer again";
  return text;
}

bool IsNumber(const FieldPlan& field) {
  return field.kind == FieldKind::kIdentity && !field.sensitive && !field.warn_uscc;
}

bool IsSent(const FieldPlan& field) {
  return field.only_when == contract::Switch::kNone && !field.receive_only;
}

CaseWriter::CaseWriter(const contract::Interface& interface, const contract::Contract& contract,
                       const Context& context, std::vector<Case>& cases)
    : interface_(interface), contract_(contract), context_(context), cases_(cases) {}

std::string CaseWriter::Number() {
  return fmt::format("{}{:06}", context_.run, context_.counter++);
}

std::string CaseWriter::TimeOf(const FieldPlan& field) const {
  if (field.outside_digest) return contract::FormatTime(context_.now);
  return contract::FormatTime(context_.now + (kAheadMs + field.descriptor->index() * kHourMs));
}

std::string CaseWriter::ValueOf(const FieldPlan& field) {
  if (IsNumber(field)) return Quote(Number());
  switch (field.kind) {
    case FieldKind::kTime:
      return Quote(TimeOf(field));
    case FieldKind::kAttachment:
      return Quote(kLink);
    case FieldKind::kListed:
      return Quote(field.sample.empty() ? field.values.front().wire : field.sample);
    default:
      return Quote(field.sample);
  }
}

std::string CaseWriter::OtherValueOf(const FieldPlan& field, std::string_view token) {
  if (IsNumber(field)) return Quote(Number());
  switch (field.kind) {
    case FieldKind::kTime:
      return Quote(contract::FormatTime(context_.now + (kAheadMs + 24 * kHourMs)));
    case FieldKind::kListed:
      for (const contract::ListedValue& value : field.values) {
        if (Quote(value.wire) != token) return Quote(value.wire);
      }
      return std::string(token);
    case FieldKind::kMoney:
      return Quote("500001.00");
    case FieldKind::kRate:
      return Quote("0.5%");
    case FieldKind::kIdentity:
      return Quote("91110000100000000R");
    default:
      return Quote("https://files.example.com/conformance/2.zip");
  }
}

Body CaseWriter::Base() {
  Body body;
  for (const FieldPlan& field : interface_.message.fields) {
    if (IsSent(field)) body.Add(field.wire, ValueOf(field));
  }
  return body;
}

bool CaseWriter::AnyHolds(const std::vector<contract::ConditionPlan>& conditions,
                          const Body& body) const {
  for (const contract::ConditionPlan& condition : conditions) {
    const FieldPlan& sibling = interface_.message.fields[condition.field];
    for (const contract::ListedValue& value : sibling.values) {
      if (value.number == condition.value && body.Find(sibling.wire) == Quote(value.wire)) {
        return true;
      }
    }
  }
  return false;
}

Body CaseWriter::BaseWithout(const std::vector<contract::ConditionPlan>& conditions) {
  Body body = Base();
  for (const contract::ConditionPlan& condition : conditions) {
    const FieldPlan& sibling = interface_.message.fields[condition.field];
    for (const contract::ListedValue& value : sibling.values) {
      if (value.number != condition.value) body.Set(sibling.wire, Quote(value.wire));
    }
  }
  return body;
}

Expectation CaseWriter::Clean() const {
  Expectation expected;
  const bool finding = interface_.answer == contract::AnswerShape::kCreditCheck;
  expected.may_accept = !interface_.synchronous || finding;
  expected.may_refuse = !expected.may_accept;
  if (expected.may_refuse) expected.texts = {std::string(UnknownText(interface_))};
  return expected;
}

Expectation CaseWriter::Refused(std::string_view wire) const {
  Expectation expected;
  expected.may_refuse = true;
  expected.named = {std::string(wire)};
  return expected;
}

Expectation CaseWriter::Malformed() const {
  Expectation expected;
  expected.statuses = {400};
  expected.may_refuse = true;
  return expected;
}

Request CaseWriter::Post(std::string body) const {
  Request request;
  request.path = "/" + contract_.prefix() + interface_.path;
  request.body = std::move(body);
  return request;
}

void CaseWriter::Add(const std::string& name, std::vector<Request> requests, Expectation expected) {
  cases_.push_back({interface_.section + "/" + name, &interface_, std::move(requests), Clean(),
                    std::move(expected)});
}

void CaseWriter::Add(const std::string& name, const std::string& body, Expectation expected) {
  Add(name, std::vector<Request>{Post(body)}, std::move(expected));
}

void CaseWriter::AddCorrected(const std::string& name, const std::string& refused,
                              const std::string& corrected) {
  Add(name, {Post(refused), Post(corrected)}, Clean());
  cases_.back().before = {};
  cases_.back().before.may_refuse = true;
}

void CaseWriter::AddField(const FieldPlan& field, const std::string& name, std::string token,
                          Expectation expected) {
  Add(field.wire + "/" + name, Base().Set(field.wire, std::move(token)).Text(),
      std::move(expected));
}

}  // namespace guarantee::platform_simulator::conformance
