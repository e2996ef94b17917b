#include "http/client_url.h"

#include <gtest/gtest.h>

namespace guarantee::http {
namespace {

TEST(JoinUrl, PutsExactlyOneSlashBetween) {
  const std::string wanted = "http://h:1/front/guarantee/orderApplyNotice";
  for (const char* base : {"http://h:1/front", "http://h:1/front/", "http://h:1/front//"}) {
    for (const char* path : {"guarantee/orderApplyNotice", "/guarantee/orderApplyNotice"}) {
      EXPECT_EQ(JoinUrl(base, path), wanted);
    }
  }
}

TEST(ParseUrl, ReadsHostPortAndTarget) {
  const Result<Url> url = ParseUrl("http://Platform.Example:6900/front/a?b=c");
  ASSERT_TRUE(url);
  EXPECT_EQ(*url, (Url{false, "platform.example", "6900", "/front/a?b=c"}));
  EXPECT_EQ(url->Authority(), "platform.example:6900");
}

TEST(ParseUrl, KnowsTheSchemesPorts) {
  const Result<Url> url = ParseUrl("HTTPS://host");
  ASSERT_TRUE(url);
  EXPECT_EQ(*url, (Url{true, "host", "443", "/"}));
  EXPECT_EQ(url->Authority(), "host");
  EXPECT_EQ(ParseUrl("http://host?x")->target, "/?x");
}

TEST(ParseUrl, ReadsAnIpv6Address) {
  const Result<Url> url = ParseUrl("http://[::1]:8080/x");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "::1");
  EXPECT_EQ(url->Authority(), "[::1]:8080");
}

TEST(ParseUrl, RefusesWhatItMustNotSend) {
  for (const char* bad :
       {"", "host/path", "ftp://host/", "http://", "http://user:word@host/", "http://host:0/",
        "http://host:65536/", "http://host:8x/", "http://host/a b", "http://host/a\r\nX: y",
        "http://host/#part", "http://[::1/", "http://host:/"}) {
    EXPECT_FALSE(ParseUrl(bad)) << bad;
  }
  EXPECT_FALSE(ParseUrl("http://host/" + std::string(kUrlBytesMax, 'a')));
}

}  // namespace
}  // namespace guarantee::http
