#include <gtest/gtest.h>

#include "base/base64.h"
#include "base/clock.h"
#include "base/money.h"
#include "base/result.h"
#include "base/secret.h"

namespace guarantee {
namespace {

TEST(Base64, GivesTheVectorsOfTheRfcAndTakesThemBack) {
  const std::pair<std::string_view, std::string_view> vectors[] = {
      {"f", "Zg=="},        {"fo", "Zm8="},        {"foo", "Zm9v"},
      {"foob", "Zm9vYg=="}, {"fooba", "Zm9vYmE="}, {"foobar", "Zm9vYmFy"}};
  for (const auto& [bytes, text] : vectors) {
    EXPECT_EQ(EncodeBase64(bytes), text);
    EXPECT_EQ(DecodeBase64(text), bytes);
    EXPECT_EQ(Base64Size(text), bytes.size());
  }
  EXPECT_EQ(EncodeBase64(""), "");
  EXPECT_FALSE(DecodeBase64(""));
}

TEST(LooksSealed, TakesWholeBlocksOnly) {
  for (std::size_t size = 1; size <= 64; ++size) {
    EXPECT_EQ(LooksSealed(EncodeBase64(std::string(size, 'x'))), size % 16 == 0) << size;
  }
  EXPECT_FALSE(LooksSealed(""));
  EXPECT_FALSE(LooksSealed("AAAAAAAAAAAAAAAAAAAAAB=="));  // bits left over
  EXPECT_FALSE(LooksSealed("9143060M715421015"));
}

TEST(Money, ReadsWholeAndDecimalAmountsExactly) {
  EXPECT_EQ(Money::Parse("500000.00")->fen, 50'000'000);
  EXPECT_EQ(Money::Parse("5.1")->fen, 510);
  EXPECT_EQ(Money::Parse("0")->fen, 0);
  EXPECT_EQ(Money::Parse("999999999999999.99")->fen, 99'999'999'999'999'999);
}

TEST(Money, RefusesWhatTheProtocolDoesNotAllow) {
  for (const std::string_view text : {"", ".", "1.", ".5", "1.234", "-1", "+1", "1e2", "1,000",
                                      " 1", "1000000000000000", "0x1", "1.2.3"}) {
    EXPECT_FALSE(Money::Parse(text).has_value()) << text;
  }
}

TEST(Money, ComesBackAsText) {
  EXPECT_EQ(Money{50'000'000}.ToText(), "500000.00");
  EXPECT_EQ(Money{5}.ToText(), "0.05");
  EXPECT_EQ(Money{-105}.ToText(), "-1.05");
}

TEST(Secret, ComparesWholeValuesOnly) {
  const Secret secret("code");
  EXPECT_TRUE(secret.Matches("code"));
  EXPECT_FALSE(secret.Matches("cod"));
  EXPECT_FALSE(secret.Matches("codes"));
  EXPECT_FALSE(secret.Matches("codf"));
  EXPECT_FALSE(secret.Matches(""));
  EXPECT_TRUE(Secret().Matches(""));
}

TEST(Secret, IsEmptyOnceMovedFrom) {
  Secret from("code");
  const Secret to(std::move(from));
  EXPECT_EQ(to.Reveal(), "code");
  EXPECT_TRUE(from.empty());  // NOLINT(bugprone-use-after-move): that is what is tested
}

TEST(Error, DescribesItselfInOneLine) {
  const Result<int> refused = Refused("money.format", "not an amount", "emAmount");
  EXPECT_EQ(Describe(refused.error()), "money.format emAmount: not an amount");
  EXPECT_EQ(Describe(Error{ErrorKind::kRetryable, "bus.away", {}, "no broker"}),
            "bus.away: no broker");
}

TEST(Clock, MonotonicDoesNotStepBack) {
  std::int64_t last_ms = SystemClock().MonotonicMs();
  for (int i = 0; i < 1000; ++i) {
    const std::int64_t now_ms = SystemClock().MonotonicMs();
    ASSERT_GE(now_ms, last_ms);
    last_ms = now_ms;
  }
}

}  // namespace
}  // namespace guarantee
