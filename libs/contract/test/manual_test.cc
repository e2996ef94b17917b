#include "contract/manual.h"

#include "contract/openapi.h"
#include "fixture.h"

namespace guarantee::contract {
namespace {

class ManualTest : public ContractTest {};

TEST_F(ManualTest, Manual_HoldsEveryInterfaceFieldAndPath) {
  const std::string manual = Manual(TheContract());
  const auto has = [&](const std::string& text) { return manual.find(text) != std::string::npos; };
  for (const Interface& interface : TheContract().interfaces()) {
    EXPECT_TRUE(has("## " + interface.section + " " + interface.title + "\n"));
    EXPECT_TRUE(has("`/" + interface.path + "`"));
    for (const FieldPlan& field : interface.message.fields) {
      if (field.only_when != Switch::kNone || field.receive_only) continue;
      EXPECT_TRUE(has("| `" + field.wire + "` | " + field.title + " |")) << field.wire;
    }
  }
}

TEST_F(ManualTest, SampleAnswer_IsAccepted_ByTheReaderOfAnswers) {
  for (const Interface& interface : TheContract().interfaces()) {
    const auto answer = ReadAnswer(interface, SampleAnswer(interface));
    const auto expected =
        interface.answer == AnswerShape::kCreditCheck ? Verdict::kRefused : Verdict::kAccepted;
    EXPECT_EQ(answer.verdict, expected) << interface.section;
  }
}

TEST_F(ManualTest, OpenApi_ServesAndCallsEveryInterface) {
  const auto document = nlohmann::json::parse(OpenApi(TheContract()));
  EXPECT_EQ(document["openapi"], "3.1.0");
  for (const Interface& interface : TheContract().interfaces()) {
    const std::string path = "/" + interface.path;
    EXPECT_EQ(document["paths"].contains(path), interface.FromPlatform()) << path;
    EXPECT_EQ(document["webhooks"].contains(path), interface.ToPlatform()) << path;
  }
}

TEST_F(ManualTest, OpenApi_SchemasSayLengthNeedAndCodes) {
  const auto schemas = nlohmann::json::parse(OpenApi(TheContract()))["components"]["schemas"];
  const auto& apply = schemas["OrderApply"];
  EXPECT_EQ(apply["properties"]["orderNo"]["maxLength"], 64);
  EXPECT_EQ(apply["properties"]["bidderName"]["x-plain-max-length"], 100);
  EXPECT_EQ(apply["properties"]["icheck"]["enum"], nlohmann::json({"1", "0"}));
  const auto& required = apply["required"];
  EXPECT_NE(std::find(required.begin(), required.end(), "businessNo"), required.end());
  EXPECT_EQ(std::find(required.begin(), required.end(), "khBank"), required.end());
  EXPECT_EQ(apply["allOf"][0]["then"]["required"][0], "khBank");
  EXPECT_FALSE(schemas["OrderApplyNotice"]["properties"].contains("remark"));
}

TEST_F(ManualTest, OpenApi_EveryReferenceResolves) {
  const auto document = nlohmann::json::parse(OpenApi(TheContract()));
  const std::string text = document.dump();
  const std::string start = "#/components/schemas/";
  std::size_t count = 0;
  for (std::size_t at = text.find(start); at != std::string::npos; at = text.find(start, at + 1)) {
    const std::size_t name = at + start.size();
    const auto schema = text.substr(name, text.find('"', name) - name);
    EXPECT_TRUE(document["components"]["schemas"].contains(schema)) << schema;
    ++count;
  }
  EXPECT_GE(count, 2 * TheContract().interfaces().size());
}

}  // namespace
}  // namespace guarantee::contract
