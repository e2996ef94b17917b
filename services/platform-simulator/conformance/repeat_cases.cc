#include "contract/messages.h"
#include "platform-simulator/conformance/generate.h"

namespace guarantee::platform_simulator::conformance {
namespace {

namespace messages = contract::messages;
using contract::FieldPlan;

Expectation RefusedWith(std::string_view text) {
  Expectation expected;
  expected.may_refuse = true;
  expected.texts = {std::string(text)};
  return expected;
}

void AddPair(CaseWriter& writer, const std::string& name, const std::string& first,
             const std::string& second, Expectation expected) {
  writer.Add("repeat/" + name, {writer.Post(first), writer.Post(second)}, std::move(expected));
}

// Spelled otherwise, but the same message.
void WriteSame(CaseWriter& writer) {
  Expectation same = writer.Clean();
  same.same_as_first = true;
  const contract::Interface& interface = writer.interface();
  Body body = writer.Base();
  AddPair(writer, "same-bytes", body.Text(), body.Text(), same);
  writer.Add("repeat/three-times",
             {writer.Post(body.Text()), writer.Post(body.Text()), writer.Post(body.Text())}, same);
  body = writer.Base();
  AddPair(writer, "reversed", body.Text(), body.Reversed().Text(), same);
  body = writer.Base();
  AddPair(writer, "wrapped", body.Text(), "{" + Quote(interface.wrapper) + ":" + body.Text() + "}",
          same);
  body = writer.Base();
  AddPair(writer, "with-an-unknown-key", body.Text(), Body(body).Add("extra", "1").Text(), same);
  for (const FieldPlan& field : interface.message.fields) {
    if (!IsSent(field) || !field.outside_digest) continue;
    body = writer.Base();
    const std::string other = writer.OtherValueOf(field, body.Find(field.wire));
    AddPair(writer, "other-" + field.wire, body.Text(), Body(body).Set(field.wire, other).Text(),
            same);
  }
  for (const contract::KeyPlan& key : interface.message.keys) {
    const FieldPlan& field = interface.message.fields[key.field];
    if (key.key == field.wire || !IsSent(field)) continue;
    body = writer.Base();
    const std::string token(body.Find(field.wire));
    AddPair(writer, "as-" + key.key, body.Text(),
            Body(body).Remove(field.wire).Add(key.key, token).Text(), same);
  }
}

// Another message under a number that is taken.
void WriteChanged(CaseWriter& writer) {
  const contract::Interface& interface = writer.interface();
  for (const FieldPlan& field : interface.message.fields) {
    const bool number = &field == interface.registered.number;
    if (!IsSent(field) || field.outside_digest || number) continue;
    const Body body = writer.Base();
    const std::string other = writer.OtherValueOf(field, body.Find(field.wire));
    if (other == body.Find(field.wire)) continue;
    Expectation refused = RefusedWith(messages::kDuplicateNumber);
    // A platform may encrypt anew each time; then the sealed fields do not count.
    refused.may_accept = field.sealed;
    AddPair(writer, "changed-" + field.wire, body.Text(), Body(body).Set(field.wire, other).Text(),
            refused);
    const bool needed = field.required || writer.AnyHolds(field.required_if, body);
    const bool defaulted =
        field.default_from != contract::kNoField && field.default_when == contract::Switch::kNone;
    if (needed || defaulted) continue;
    AddPair(writer, "without-" + field.wire, body.Text(), Body(body).Remove(field.wire).Text(),
            RefusedWith(messages::kDuplicateNumber));
  }
}

void WriteUnique(CaseWriter& writer) {
  const contract::Interface& interface = writer.interface();
  const FieldPlan& number = *interface.registered.number;
  for (const FieldPlan* field : interface.registered.unique) {
    const Body body = writer.Base();
    AddPair(writer, "taken-" + field->wire, body.Text(),
            Body(body).Set(number.wire, writer.ValueOf(number)).Text(),
            RefusedWith(messages::kDuplicateOrder));
  }
}

// A refusal uses up nothing: the same number, put right, is accepted.
void WriteRefusedFirst(CaseWriter& writer) {
  const contract::Interface& interface = writer.interface();
  for (const FieldPlan& field : interface.message.fields) {
    if (!field.required || &field == interface.registered.number) continue;
    const Body body = writer.Base();
    writer.AddCorrected("repeat/after-a-refusal-" + field.wire,
                        Body(body).Remove(field.wire).Text(), body.Text());
  }
}

}  // namespace

void WriteRepeatCases(CaseWriter& writer) {
  const contract::Interface& interface = writer.interface();
  if (interface.registered.number != nullptr) {
    WriteSame(writer);
    WriteChanged(writer);
    WriteUnique(writer);
    WriteRefusedFirst(writer);
    return;
  }
  const Body body = writer.Base();
  AddPair(writer, "same-bytes", body.Text(), body.Text(), writer.Clean());
  AddPair(writer, "wrapped", body.Text(), "{" + Quote(interface.wrapper) + ":" + body.Text() + "}",
          writer.Clean());
}

}  // namespace guarantee::platform_simulator::conformance
