// JSON itself: the cases that JSON parsers are commonly measured by (valid, invalid, left open by
// the grammar), each as the value of an unknown key and as the body. Valid JSON is never malformed
// there; invalid JSON always is.
#include "json_cases.h"

#include "fixture.h"

namespace guarantee::contract {
namespace {

class JsonCasesTest : public ContractTest {
 protected:
  // A refusal as to the form is neither here nor there: the question is what JSON this is.
  static bool Malformed(const std::string& body) {
    const auto decoded = Decode(At("3.3"), body, {});
    return !decoded && decoded.error().kind == FailureKind::kMalformed;
  }
  static std::string Under(const std::string& value) { return R"({"unknown":)" + value + "}"; }
};

TEST_F(JsonCasesTest, Valid_UnderAnUnknownKey_IsNeverMalformed) {
  for (const auto& text : kValidJson) EXPECT_FALSE(Malformed(Under(text))) << text;
  for (const auto& text : kOpenAcceptedJson) EXPECT_FALSE(Malformed(Under(text))) << text;
}

TEST_F(JsonCasesTest, Valid_AsBody_IsMalformedOnlyWhereItIsNoObject) {
  for (const auto& text : kValidJson) {
    const auto value = nlohmann::json::parse(text);
    const bool array = value.is_array() && !value.empty();
    EXPECT_EQ(Malformed(text), !value.is_object() && !array) << text;
  }
}

TEST_F(JsonCasesTest, Invalid_AsBodyAndUnderAKey_IsMalformed) {
  for (const auto& text : kInvalidJson) {
    EXPECT_TRUE(Malformed(text)) << text;
    EXPECT_TRUE(Malformed("{\"unknown\":[" + text + ",}")) << text;
    EXPECT_TRUE(Malformed(Under("1") + text + "x")) << text;
  }
  for (const auto& text : kOpenRefusedJson) {
    EXPECT_TRUE(Malformed(text)) << text;
    EXPECT_TRUE(Malformed(Under(text))) << text;
  }
}

TEST_F(JsonCasesTest, DuplicateKeys_Everywhere_AreMalformed) {
  for (const auto* text :
       {R"({"a":1,"a":1})", R"({"applyNo":"1","applyNo":"1"})", R"({"x":{"a":1,"a":2}})",
        R"({"x":[{"a":1,"\u0061":2}]})", R"({"data":{"applyNo":"1","applyNo":"2"}})",
        R"({"data":{},"data":{}})", R"({"applyNo":null,"applyNo":"1"})", R"({"":0,"":0})",
        R"([{"remark":"","remark":""}])"}) {
    EXPECT_TRUE(Malformed(text)) << text;
  }
  EXPECT_FALSE(Malformed(R"({"a":{"b":1},"c":{"b":1}})"));
}

TEST_F(JsonCasesTest, DuplicateKey_AmongManyUnknown_IsFound) {
  std::string text = "{";
  for (int i = 0; i < 5000; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  EXPECT_FALSE(Malformed(text + "\"last\":0}"));
  EXPECT_TRUE(Malformed(text + "\"k4999\":0}"));
  EXPECT_TRUE(Malformed(text + "\"k3\":0}"));
}

TEST_F(JsonCasesTest, TooManyKeys_AreTooLarge) {
  std::string text = "{";
  for (std::size_t i = 0; i <= kKeysMax; ++i) text += "\"k" + std::to_string(i) + "\":0,";
  const auto decoded = Decode(At("3.3"), text + "\"last\":0}", {});
  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().kind, FailureKind::kTooLarge);
}

TEST_F(JsonCasesTest, Nesting_SixteenPass_SeventeenDoNot) {
  EXPECT_FALSE(Malformed(Under(Nested(kNestingMax - 1))));
  EXPECT_TRUE(Malformed(Under(Nested(kNestingMax))));
  EXPECT_TRUE(Malformed(Under(Nested(100'000))));
  EXPECT_TRUE(Malformed(std::string(100'000, '[')));
}

TEST_F(JsonCasesTest, ByteOrderMark_OncePasses_TwiceDoesNot) {
  const std::string mark = "\xEF\xBB\xBF";
  EXPECT_FALSE(Malformed(mark + "{}"));
  EXPECT_TRUE(Malformed(mark + mark + "{}"));
  EXPECT_TRUE(Malformed(" " + mark + "{}"));
}

TEST_F(JsonCasesTest, HugeNumbers_AreBoundedInNumber) {
  EXPECT_FALSE(Malformed(R"({"a":[1e999,-1e999,1e9999,5e500]})"));
  EXPECT_TRUE(Malformed(R"({"a":[1e999,1e999,1e999,1e999,1e999]})"));
  EXPECT_TRUE(Malformed(R"({"a":1e999,)"));
}

TEST_F(JsonCasesTest, EveryCutOfASample_IsMalformed) {
  for (const Interface& interface : TheContract().interfaces()) {
    const std::string body = Sample(interface);
    for (std::size_t length = 0; length < body.size(); ++length) {
      const auto decoded = Decode(interface, std::string_view(body).substr(0, length), {});
      ASSERT_TRUE(!decoded && decoded.error().kind == FailureKind::kMalformed)
          << interface.section << ' ' << length;
    }
  }
}

}  // namespace
}  // namespace guarantee::contract
