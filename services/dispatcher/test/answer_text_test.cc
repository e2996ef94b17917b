#include "dispatcher/adapters/answer_text.h"

#include <gtest/gtest.h>

#include "contract/formats.h"

namespace guarantee::dispatcher {
namespace {

TEST(ShowAnswer, MasksWhatMayBeANumberOfSomebody) {
  EXPECT_EQ(ShowAnswer("操作成功"), "操作成功");
  EXPECT_EQ(ShowAnswer("身份证430602199001011234有误"), "身份证***有误");
  EXPECT_EQ(ShowAnswer("code 91430602MA4L5GJ80Y, phone 13800138000."), "code ***, phone ***.");
  EXPECT_EQ(ShowAnswer("授权时间2026-01-31 (已到期)"), "授权时间2026-01-31 (已到期)");
  EXPECT_EQ(ShowAnswer("NullPointerException at 42"), "NullPointerException at 42");
  EXPECT_EQ(ShowAnswer("123456"), "***");
}

TEST(ShowAnswer, IsOneShortLineOfText) {
  EXPECT_EQ(ShowAnswer("a\r\nb\tc"), "a  b c");
  EXPECT_EQ(ShowAnswer("\xff\xfe"), "(not UTF-8)");
  std::string text;
  for (int i = 0; i < 1'000; ++i) text += "字";
  EXPECT_EQ(contract::CodePoints(ShowAnswer(text)), kAnswerTextPointsMax);
}

TEST(ShowCode, KeepsLettersAndDigits) {
  EXPECT_EQ(ShowCode("200"), "200");
  EXPECT_EQ(ShowCode("5\n0\"0"), "500");
  EXPECT_EQ(ShowCode(std::string(1'000, '9')).size(), kAnswerCodeBytesMax);
}

}  // namespace
}  // namespace guarantee::dispatcher
