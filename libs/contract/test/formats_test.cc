#include "contract/formats.h"

#include <gtest/gtest.h>

#include <array>

#include "base/base64.h"
#include "contract/flow.h"

namespace guarantee::contract {
namespace {

TEST(Time, ReadsAndWritesUtcPlusEight) {
  EXPECT_EQ(ParseTime("1970-01-01 08:00:00")->value, 0);
  EXPECT_EQ(ParseTime("2023-04-18 13:39:28")->value, 1'681'796'368'000);
  EXPECT_EQ(ParseTime("2023-04-18 13:39:28.250")->value, 1'681'796'368'250);
  EXPECT_EQ(FormatTime({1'681'796'368'999}), "2023-04-18 13:39:28");
  EXPECT_EQ(FormatDate({1'681'747'200'000}), "2023-04-18");
  EXPECT_EQ(FormatTime({-1}), "1970-01-01 07:59:59");
}

TEST(Time, RoundTrips_OverManyInstants) {
  for (std::int64_t at = -62'000'000'000'000; at < 253'000'000'000'000; at += 86'399'977'000) {
    const auto back = ParseTime(FormatTime({at}));
    ASSERT_TRUE(back) << at;
    ASSERT_EQ(back->value, at) << at;
  }
}

TEST(Time, OutOfRange_IsClamped) {
  EXPECT_EQ(FormatTime({INT64_MAX}), "9999-12-31 23:59:59");
  EXPECT_EQ(FormatTime({INT64_MIN}), "0000-01-01 00:00:00");
}

TEST(Time, CalendarIsChecked) {
  EXPECT_TRUE(ParseTime("2000-02-29 00:00:00"));
  for (const auto* wrong : {"1900-02-29 00:00:00", "2023-04-31 00:00:00", "2023-13-01 00:00:00",
                            "2023-01-32 00:00:00", "+023-01-01 00:00:00", "2023-01-01 00:00:0a",
                            "2023-01-01 -1:00:00", "2023-01-01 00:00:00.12x", ""}) {
    EXPECT_FALSE(ParseTime(wrong)) << wrong;
  }
}

TEST(Rate, PercentAndDecimal) {
  EXPECT_EQ(*ParseRate("0.25%"), 2500);
  EXPECT_EQ(*ParseRate("0.0025"), 2500);
  EXPECT_EQ(*ParseRate("1%"), 10'000);
  EXPECT_EQ(*ParseRate("0.125000%"), 1250);
  for (const auto* wrong :
       {"", "%", "-1%", "0.00001%", "1e-2", "0.%", "1 %", "1000000%", "0.2a%"}) {
    EXPECT_FALSE(ParseRate(wrong)) << wrong;
  }
  EXPECT_EQ(FormatRate(2500, false), "0.25%");
  EXPECT_EQ(FormatRate(10'000, false), "1%");
  EXPECT_EQ(FormatRate(100'000, false), "10%");
  EXPECT_EQ(FormatRate(1, true), "0.000001");
  EXPECT_EQ(FormatRate(0, false), "0%");
}

TEST(Money, DropsAnEmptyFractionOnlyWhereItMust) {
  EXPECT_EQ(FormatMoney({50'000}, 8), "500.00");
  EXPECT_EQ(FormatMoney({80'000'000}, 8), "800000");
  EXPECT_EQ(FormatMoney({80'000'010}, 8), "800000.10");
  EXPECT_EQ(FormatMoney({80'000'000}, 0), "800000.00");
}

TEST(Text, CountsAndCutsCodePoints) {
  EXPECT_EQ(CodePoints("a保𠮷"), 3U);
  EXPECT_EQ(CutToCodePoints("a保𠮷b", 3), "a保𠮷");
  EXPECT_EQ(CutToCodePoints("a保", 2), "a保");
  EXPECT_EQ(CutToCodePoints("保", 0), "");
}

TEST(Text, Utf8_IsStrict) {
  EXPECT_TRUE(IsUtf8("a保𠮷\xF4\x8F\xBF\xBF"));
  for (const auto* wrong :
       {"\x80", "\xC0\xAF", "\xC1\xBF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF0\x80\x80\xAF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE4\xBF", "a\xFF"}) {
    EXPECT_FALSE(IsUtf8(wrong));
  }
}

TEST(Text, BlankAndTrim) {
  EXPECT_TRUE(IsBlank(" \t\r\n\u3000\u00A0"));
  EXPECT_TRUE(IsBlank(""));
  EXPECT_FALSE(IsBlank(" \u3001"));
  EXPECT_EQ(Trim(" \ta b\n"), "a b");
}

TEST(Uscc, CheckDigit) {
  EXPECT_TRUE(IsUscc("91430602MA4L5GJ80Y"));
  for (const auto* wrong : {"91430602MA4L5GJ80X", "9143060M715421015", "91430602ma4l5gj80y",
                            "9143060IMA4L5GJ80Y", "47R115456112245645", ""}) {
    EXPECT_FALSE(IsUscc(wrong)) << wrong;
  }
}

TEST(Base64, IsStrict) {
  EXPECT_EQ(Base64Size("QUJD"), 3U);
  EXPECT_EQ(Base64Size("QUI="), 2U);
  EXPECT_EQ(Base64Size("QQ=="), 1U);
  for (const auto* wrong : {"", "QUJ", "QU=D", "QR==", "QUJ=", " QUJD", "QUJD\n", "QU-_",
                            "====", "Q===", "QQ==QQ==", "9143060M715421015"}) {
    EXPECT_FALSE(Base64Size(wrong)) << wrong;
    EXPECT_FALSE(DecodeBase64(wrong)) << wrong;
  }
}

TEST(Base64, RoundTrips) {
  std::string bytes;
  for (int i = 0; i < 300; ++i) {
    EXPECT_EQ(DecodeBase64(EncodeBase64(bytes)),
              bytes.empty() ? std::nullopt : std::optional(bytes));
    bytes += static_cast<char>(i * 7);
  }
}

TEST(Sealed, WholeBlocksOnly) {
  EXPECT_TRUE(LooksSealed(EncodeBase64(std::string(16, 'x'))));
  EXPECT_TRUE(LooksSealed("rcb+kCo8jY6s33X4qUrDZ2pVKW3Y19Ev3kUa6+fq/bI="));
  EXPECT_FALSE(LooksSealed(EncodeBase64(std::string(26, 'x'))));
  EXPECT_FALSE(LooksSealed("rcb+kCo8jY6s4645644qUrDZ2pVKW3Y19Ev3kUa6+fq/bI="));
  EXPECT_FALSE(LooksSealed("9143060M715421015"));
  EXPECT_FALSE(LooksSealed("湖南优创发展信息技术有限公司"));
}

TEST(Attachment, Forms) {
  EXPECT_EQ(ClassifyAttachment("https://h/x.zip"), AttachmentForm::kLink);
  EXPECT_EQ(ClassifyAttachment("/a/b"), AttachmentForm::kPath);
  EXPECT_EQ(ClassifyAttachment("a/b.zip"), AttachmentForm::kPath);
  EXPECT_EQ(ClassifyAttachment("a.b/c"), AttachmentForm::kOther);
  EXPECT_EQ(ClassifyAttachment("ftp://h/"), AttachmentForm::kOther);
  EXPECT_EQ(ClassifyAttachment(EncodeBase64("PK\x03\x04 zip")), AttachmentForm::kInline);
  EXPECT_EQ(ClassifyAttachment(EncodeBase64("\xFF\xD8\xFF jpeg")), AttachmentForm::kInline);
  EXPECT_EQ(ClassifyAttachment(EncodeBase64("text")), AttachmentForm::kOther);
  EXPECT_EQ(ClassifyAttachment(""), AttachmentForm::kOther);
}

TEST(Flow, JoinsAndSplits) {
  EXPECT_EQ(JoinFlow("demo", FlowKind::kOrder, "T/1%2 保"), "demo/order/T%2F1%252%20保");
  for (const auto kind : {FlowKind::kOrder, FlowKind::kGuarantee, FlowKind::kClaim,
                          FlowKind::kInvoice, FlowKind::kCredit}) {
    const FlowKey key{"p/1", kind, std::string("n\0\x7F/%", 5)};
    EXPECT_EQ(*SplitFlow(JoinFlow(key.partner, kind, key.number)), key);
  }
}

TEST(Flow, SplitRefusesWhatJoinNeverWrites) {
  for (const auto* wrong :
       {"", "a", "a/order", "a/order/", "/order/1", "a/orders/1", "a/order/1/2", "a/order/%2f",
        "a/order/%41", "a/order/%", "a/order/%2", "a/order/1 2", "a/ORDER/1"}) {
    EXPECT_FALSE(SplitFlow(wrong)) << wrong;
  }
}

}  // namespace
}  // namespace guarantee::contract
