#include "http/request_head.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

namespace guarantee::http {
namespace {

const std::string kPlain =
    "POST /a/b?c=d HTTP/1.1\r\nHost: host:80\r\nContent-Length: 12\r\n"
    "Authorization: Basic YTpi\r\nConnection: keep-alive\r\nX-Long: some  value\t here\r\n\r\n";
const std::string kChunked =
    "POST / HTTP/1.1\r\nHost: [::1]:80\r\nTransfer-Encoding: chunked\r\n"
    "Expect: 100-continue\r\nConnection: close\r\n\r\n";

std::ptrdiff_t Count(const RequestHead& head, std::string_view name) {
  return std::count_if(head.fields.begin(), head.fields.end(),
                       [name](const Field& field) { return EqualIgnoringCase(field.name, name); });
}

// Whatever was accepted has one meaning only.
void ExpectUnambiguous(const RequestHead& head, const ServerLimits& limits) {
  EXPECT_LE(Count(head, "content-length") + Count(head, "transfer-encoding"), 1);
  EXPECT_LE(Count(head, "host"), 1);
  EXPECT_TRUE(head.http_1_0 || Count(head, "host") == 1);
  EXPECT_EQ(head.chunked, Count(head, "transfer-encoding") == 1);
  EXPECT_LE(head.content_length.value_or(0), limits.body_bytes_max);
  EXPECT_EQ(head.target.front(), '/');
  for (const Field& field : head.fields) {
    for (const std::string& text : {field.name, field.value}) {
      EXPECT_EQ(text.find_first_of(std::string_view("\0\r\n", 3)), std::string::npos);
    }
    EXPECT_EQ(field.name.find_first_of(" \t:"), std::string::npos);
  }
}

TEST(ParseRequestHead, ReadsWhatIsSound) {
  const auto plain = ParseRequestHead(kPlain, {});
  ASSERT_TRUE(plain) << plain.error().reason;
  EXPECT_EQ(plain->method, "POST");
  EXPECT_EQ(plain->target, "/a/b?c=d");
  EXPECT_EQ(plain->content_length, 12U);
  EXPECT_EQ(plain->Find("x-LONG"), "some  value\t here");
  EXPECT_FALSE(plain->Find("x"));
  EXPECT_FALSE(plain->wants_close);
  const auto chunked = ParseRequestHead(kChunked, {});
  ASSERT_TRUE(chunked) << chunked.error().reason;
  EXPECT_TRUE(chunked->chunked && chunked->expects_continue && chunked->wants_close);
}

TEST(ParseRequestHead, AnAbsoluteTargetIsItsPath) {
  EXPECT_EQ(OriginForm("/a?b"), "/a?b");
  EXPECT_EQ(OriginForm("http://host/a?b"), "/a?b");
  EXPECT_EQ(OriginForm("HTTPS://Host.example:443/a"), "/a");
  EXPECT_EQ(OriginForm("http://[::1]:80/"), "/");
  EXPECT_EQ(OriginForm("http://host"), "/");
  EXPECT_EQ(OriginForm("http://host?b"), "/?b");
  for (const char* target :
       {"", "*", "a", "host:443", "ftp://host/", "http:/a", "http://", "http:///a",
        "http://u@host/", "http://host:/", "http://host:8x/", "http://host:123456/", "http://[]/",
        "http://[::1/a", "http://host/a b", "http://host/#a", "http://ho st/"}) {
    EXPECT_EQ(OriginForm(target), std::nullopt) << target;
  }
}

TEST(ParseRequestHead, AcceptsNothingAmbiguousAmongMutations) {
  constexpr int kMutations = 200'000;
  constexpr std::string_view kPieces[] = {"\r\n",
                                          "\n",
                                          "\r",
                                          ":",
                                          " ",
                                          "\t",
                                          ",",
                                          "chunked",
                                          "Content-Length: 5\r\n",
                                          "Transfer-Encoding: chunked\r\n",
                                          "Host: b\r\n",
                                          "\0",
                                          "0",
                                          "HTTP/1.0",
                                          "-",
                                          "+"};
  std::mt19937 random(20'260'101);
  const ServerLimits limits;
  int accepted = 0;
  for (int round = 0; round < kMutations; ++round) {
    std::string raw = round % 2 == 0 ? kPlain : kChunked;
    for (std::size_t change = 0; change <= random() % 3; ++change) {
      const std::size_t at = random() % raw.size();
      const std::string_view piece = kPieces[random() % std::size(kPieces)];
      const std::size_t dropped = random() % 3;
      raw.replace(at, std::min(dropped, raw.size() - at), piece);
    }
    HeadScanner scanner;
    if (scanner.Scan(raw) != HeadScanner::Verdict::kComplete) continue;
    const auto head = ParseRequestHead(raw.substr(0, scanner.size()), limits);
    if (!head) continue;
    ++accepted;
    ExpectUnambiguous(*head, limits);
  }
  EXPECT_GT(accepted, kMutations / 20);  // or the mutations would prove nothing
}

TEST(HeadScanner, JudgesTheSameInOnePieceAndByteByByte) {
  for (const std::string& raw : {kPlain, kChunked, kPlain + "body\0\n", std::string("GET / \n"),
                                 std::string("GET\x01"), std::string("\r\r"), std::string()}) {
    HeadScanner whole;
    const HeadScanner::Verdict expected = whole.Scan(raw);
    HeadScanner bytewise;
    HeadScanner::Verdict verdict = HeadScanner::Verdict::kMore;
    for (std::size_t size = 1; size <= raw.size() && verdict == HeadScanner::Verdict::kMore;
         ++size) {
      verdict = bytewise.Scan(std::string_view(raw).substr(0, size));
    }
    EXPECT_EQ(verdict, expected);
    EXPECT_EQ(bytewise.size(), whole.size());
  }
}

}  // namespace
}  // namespace guarantee::http
