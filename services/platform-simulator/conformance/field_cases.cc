#include "platform-simulator/conformance/generate.h"

namespace guarantee::platform_simulator::conformance {
namespace {

using contract::FieldKind;
using contract::FieldPlan;

constexpr std::string_view kIdeographicBlanks = "\xE3\x80\x80\xE3\x80\x80";

bool IsRequired(CaseWriter& writer, const FieldPlan& field) {
  return field.required || writer.AnyHolds(field.required_if, writer.Base());
}

void WriteEmpty(CaseWriter& writer, const FieldPlan& field) {
  const Expectation expected =
      IsRequired(writer, field) ? writer.Refused(field.wire) : writer.Clean();
  writer.Add(field.wire + "/missing", writer.Base().Remove(field.wire).Text(), expected);
  writer.AddField(field, "null", "null", expected);
  writer.AddField(field, "empty", Quote(""), expected);
  writer.AddField(field, "blank", Quote("   "), expected);
  writer.AddField(field, "wide-blank", Quote(kIdeographicBlanks), expected);
  if (field.required_if.empty()) return;
  writer.Add(field.wire + "/not-required",
             writer.BaseWithout(field.required_if).Remove(field.wire).Text(), writer.Clean());
}

void WriteTypes(CaseWriter& writer, const FieldPlan& field) {
  const Expectation refused = writer.Refused(field.wire);
  writer.AddField(field, "true", "true", refused);
  writer.AddField(field, "false", "false", refused);
  writer.AddField(field, "object", "{}", refused);
  writer.AddField(field, "object-with-value", R"({"value":"1"})", refused);
  writer.AddField(field, "array", "[]", refused);
  writer.AddField(field, "array-of-value", "[" + writer.ValueOf(field) + "]", refused);
}

void WriteAlias(CaseWriter& writer, const FieldPlan& field, const std::string& alias) {
  const std::string name = field.wire + "/as-" + alias;
  Body body = writer.Base();
  const std::string value(body.Find(field.wire));
  writer.Add(name, Body(body).Remove(field.wire).Set(alias, value).Text(), writer.Clean());
  body = writer.Base();
  body.Set(alias, std::string(body.Find(field.wire)));
  writer.Add(name + "-too", body.Text(), writer.Clean());
  body = writer.Base();
  body.Set(alias, writer.OtherValueOf(field, body.Find(field.wire)));
  writer.Add(name + "-differs", body.Text(),
             field.prefer_wire ? writer.Clean() : writer.Refused(field.wire));
  body = writer.Base();
  const std::string only(body.Find(field.wire));
  writer.Add(name + "-for-empty", body.Set(field.wire, Quote("")).Set(alias, only).Text(),
             writer.Clean());
}

void WriteTwice(CaseWriter& writer, const FieldPlan& field) {
  Body same = writer.Base();
  same.Add(field.wire, std::string(same.Find(field.wire)));
  writer.Add(field.wire + "/twice", same.Text(), writer.Malformed());
  writer.Add(field.wire + "/twice-differs",
             writer.Base().Add(field.wire, writer.ValueOf(field)).Text(), writer.Malformed());
}

}  // namespace

void WriteFieldCases(CaseWriter& writer) {
  const contract::MessagePlan& plan = writer.interface().message;
  for (const FieldPlan& field : plan.fields) {
    if (!IsSent(field)) continue;
    WriteEmpty(writer, field);
    WriteTypes(writer, field);
    WriteTwice(writer, field);
    for (const std::size_t key : field.keys) {
      if (plan.keys[key].key != field.wire) WriteAlias(writer, field, plan.keys[key].key);
    }
  }
}

}  // namespace guarantee::platform_simulator::conformance
