#include "contract/decode.h"
#include "platform-simulator/conformance/generate.h"

namespace guarantee::platform_simulator::conformance {
namespace {

using contract::FieldPlan;

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr const char* kUnknownKey = "conformanceExtra";

// An array of arrays, `depth` deep.
std::string Nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

const FieldPlan& FirstRequired(const contract::Interface& interface) {
  for (const FieldPlan& field : interface.message.fields) {
    if (field.required) return field;
  }
  return interface.message.fields.front();
}

std::string Wrapped(const CaseWriter& writer, const std::string& body) {
  return "{" + Quote(writer.interface().wrapper) + ":" + body + "}";
}

void WriteShapes(CaseWriter& writer) {
  const Expectation clean = writer.Clean();
  const std::string& wrapper = writer.interface().wrapper;
  writer.Add("body/bare", writer.Base().Text(), clean);
  writer.Add("body/wrapped", Wrapped(writer, writer.Base().Text()), clean);
  writer.Add("body/wrapped-with-fields-beside",
             "{\"code\":200," + Quote(wrapper) + ":" + writer.Base().Text() + ",\"msg\":\"\"}",
             clean);
  writer.Add("body/byte-order-mark", std::string(kByteOrderMark) + writer.Base().Text(), clean);
  writer.Add("body/reversed", writer.Base().Reversed().Text(), clean);
  writer.Add("body/white-space", " \r\n\t" + writer.Base().Text() + "\n", clean);
  Body sparse;
  const Body base = writer.Base();
  for (const FieldPlan& field : writer.interface().message.fields) {
    const bool needed = field.required || writer.AnyHolds(field.required_if, base);
    if (IsSent(field) && needed) sparse.Add(field.wire, std::string(base.Find(field.wire)));
  }
  writer.Add("body/required-only", sparse.Text(), clean);
  const Expectation refused = writer.Refused(FirstRequired(writer.interface()).wire);
  writer.Add("body/no-fields", "{}", refused);
  writer.Add("body/wrapped-no-fields", Wrapped(writer, "{}"), refused);
  writer.Add("body/wrapped-twice", Wrapped(writer, Wrapped(writer, writer.Base().Text())), refused);
}

void WriteUnknownKeys(CaseWriter& writer) {
  const Expectation clean = writer.Clean();
  const auto extra = [&writer](std::string token) {
    return writer.Base().Add(kUnknownKey, std::move(token)).Text();
  };
  writer.Add("body/unknown-key", extra(Quote("x")), clean);
  writer.Add("body/unknown-key-null", extra("null"), clean);
  writer.Add("body/unknown-key-huge-number", extra("1e400"), clean);
  writer.Add("body/unknown-key-object", extra(R"({"a":[1,{"b":null}]})"), clean);
  writer.Add("body/unknown-key-deep", extra(Nested(contract::kNestingMax - 1)), clean);
  writer.Add("body/unknown-key-too-deep", extra(Nested(contract::kNestingMax)), writer.Malformed());
  writer.Add("body/unknown-key-twice",
             writer.Base().Add(kUnknownKey, "1").Add(kUnknownKey, "2").Text(), writer.Malformed());
  Body upper = writer.Base();
  const FieldPlan& field = FirstRequired(writer.interface());
  const std::string token(upper.Find(field.wire));
  std::string wire = field.wire;
  wire.front() = static_cast<char>(wire.front() - 'a' + 'A');
  writer.Add("body/key-in-another-case", upper.Remove(field.wire).Add(wire, token).Text(),
             writer.Refused(field.wire));
}

void WriteArrays(CaseWriter& writer) {
  const auto items = [&writer](std::size_t count) {
    std::string text = "[";
    for (std::size_t at = 0; at < count; ++at) {
      text += (at == 0 ? "" : ",") + writer.Base().Text();
    }
    return text + "]";
  };
  const bool taken = writer.interface().array_in;
  const Expectation several = taken ? writer.Clean() : writer.Malformed();
  writer.Add("body/array-of-one", items(1), several);
  writer.Add("body/array-of-three", items(3), several);
  writer.Add("body/array-empty", "[]", writer.Malformed());
  if (!taken) return;
  writer.Add("body/array-wrapped", Wrapped(writer, items(2)), several);
  const FieldPlan& field = FirstRequired(writer.interface());
  writer.Add("body/array-one-without-a-field",
             "[" + writer.Base().Text() + "," + writer.Base().Remove(field.wire).Text() + "]",
             writer.Refused(field.wire));
  Expectation refused = writer.Refused("");
  refused.named.clear();
  writer.Add("body/array-with-a-number", "[" + writer.Base().Text() + ",1]", refused);
}

void WriteMalformed(CaseWriter& writer) {
  const std::string good = writer.Base().Text();
  const std::string open = good.substr(0, good.size() - 1);
  const std::pair<const char*, std::string> texts[] = {
      {"nothing", ""},
      {"blanks", "  \n"},
      {"string", Quote("{}")},
      {"number", "1"},
      {"null", "null"},
      {"true", "true"},
      {"cut", good.substr(0, good.size() / 2)},
      {"not-closed", open},
      {"trailing-comma", open + ",}"},
      {"trailing-text", good + "x"},
      {"two-documents", good + good},
      {"single-quotes", "{'a':'b'}"},
      {"smart-quotes", "{“a”:“b”}"},
      {"key-without-quotes", "{a:1}"},
      {"comment", "/* */" + good},
      {"not-a-number", open + ",\"x\":NaN}"},
      {"leading-zero", open + ",\"x\":01}"},
      {"plus-sign", open + ",\"x\":+1}"},
      {"bad-escape", open + ",\"x\":\"\\q\"}"},
      {"raw-line-feed", open + ",\"x\":\"a\nb\"}"},
      {"lone-surrogate", open + ",\"x\":\"\\ud800\"}"},
      {"not-utf-8", open + ",\"x\":\"\xB0\xB6\"}"},
      {"overlong-utf-8", open + ",\"x\":\"\xC0\xAF\"}"},
      {"byte-order-mark-twice", std::string(kByteOrderMark) + std::string(kByteOrderMark) + good},
      {"utf-16", std::string("{\0}\0", 4)},
      {"form", "a=1&b=2"},
      {"xml", "<a/>"},
  };
  for (const auto& [name, text] : texts) {
    writer.Add(std::string("body/malformed-") + name, text, writer.Malformed());
  }
}

}  // namespace

void WriteBodyCases(CaseWriter& writer) {
  WriteShapes(writer);
  WriteUnknownKeys(writer);
  WriteArrays(writer);
  WriteMalformed(writer);
}

}  // namespace guarantee::platform_simulator::conformance
