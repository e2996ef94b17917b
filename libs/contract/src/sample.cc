#include "base/base64.h"
#include "contract/formats.h"
#include "contract/manual.h"
#include "json_writer.h"

namespace guarantee::contract {
namespace {

// Enough of a PDF to be taken for one.
constexpr std::string_view kSampleDocument = "%PDF-1.7\n%%EOF\n";

std::string SampleValue(const FieldPlan& field) {
  return field.kind == FieldKind::kDocument ? EncodeBase64(kSampleDocument) : field.sample;
}

// What everybody may send: neither a switch's extra nor what we never send.
bool IsCommon(const FieldPlan& field) {
  return field.only_when == Switch::kNone && !field.receive_only;
}

}  // namespace

std::string Sample(const Interface& interface) {
  JsonObject object;
  for (const FieldPlan& field : interface.message.fields) {
    if (IsCommon(field)) object.Text(field.wire, SampleValue(field));
  }
  return std::move(object).Take(interface.wrapped_out ? interface.wrapper : std::string_view{});
}

std::string SampleAnswer(const Interface& interface) {
  JsonObject object;
  for (const FieldPlan& field : interface.reply.fields) {
    if (field.kind == FieldKind::kNumber) {
      object.Number(field.wire, field.sample);
    } else {
      object.Text(field.wire, field.sample);
    }
  }
  return std::move(object).Take({});
}

}  // namespace guarantee::contract
