// Samples, damaged at random: whatever comes, the verdict is one of those declared, and what was
// accepted goes out and comes back as the same.
#include <random>

#include "contract/digest.h"
#include "contract/formats.h"
#include "fixture.h"

namespace guarantee::contract {
namespace {

constexpr unsigned kSeed = 20'240'801;
constexpr int kRoundsEach = 400;

class FuzzTest : public ContractTest {
 protected:
  std::size_t Below(std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random_);
  }
  // One to three of: a byte changed, a run cut out, a run doubled, a token of the grammar put in.
  std::string Damaged(std::string text) {
    static const std::vector<std::string> tokens = {"\"",
                                                    "\\u0000",
                                                    "\\ud800",
                                                    "{",
                                                    "}",
                                                    "[",
                                                    "]",
                                                    ",",
                                                    ":",
                                                    "null",
                                                    "1e999",
                                                    "-0",
                                                    "\xFF",
                                                    "\xEF\xBB\xBF",
                                                    "true",
                                                    "\\",
                                                    "{\"data\":{",
                                                    "}}",
                                                    std::string(1, '\0'),
                                                    "0",
                                                    " ",
                                                    "保"};
    for (std::size_t times = 1 + Below(3); times > 0 && !text.empty(); --times) {
      const std::size_t at = Below(text.size());
      const std::size_t length = 1 + Below(std::min<std::size_t>(text.size() - at, 20));
      switch (Below(4)) {
        case 0:
          text[at] = static_cast<char>(Below(256));
          break;
        case 1:
          text.erase(at, length);
          break;
        case 2:
          text.insert(at, text.substr(at, length));
          break;
        default:
          text.insert(at, tokens[Below(tokens.size())]);
          break;
      }
    }
    return text;
  }
  // What was taken in must be able to go out, unless it is longer than what may be written.
  void CheckAccepted(const Interface& interface, const Item& item) {
    if (!item.documents.empty()) document_ = item.documents.front().bytes;
    const auto encoded = Encode(interface, *item.message, {}, Store());
    if (!encoded) {
      EXPECT_EQ(encoded.error().code, "contract.length") << Describe(encoded.error());
      return;
    }
    if (!encoded->warnings.empty()) return;
    const auto again = Decode(interface, encoded->body, {});
    ASSERT_TRUE(again) << encoded->body << again.error().message;
    EXPECT_EQ(CanonicalForm(interface, *again->items.front().message, {}),
              CanonicalForm(interface, *item.message, {}));
  }
  void CheckOne(const Interface& interface, const std::string& body) {
    const auto decoded = Decode(interface, body, {});
    if (!decoded) {
      EXPECT_FALSE(decoded.error().message.empty());
      EXPECT_LE(CodePoints(decoded.error().message), 200U);
      EXPECT_EQ(decoded.error().kind == FailureKind::kInvalid, !decoded.error().fields.empty());
      return;
    }
    const std::string_view text(body);
    const bool marked = text.substr(0, 3) == "\xEF\xBB\xBF";
    EXPECT_TRUE(nlohmann::json::accept(text.substr(marked ? 3 : 0)) ||
                text.find("1e999") != std::string_view::npos)
        << body;
    for (const Item& item : decoded->items) {
      EXPECT_NE(item.message == nullptr, item.failure == std::nullopt);
      if (item.message) CheckAccepted(interface, item);
    }
  }

  std::mt19937 random_{kSeed};
};

TEST_F(FuzzTest, DamagedSamples_HaveOneOfTheDeclaredVerdicts) {
  RecordProperty("seed", static_cast<int>(kSeed));
  for (const Interface& interface : TheContract().interfaces()) {
    const std::string sample = Sample(interface);
    for (int round = 0; round < kRoundsEach; ++round) CheckOne(interface, Damaged(sample));
  }
}

TEST_F(FuzzTest, DamagedArrays_HaveOneOfTheDeclaredVerdicts) {
  const Interface& cancel = At("3.3");
  const std::string sample = "[" + Sample(cancel) + "," + Sample(cancel) + "]";
  for (int round = 0; round < kRoundsEach; ++round) CheckOne(cancel, Damaged(sample));
}

TEST_F(FuzzTest, DamagedAnswers_AreNeverAcceptedUnlessTheySayTwoHundred) {
  const Interface& notice = At("3.2");
  const std::string sample = R"({"code":200,"msg":"操作成功"})";
  for (int round = 0; round < kRoundsEach * 10; ++round) {
    const std::string body = Damaged(sample);
    const auto answer = ReadAnswer(notice, body);
    if (answer.verdict != Verdict::kAccepted) continue;
    EXPECT_NE(body.find("200"), std::string::npos) << body;
    EXPECT_EQ(answer.code, "200");
  }
}

}  // namespace
}  // namespace guarantee::contract
