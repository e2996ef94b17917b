#include "base/base64.h"
#include "contract/formats.h"
#include "platform-simulator/conformance/generate.h"

namespace guarantee::platform_simulator::conformance {
namespace {

using contract::FieldKind;
using contract::FieldPlan;

constexpr std::string_view kBlock = "0123456789abcdef";
constexpr std::size_t kSealedBlocksMost = contract::kSealedLengthMax / 4 * 3 / kBlock.size();

bool IsTextual(const FieldPlan& field) {
  return field.kind == FieldKind::kText || field.kind == FieldKind::kIdentity;
}

// Never taken for ciphertext: the hyphen is no letter of base64.
std::string Latin(std::string start, std::size_t length) {
  start.resize(std::min(start.size(), length));
  while (start.size() < length) start += start.size() % 2 == 0 ? '-' : 'A';
  return start;
}

std::string Chinese(std::size_t length) {
  std::string text;
  for (std::size_t at = 0; at < length; ++at) text += "岳";
  return text;
}

// Numbers are unique, names are in the script that they are meant to be in.
std::string OfLength(CaseWriter& writer, const FieldPlan& field, std::size_t length) {
  if (IsNumber(field)) return Latin(writer.Number(), length);
  return field.kind == FieldKind::kText ? Chinese(length) : Latin("K", length);
}

// A code whose check digit matters cannot be of any length; it is then looked at where it does not.
void AddLoose(CaseWriter& writer, const FieldPlan& field, const std::string& name,
              const std::string& value, Expectation expected) {
  Body body = writer.BaseWithout(field.strict_uscc_if);
  writer.Add(field.wire + "/" + name, body.Set(field.wire, Quote(value)).Text(),
             std::move(expected));
}

void WriteLengths(CaseWriter& writer, const FieldPlan& field) {
  const Expectation clean = writer.Clean();
  const Expectation refused = writer.Refused(field.wire);
  const std::size_t declared = field.max_length;
  AddLoose(writer, field, "one-letter", IsNumber(field) ? writer.Number() : "K", clean);
  AddLoose(writer, field, "exactly-as-long", OfLength(writer, field, declared), clean);
  if (field.accepted_length > declared) {
    AddLoose(writer, field, "longer-than-declared", OfLength(writer, field, declared + 1), clean);
    AddLoose(writer, field, "longest", OfLength(writer, field, field.accepted_length), clean);
  }
  AddLoose(writer, field, "too-long-by-one", OfLength(writer, field, field.accepted_length + 1),
           refused);
}

void WriteNumbers(CaseWriter& writer, const FieldPlan& field) {
  const bool identity = field.kind == FieldKind::kIdentity;
  const Expectation refused = writer.Refused(field.wire);
  Body body = writer.BaseWithout(field.strict_uscc_if);
  writer.Add(field.wire + "/number", body.Set(field.wire, writer.Number()).Text(), writer.Clean());
  const std::string long_number = "9" + writer.Number() + std::string(field.max_length, '0');
  body = writer.BaseWithout(field.strict_uscc_if);
  writer.Add(field.wire + "/number-as-long",
             body.Set(field.wire, long_number.substr(0, field.max_length)).Text(), writer.Clean());
  if (!identity) return;
  writer.AddField(field, "number-too-long", long_number.substr(0, field.max_length + 1), refused);
  writer.AddField(field, "fraction", "1.5", refused);
  writer.AddField(field, "exponent", "1e3", refused);
}

void WriteCharacters(CaseWriter& writer, const FieldPlan& field) {
  const Expectation clean = writer.Clean();
  const Expectation refused = writer.Refused(field.wire);
  const bool text = field.kind == FieldKind::kText;
  const std::string start = IsNumber(field) ? writer.Number() : "K";
  AddLoose(writer, field, "control", start + '\x01' + "A", refused);
  AddLoose(writer, field, "delete", start + '\x7f' + "A", refused);
  AddLoose(writer, field, "upper-control", start + "\xC2\x85" + "A", refused);
  AddLoose(writer, field, "return", start + "\rA", refused);
  AddLoose(writer, field, "line-feed", start + "\nA", text ? clean : refused);
  AddLoose(writer, field, "tab", start + "\tA", text ? clean : refused);
  AddLoose(writer, field, "chinese", start + "岳", field.ours ? refused : clean);
  AddLoose(writer, field, "beyond-the-first-plane", start + "\xF0\xA0\xAE\xB7",
           field.ours ? refused : clean);
  AddLoose(writer, field, "smart-quotes", start + "“A”", field.ours ? refused : clean);
  AddLoose(writer, field, "markup", start + "<b>'\"&\\", clean);
}

void WriteSealed(CaseWriter& writer, const FieldPlan& field) {
  const auto sealed = [](std::size_t blocks) {
    std::string bytes;
    for (std::size_t at = 0; at < blocks; ++at) bytes += kBlock;
    return EncodeBase64(bytes);
  };
  writer.AddField(field, "ciphertext", Quote(sealed(2)), writer.Clean());
  writer.AddField(field, "ciphertext-of-an-rsa-block", Quote(sealed(8)), writer.Clean());
  writer.AddField(field, "ciphertext-longest", Quote(sealed(kSealedBlocksMost)), writer.Clean());
  writer.AddField(field, "ciphertext-too-long", Quote(sealed(kSealedBlocksMost + 1)),
                  writer.Refused(field.wire));
}

void WriteCreditCode(CaseWriter& writer, const FieldPlan& field) {
  const std::string wrong = Quote("91430602MA4L5GJ80A");
  if (field.warn_uscc) writer.AddField(field, "wrong-check-digit", wrong, writer.Clean());
  if (field.strict_uscc_if.empty()) return;
  Body strict = writer.Base();
  for (const contract::ConditionPlan& condition : field.strict_uscc_if) {
    const FieldPlan& sibling = writer.interface().message.fields[condition.field];
    for (const contract::ListedValue& value : sibling.values) {
      if (value.number == condition.value) strict.Set(sibling.wire, Quote(value.wire));
    }
  }
  writer.Add(field.wire + "/wrong-check-digit", strict.Set(field.wire, wrong).Text(),
             writer.Refused(field.wire));
  AddLoose(writer, field, "wrong-check-digit-without-need", "91430602MA4L5GJ80A", writer.Clean());
}

}  // namespace

void WriteTextCases(CaseWriter& writer) {
  for (const FieldPlan& field : writer.interface().message.fields) {
    if (!IsSent(field) || !IsTextual(field)) continue;
    WriteLengths(writer, field);
    WriteNumbers(writer, field);
    WriteCharacters(writer, field);
    WriteCreditCode(writer, field);
    if (field.sealed) WriteSealed(writer, field);
  }
}

}  // namespace guarantee::platform_simulator::conformance
