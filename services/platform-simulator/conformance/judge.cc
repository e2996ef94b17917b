#include "platform-simulator/conformance/judge.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "contract/encode.h"
#include "contract/formats.h"
#include "contract/messages.h"

namespace guarantee::platform_simulator::conformance {
namespace {

namespace messages = contract::messages;
using contract::AnswerShape;
using contract::FieldKind;
using contract::FieldPlan;
using nlohmann::json;

constexpr int kUnavailable = 503;
constexpr std::string_view kNotOffered = "服务暂未开通";
constexpr std::string_view kRefusal = "500";
// The findings of a credit check, which are its code.
constexpr std::string_view kFindings[] = {"1", "2", "3", "4"};

bool Holds(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

bool IsSuccess(const contract::Interface& interface, const contract::PlatformAnswer& answer) {
  if (interface.answer != AnswerShape::kCreditCheck) {
    return answer.verdict == contract::Verdict::kAccepted;
  }
  return std::find(std::begin(kFindings), std::end(kFindings), answer.code) != std::end(kFindings);
}

// What is wrong with one field of an answer; empty: nothing.
std::string FieldFault(const FieldPlan& field, const json& value, bool success) {
  if (field.kind == FieldKind::kNumber) {
    return value.is_number_integer() ? "" : field.wire + " is no integer";
  }
  if (!value.is_string()) return field.wire + " is no string";
  const std::string text = value.get<std::string>();
  if (field.max_length > 0 && contract::CodePoints(text) > field.max_length) {
    return field.wire + " is longer than declared";
  }
  if (field.kind != FieldKind::kListed) return {};
  const std::string& meant = (success ? field.values.front() : field.values.back()).wire;
  return text == meant ? "" : field.wire + " contradicts the code";
}

std::string ShapeFault(const Case& one, const HttpAnswer& answer, bool success) {
  const json body = json::parse(answer.body, nullptr, false);
  if (body.is_discarded() || !body.is_object()) return "the body is no JSON object";
  const auto type = answer.headers.find("content-type");
  if (type == answer.headers.end() || !type->second.starts_with("application/json")) {
    return "the content type is not application/json";
  }
  for (const FieldPlan& field : one.interface->reply.fields) {
    const auto found = body.find(field.wire);
    if (found == body.end()) {
      // Before the interface is known, an answer has the plain shape.
      if (answer.status == 200 && field.required) return field.wire + " is missing";
      continue;
    }
    if (std::string fault = FieldFault(field, *found, success); !fault.empty()) return fault;
  }
  return {};
}

std::string RedirectFault(const Case& one, const contract::PlatformAnswer& answer, bool success) {
  if (one.interface->answer != AnswerShape::kRedirect || !success) return {};
  return answer.data.value_or("").starts_with("http") ? "" : "no address to go on to";
}

bool IsNotOffered(const HttpAnswer& answer, const contract::PlatformAnswer& read) {
  if (answer.status == kUnavailable) return read.message == kNotOffered;
  return read.message == messages::kNoCredit || read.message == messages::kNoRefund;
}

std::string Told(const HttpAnswer& answer, const contract::PlatformAnswer& read) {
  return fmt::format("HTTP {}, code {}, {}", answer.status, read.code.empty() ? "none" : read.code,
                     read.message.empty() ? "no message" : read.message);
}

std::string RefusalFault(const Expectation& expected, const std::string& message) {
  for (const std::string& wire : expected.named) {
    if (!Holds(message, wire)) return "does not name " + wire;
  }
  const bool said =
      expected.texts.empty() ||
      std::any_of(expected.texts.begin(), expected.texts.end(),
                  [&message](const std::string& text) { return Holds(message, text); });
  return said ? "" : "gives another reason";
}

std::string Fault(const Case& one, const Expectation& expected, const HttpAnswer& answer,
                  const contract::PlatformAnswer& read) {
  const bool success = IsSuccess(*one.interface, read);
  if (std::find(expected.statuses.begin(), expected.statuses.end(), answer.status) ==
      expected.statuses.end()) {
    return "another status";
  }
  if (std::string fault = ShapeFault(one, answer, success); !fault.empty()) return fault;
  if (!expected.header.empty()) {
    std::string name = expected.header;
    for (char& letter : name) {
      letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
    }
    if (!answer.headers.contains(name)) return "no header " + expected.header;
  }
  if (success) {
    return expected.may_accept ? RedirectFault(one, read, success) : "is accepted";
  }
  if (read.code != kRefusal) return "the code is neither success nor 500";
  return expected.may_refuse ? RefusalFault(expected, read.message) : "is refused";
}

}  // namespace

Verdict Judge(const Case& one, const std::vector<HttpAnswer>& answers) {
  for (std::size_t at = 0; at < answers.size(); ++at) {
    const bool last = at + 1 == answers.size();
    const contract::PlatformAnswer read = contract::ReadAnswer(*one.interface, answers[at].body);
    const Expectation& expected = last ? one.expected : one.before;
    const bool hoped = expected.statuses.front() == 200;
    if (hoped && IsNotOffered(answers[at], read)) return {Grade::kNotOffered, read.message};
    std::string fault = Fault(one, expected, answers[at], read);
    if (fault.empty() && last && expected.same_as_first &&
        answers[at].body != answers.front().body) {
      fault = "differs from the first answer";
    }
    if (fault.empty()) continue;
    return {Grade::kDeviates, fmt::format("{}{}: {}", last ? "" : "an earlier request ", fault,
                                          Told(answers[at], read))};
  }
  return {};
}

}  // namespace guarantee::platform_simulator::conformance
