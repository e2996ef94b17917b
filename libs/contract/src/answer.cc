// Answers, ours and the platform's.
#include <array>
#include <charconv>
#include <utility>

#include "compile.h"
#include "contract/encode.h"
#include "contract/formats.h"
#include "contract/messages.h"
#include "field_value.h"
#include "guarantee/partner/v1/common.pb.h"
#include "json_reader.h"
#include "json_writer.h"

namespace guarantee::contract {
namespace {

constexpr int kSuccessCode = 200;
constexpr std::string_view kSuccessText = "200";
// The fields of every answer message, by their numbers in it; the lint sees to it.
constexpr int kCode = partner::v1::RedirectAnswer::kCodeFieldNumber;
constexpr int kMessage = partner::v1::RedirectAnswer::kMsgFieldNumber;
constexpr int kData = partner::v1::RedirectAnswer::kDataFieldNumber;

// Null when the answer has no such field.
const FieldPlan* FieldOf(const MessagePlan& reply, int number) {
  const auto* field = reply.descriptor->FindFieldByNumber(number);
  return field == nullptr ? nullptr : &reply.fields[static_cast<std::size_t>(field->index())];
}

const MessagePlan& PlainReply() {
  static const MessagePlan plan = CompileMessage(*partner::v1::PlainAnswer::descriptor());
  return plan;
}

// A withdrawal's data repeats the code, and a refusal redirects nowhere: whichever of the two a
// platform reads, it reads the same.
std::string DataFor(const FieldPlan& field, const Answer& answer) {
  const bool success = answer.code == kSuccessCode;
  if (field.kind != FieldKind::kListed) return success ? answer.data.value_or("") : "";
  return (success ? field.values.front() : field.values.back()).wire;
}

}  // namespace

std::size_t AnswerDataLengthMax(const Interface& interface) {
  const FieldPlan* data = FieldOf(interface.reply, kData);
  return data == nullptr ? 0 : data->max_length;
}

std::string EncodeAnswer(const Interface* interface, const Answer& answer) {
  const MessagePlan& reply = interface == nullptr ? PlainReply() : interface->reply;
  JsonObject object;
  object.Number(FieldOf(reply, kCode)->wire, std::to_string(answer.code));
  const FieldPlan& message = *FieldOf(reply, kMessage);
  object.Text(message.wire, CutToCodePoints(answer.message, message.max_length));
  const FieldPlan* data = FieldOf(reply, kData);
  if (data != nullptr) object.Text(data->wire, DataFor(*data, answer));
  return std::move(object).Take({});
}

namespace {

// "200" and "200.0" are the same code, as are " 200 " and 200.
std::string CodeText(const RawValue& value) {
  std::string_view text = Trim(value.text);
  const std::size_t point = text.find('.');
  if (point != std::string_view::npos && point > 0 &&
      text.find_first_not_of('0', point + 1) == std::string_view::npos) {
    text = text.substr(0, point);
  }
  return std::string(text);
}

bool IsCode(const RawValue& value) {
  const bool scalar = value.kind == RawValue::Kind::kText || value.kind == RawValue::Kind::kNumber;
  return scalar && !Trim(value.text).empty();
}

const RawValue* CodeOf(const MessagePlan& reply, const RawObject& object) {
  // The declared key first, then the one that section 4 uses.
  for (const std::size_t key : FieldOf(reply, kCode)->keys) {
    if (IsCode(object.values[key])) return &object.values[key];
  }
  return nullptr;
}

}  // namespace

PlatformAnswer ReadAnswer(const Interface& interface, std::string_view body) {
  const MessagePlan& reply = interface.reply;
  if (body.size() > interface.body_limit_bytes) return {};
  const auto raw = ReadBody(body, {&reply, {}, false, interface.string_limit_bytes});
  if (!raw) return {};
  const RawObject& object = raw->objects.front();
  const RawValue* code = CodeOf(reply, object);
  if (code == nullptr) return {};
  PlatformAnswer answer;
  answer.code = CodeText(*code);
  answer.verdict = answer.code == kSuccessText ? Verdict::kAccepted : Verdict::kRefused;
  answer.message = object.values[FieldOf(reply, kMessage)->keys.front()].text;
  const FieldPlan* data = FieldOf(reply, kData);
  if (data != nullptr && !IsEmpty(object.values[data->keys.front()])) {
    answer.data = object.values[data->keys.front()].text;
  }
  return answer;
}

namespace {

// Without spaces, and with the wide forms of the punctuation that section 4 uses.
std::string Normalised(std::string_view text) {
  constexpr std::string_view kIdeographicSpace = "\xE3\x80\x80";
  std::string plain;
  while (!text.empty()) {
    if (text.substr(0, kIdeographicSpace.size()) == kIdeographicSpace) {
      text.remove_prefix(kIdeographicSpace.size());
      continue;
    }
    const char letter = text.front();
    text.remove_prefix(1);
    if (letter == '!') {
      plain += "！";
    } else if (letter == ',') {
      plain += "，";
    } else if (letter == ':') {
      plain += "：";
    } else if (letter != ' ' && letter != '\t' && letter != '\r' && letter != '\n') {
      plain += letter;
    }
  }
  return plain;
}

struct Row {
  std::string start;  // normalised
  AnswerClass meaning;
};

const std::array<Row, 7>& Table() {
  static const std::array<Row, 7> table = {{
      {Normalised(messages::kUserEmpty), AnswerClass::kStopPartner},
      {Normalised(messages::kUserUnknown), AnswerClass::kStopPartner},
      {Normalised(messages::kUserDisabled), AnswerClass::kStopPartner},
      {Normalised(messages::kCodeWrong), AnswerClass::kStopPartner},
      {Normalised(messages::kSignInUnchecked), AnswerClass::kRetry},
      {Normalised(messages::kNotEntitled), AnswerClass::kStopInterface},
      {Normalised(messages::kEntitlementExpiredStart), AnswerClass::kStopPartner},
  }};
  return table;
}

}  // namespace

AnswerClass ClassifyRefusal(std::string_view message) {
  const std::string text = Normalised(message);
  for (const Row& row : Table()) {
    if (text.compare(0, row.start.size(), row.start) == 0) return row.meaning;
  }
  return AnswerClass::kPark;
}

}  // namespace guarantee::contract
