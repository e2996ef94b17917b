#include "guaranteectl/arguments.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "guaranteectl/commands.h"

namespace guarantee::guaranteectl {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<Arguments> Parse(std::vector<std::string> words) {
  return ParseArguments(words, Commands());
}

TEST(Arguments, GlobalOptionsStandBeforeAndAfterTheCommand) {
  for (const auto& words : {std::vector<std::string>{"--json", "order", "show", "T1"},
                            std::vector<std::string>{"order", "show", "T1", "--json"},
                            std::vector<std::string>{"order", "--json", "show", "T1"}}) {
    const auto parsed = Parse(words);
    ASSERT_TRUE(parsed) << parsed.error().message;
    EXPECT_TRUE(parsed->json);
    EXPECT_THAT(parsed->command->words, ElementsAre("order", "show"));
    EXPECT_THAT(parsed->positionals, ElementsAre("T1"));
  }
}

TEST(Arguments, ValuesComeAsTheNextWordOrBehindAnEqualsSign) {
  const auto parsed =
      Parse({"order", "decide", "T1", "reject", "--reason", "no funds", "--as=Li Lei"});
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(parsed->Value("--reason"), "no funds");
  EXPECT_EQ(parsed->Value("--as"), "Li Lei");
  EXPECT_FALSE(parsed->Has("--partner"));
}

TEST(Arguments, ASingleWordIsACommandToo) {
  const auto parsed = Parse({"lag"});
  ASSERT_TRUE(parsed);
  EXPECT_THAT(parsed->command->words, ElementsAre("lag"));
}

struct WrongCase {
  std::vector<std::string> words;
  std::string said;
};

class WrongArguments : public testing::TestWithParam<WrongCase> {};

TEST_P(WrongArguments, SayWhatIsExpected) {
  const auto parsed = Parse(GetParam().words);
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().code, kUsageCode);
  EXPECT_THAT(parsed.error().message, HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongArguments,
    testing::Values(WrongCase{{}, "usage: guaranteectl"},
                    WrongCase{{"ordr", "list"}, "did you mean order?"},
                    WrongCase{{"order", "lst"}, "did you mean list?"},
                    WrongCase{{"order", "lst"}, "expected one of: list, show, decide"},
                    WrongCase{{"order"}, "order needs one of: list"},
                    WrongCase{{"order", "show"}, "NO is missing"},
                    WrongCase{{"order", "show", "T1", "T2"}, "T2 is one word too many"},
                    WrongCase{{"order", "list", "--jsn"}, "did you mean --json?"},
                    WrongCase{{"order", "show", "T1", "--partner"}, "--partner needs ID"},
                    WrongCase{{"order", "list", "--json=1"}, "--json takes no value"},
                    WrongCase{{"lag", "--as", "a", "--as", "b"}, "--as was given twice"}));

TEST(Arguments, ARequiredOptionThatIsMissingIsNamedWithTheUsage) {
  const auto parsed = Parse({"topic", "create"});
  ASSERT_FALSE(parsed);
  EXPECT_THAT(parsed.error().message, HasSubstr("--brokers is missing"));
  EXPECT_THAT(parsed.error().message, HasSubstr("guaranteectl topic create --brokers"));
}

}  // namespace
}  // namespace guarantee::guaranteectl
