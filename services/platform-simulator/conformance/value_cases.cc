#include "base/base64.h"
#include "contract/formats.h"
#include "platform-simulator/conformance/generate.h"

namespace guarantee::platform_simulator::conformance {
namespace {

using contract::FieldKind;
using contract::FieldPlan;

struct Spelling {
  const char* name;
  const char* token;
};

bool IsDigits(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

void AddAll(CaseWriter& writer, const FieldPlan& field, const std::vector<Spelling>& spellings,
            const Expectation& expected) {
  for (const Spelling& spelling : spellings) {
    writer.AddField(field, spelling.name, spelling.token, expected);
  }
}

void WriteListed(CaseWriter& writer, const FieldPlan& field) {
  for (const contract::ListedValue& value : field.values) {
    writer.AddField(field, "value-" + value.wire, Quote(value.wire), writer.Clean());
    writer.AddField(field, "value-" + value.wire + "-blanks", Quote(" " + value.wire + " "),
                    writer.Clean());
    if (!IsDigits(value.wire)) continue;
    writer.AddField(field, "value-" + value.wire + "-as-number", value.wire, writer.Clean());
    writer.AddField(field, "value-" + value.wire + "-leading-zero", Quote("0" + value.wire),
                    writer.Refused(field.wire));
    writer.AddField(field, "value-" + value.wire + "-fraction", value.wire + ".0",
                    writer.Refused(field.wire));
  }
  AddAll(writer, field,
         {{"unlisted", R"("9")"},
          {"unlisted-number", "9"},
          {"negative", "-1"},
          {"word", R"("yes")"},
          {"too-long-by-one", R"("000")"}},
         writer.Refused(field.wire));
}

void WriteTime(CaseWriter& writer, const FieldPlan& field) {
  const std::string token = writer.ValueOf(field);
  const std::string time = token.substr(1, token.size() - 2);
  const std::string date = time.substr(0, 10);
  const std::string hour = time.substr(11);
  const std::pair<std::string, std::string> fine[] = {
      {"letter-t", date + "T" + hour},
      {"milliseconds", time + ".000"},
      {"letter-t-milliseconds", date + "T" + hour + ".000"},
      {"blanks", "  " + time + " "},
  };
  for (const auto& [name, value] : fine) {
    writer.AddField(field, name, Quote(value), writer.Clean());
  }
  const std::pair<std::string, std::string> wrong[] = {
      {"date-only", date},
      {"zone", date + "T" + hour + "+08:00"},
      {"zulu", date + "T" + hour + "Z"},
      {"microseconds", time + ".000000"},
      {"trailing", time + "x"},
      {"two-blanks", date + "  " + hour},
      {"no-seconds", time.substr(0, 16)},
      {"two-digit-year", time.substr(2)},
      {"slashes", time.substr(0, 4) + "/" + time.substr(5, 2) + "/" + time.substr(8)},
      {"word", "明天"},
      {"digits", "20300101090000"},
  };
  for (const auto& [name, value] : wrong) {
    writer.AddField(field, name, Quote(value), writer.Refused(field.wire));
  }
  AddAll(writer, field,
         {{"no-such-day", R"("2030-02-30 09:00:00")"},
          {"no-leap-day", R"("2031-02-29 09:00:00")"},
          {"no-such-month", R"("2030-13-01 09:00:00")"},
          {"no-such-hour", R"("2030-01-01 24:00:00")"},
          {"no-such-minute", R"("2030-01-01 09:60:00")"},
          {"leap-second", R"("2030-01-01 09:00:60")"},
          {"one-digit-month", R"("2030-1-01 09:00:00")"},
          {"number", "20300101090000"},
          {"unix-milliseconds", "1900000000000"}},
         writer.Refused(field.wire));
}

void WriteMoney(CaseWriter& writer, const FieldPlan& field) {
  AddAll(writer, field,
         {{"whole", R"("500000")"},
          {"one-decimal", R"("500000.5")"},
          {"number", "500000"},
          {"number-two-decimals", "500000.00"},
          {"number-one-decimal", "500000.5"},
          {"blanks", R"(" 500000.00 ")"}},
         writer.Clean());
  AddAll(writer, field,
         {{"three-decimals", R"("500000.001")"},
          {"number-three-decimals", "500000.001"},
          {"thousands", R"("500,000.00")"},
          {"negative", R"("-500000.00")"},
          {"negative-number", "-500000"},
          {"plus", R"("+500000.00")"},
          {"exponent", R"("5e5")"},
          {"number-exponent", "5e5"},
          {"no-whole-part", R"(".50")"},
          {"no-decimals", R"("500000.")"},
          {"currency", R"("500000.00元")"},
          {"word", R"("伍拾万元整")"},
          {"sixteen-digits", R"("1000000000000000.00")"},
          {"two-to-the-64", "18446744073709551616"}},
         writer.Refused(field.wire));
}

void WriteRate(CaseWriter& writer, const FieldPlan& field) {
  AddAll(writer, field,
         {{"percent", R"("0.25%")"}, {"decimal", R"("0.0025")"}, {"number", "0.0025"}},
         writer.Clean());
  AddAll(writer, field, {{"word", R"("低")"}, {"negative", R"("-0.25%")"}},
         writer.Refused(field.wire));
}

void WriteAttachment(CaseWriter& writer, const FieldPlan& field) {
  const std::string zip = EncodeBase64("PK\x03\x04 conformance archive");
  const std::string pdf = EncodeBase64("%PDF-1.7\n%%EOF\n");
  const std::string link = "https://files.example.com/" + std::string(field.max_length, 'a');
  const std::pair<std::string, std::string> fine[] = {
      {"link", "https://files.example.com/a.zip"},
      {"plain-link", "http://files.example.com/a.zip"},
      {"path", "/files/2026/a.zip"},
      {"relative-path", "files/2026/a.zip"},
      {"inline-zip", zip},
      {"inline-pdf", pdf},
      {"odd-text", "见附件"},
      {"broken-base64", zip.substr(1)},
      {"longer-than-declared", link},
      {"longer-inline", EncodeBase64("PK\x03\x04" + std::string(4096, 'z'))},
  };
  for (const auto& [name, value] : fine) {
    writer.AddField(field, name, Quote(value), writer.Clean());
  }
  writer.AddField(field, "number", "1", writer.Refused(field.wire));
  writer.AddField(field, "control", Quote(std::string("/files/\x01.zip")),
                  writer.Refused(field.wire));
}

}  // namespace

void WriteValueCases(CaseWriter& writer) {
  for (const FieldPlan& field : writer.interface().message.fields) {
    if (!IsSent(field)) continue;
    if (field.kind == FieldKind::kListed) WriteListed(writer, field);
    if (field.kind == FieldKind::kTime) WriteTime(writer, field);
    if (field.kind == FieldKind::kMoney) WriteMoney(writer, field);
    if (field.kind == FieldKind::kRate) WriteRate(writer, field);
    if (field.kind == FieldKind::kAttachment) WriteAttachment(writer, field);
  }
}

}  // namespace guarantee::platform_simulator::conformance
