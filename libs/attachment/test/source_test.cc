#include "attachment/source.h"

#include <gtest/gtest.h>

#include "attachment/reasons.h"

namespace guarantee::attachment {
namespace {

partner::AttachmentRules Rules() {
  partner::AttachmentRules rules;
  rules.hosts = {"files.example.com", "files.example.com:8443", "plain.example.com:443",
                 "[2001:500::1]"};
  rules.file_base = "https://files.example.com/upload/";
  return rules;
}

std::string Reason(std::string_view text, const partner::AttachmentRules& rules = Rules()) {
  const Result<http::Url> url = Locate(text, rules);
  return url ? "located" : url.error().code;
}

TEST(LocateTest, AHostIsListedWithItsPortOrNotAtAll) {
  EXPECT_EQ(Locate("https://files.example.com/a.zip", Rules())->target, "/a.zip");
  EXPECT_EQ(Locate("https://FILES.example.com:443/a.zip", Rules())->host, "files.example.com");
  EXPECT_EQ(Locate("https://files.example.com:8443/a?b=c", Rules())->port, "8443");
  EXPECT_EQ(Locate("https://plain.example.com/a.zip", Rules())->port, "443");
  EXPECT_EQ(Locate("https://[2001:500::1]/a.zip", Rules())->host, "2001:500::1");
  for (const char* stranger :
       {"https://files.example.com:444/a", "https://example.com/a", "https://x.files.example.com/a",
        "https://files.example.com.evil.example/a", "https://127.0.0.1/a", "https://[::1]/a",
        "https://plain.example.com:80/a", "https://files.example.com./a"}) {
    EXPECT_EQ(Reason(stranger), reasons::kHost) << stranger;
  }
}

TEST(LocateTest, NoAddressThatReadersReadDifferently) {
  for (const char* odd :
       {"https://files.example.com@evil.example/", "https://evil.example#@files.example.com/",
        "https://files.example.com/a b", "https://files.example.com:99999/", "https:///a",
        "https://files.example.com\\@evil.example/a"}) {
    EXPECT_NE(Reason(odd), "located") << odd;
  }
}

TEST(LocateTest, NothingIsFetchedFromNobody) {
  EXPECT_EQ(Reason("https://files.example.com/a.zip", {}), reasons::kHost);
  EXPECT_EQ(Reason("/a.zip", {}), reasons::kNoBase);
}

TEST(LocateTest, HttpOnlyWhereItIsAllowed) {
  partner::AttachmentRules rules = Rules();
  EXPECT_EQ(Reason("http://files.example.com/a.zip", rules), reasons::kPlain);
  rules.plain_http = true;
  EXPECT_EQ(Reason("http://files.example.com/a.zip", rules), "located");
  // A port is the scheme's own.
  EXPECT_EQ(Reason("http://plain.example.com/a.zip", rules), reasons::kHost);
}

TEST(LocateTest, APathIsJoinedToTheBaseAndStaysBelowIt) {
  EXPECT_EQ(Locate("/2026/a.zip", Rules())->target, "/upload/2026/a.zip");
  EXPECT_EQ(Locate("2026/a.zip", Rules())->target, "/upload/2026/a.zip");
  EXPECT_EQ(Locate("/a b?c#d%2e.zip", Rules())->target, "/upload/a%20b%3Fc%23d%252e.zip");
  EXPECT_EQ(Locate("/材料.zip", Rules())->target, "/upload/%E6%9D%90%E6%96%99.zip");
  EXPECT_EQ(Locate("//evil.example/a.zip", Rules())->host, "files.example.com");
  for (const char* climbing : {"/../a.zip", "/x/../../a.zip", "../x/a.zip", "/./a.zip", "/a/.."}) {
    EXPECT_EQ(Reason(climbing), reasons::kPath) << climbing;
  }
  EXPECT_EQ(Locate("/..\\..\\a.zip", Rules())->target, "/upload/..%5C..%5Ca.zip");
}

TEST(LocateTest, ABaseOnAHostThatIsNotListedIsNoWayAround) {
  partner::AttachmentRules rules = Rules();
  rules.file_base = "https://elsewhere.example/";
  EXPECT_EQ(Reason("/a.zip", rules), reasons::kHost);
}

TEST(IsPublicAddressTest, NoAddressOfOurOwnNetworks) {
  for (const char* inside :
       {"0.0.0.0",         "0.1.2.3",        "10.0.0.1",       "10.255.255.255",  "100.64.0.1",
        "100.127.255.255", "127.0.0.1",      "127.255.0.1",    "169.254.169.254", "172.16.0.1",
        "172.31.255.255",  "192.0.0.8",      "192.0.2.1",      "192.88.99.1",     "192.168.1.1",
        "198.18.0.1",      "198.19.255.255", "198.51.100.1",   "203.0.113.1",     "224.0.0.1",
        "239.1.1.1",       "240.0.0.1",      "255.255.255.255"}) {
    EXPECT_FALSE(IsPublicAddress(inside)) << inside;
    EXPECT_FALSE(IsPublicAddress(std::string("::ffff:") + inside)) << inside;
  }
  for (const char* inside :
       {"::", "::1", "::127.0.0.1", "fe80::1", "fec0::1", "fc00::1", "fd12::1", "ff02::1",
        "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1", "2001::1", "2001:db8::1",
        "2002:7f00:1::", "3fff::1", "4000::1", "::ffff:0:127.0.0.1"}) {
    EXPECT_FALSE(IsPublicAddress(inside)) << inside;
  }
  for (const char* none : {"", "localhost", "127.1", "0x7f.0.0.1", "2130706433", "fe80::1%eth0",
                           "1.1.1.1 ", "1.1.1.1:80"}) {
    EXPECT_FALSE(IsPublicAddress(none)) << none;
  }
}

TEST(IsPublicAddressTest, TheRestOfTheInternet) {
  for (const char* outside :
       {"1.1.1.1", "9.255.255.255", "11.0.0.1", "100.63.255.255", "100.128.0.1", "126.255.255.255",
        "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.1", "192.0.1.1",
        "192.167.255.255", "198.17.255.255", "198.20.0.1", "223.255.255.255", "2400:3200::1",
        "2a00::1", "::ffff:1.1.1.1"}) {
    EXPECT_TRUE(IsPublicAddress(outside)) << outside;
  }
}

TEST(MayConnectTest, AListedNetworkIsReachedAndNoOther) {
  const std::vector<partner::SourceNetwork> networks{*partner::SourceNetwork::Parse("10.20.0.0/16"),
                                                     *partner::SourceNetwork::Parse("fd00::/8")};
  EXPECT_TRUE(MayConnect("10.20.3.4", networks));
  EXPECT_TRUE(MayConnect("::ffff:10.20.3.4", networks));
  EXPECT_TRUE(MayConnect("fd12::1", networks));
  EXPECT_TRUE(MayConnect("1.1.1.1", networks));
  EXPECT_FALSE(MayConnect("10.21.0.1", networks));
  EXPECT_FALSE(MayConnect("169.254.169.254", networks));
  EXPECT_FALSE(MayConnect("::1", networks));
}

}  // namespace
}  // namespace guarantee::attachment
