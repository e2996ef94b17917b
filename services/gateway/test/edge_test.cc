// Routing, sign-in and what is not on offer, through the whole gateway.
#include "gateway/edge.h"

#include "contract/messages.h"
#include "crypto/base64.h"
#include "gateway/texts.h"
#include "gateway/trace.h"
#include "gateway_fixture.h"

namespace guarantee::gateway {
namespace {

namespace messages = contract::messages;

class EdgeTest : public GatewayTest {
 protected:
  void SetUp() override { StartGateway(); }

  void ExpectSignInRefused(const http::Answer& answer, std::string_view message) {
    EXPECT_EQ(answer.status, 401);
    EXPECT_EQ(CodeOf(answer), 500);
    EXPECT_EQ(MessageOf(answer), message);
    EXPECT_NE(answer.head.find("WWW-Authenticate: Basic"), std::string::npos);
  }
  const std::string order_ = ToJson(OrderBody("B1", "O1"));
};

TEST_F(EdgeTest, APathIsTakenBareUnderThePrefixAndWithSlipsOfTheSlash) {
  for (const std::string target :
       {"/financialAccount/doOrderApply", "/front/financialAccount/doOrderApply",
        "/front//financialAccount/doOrderApply", "//financialAccount//doOrderApply",
        "/front/financialAccount/doOrderApply/", "/financialAccount/doOrderApply?a=b"}) {
    EXPECT_EQ(CodeOf(Post(target, order_)), 200) << target;
  }
}

TEST_F(EdgeTest, AnUnknownPathIs404AndAnotherMethod405) {
  for (const std::string target : {"/", "/financialaccount/doOrderApply", "/front/", "/livez",
                                   "/guarantee/orderApplyNotice", "/front/front/x"}) {
    const http::Answer answer = Post(target, order_);
    EXPECT_EQ(answer.status, 404) << target;
    EXPECT_EQ(CodeOf(answer), 500);
    EXPECT_EQ(MessageOf(answer), messages::kUnknownPath);
  }
  for (const std::string method : {"GET", "PUT", "DELETE", "HEAD"}) {
    const http::Answer answer = Send(method, kOrderPath, "", "");
    EXPECT_EQ(answer.status, 405) << method;
    EXPECT_NE(answer.head.find("Allow: POST"), std::string::npos);
  }
}

TEST_F(EdgeTest, OtherFormatsAre415) {
  const std::string sign_in = Authorization({"demo", "demo-password"});
  for (const std::string type :
       {"application/xml", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
        "application/json; charset=GBK"}) {
    const http::Answer answer =
        Send("POST", kOrderPath, sign_in + "Content-Type: " + type + "\r\n", order_);
    EXPECT_EQ(answer.status, 415) << type;
    EXPECT_EQ(CodeOf(answer), 500);
  }
  EXPECT_EQ(Send("POST", kOrderPath, sign_in + "Content-Encoding: gzip\r\n", order_).status, 415);
  for (const std::string type :
       {"application/json", "application/json;charset=UTF-8", "text/plain; charset=\"utf-8\""}) {
    const http::Answer answer =
        Send("POST", kOrderPath, sign_in + "Content-Type: " + type + "\r\n", order_);
    EXPECT_EQ(CodeOf(answer), 200) << type;
  }
}

TEST_F(EdgeTest, HttpRefusalsCarryAJsonBody) {
  http::RawClient client(gateway_->port());
  client.Send("POST " + std::string(kOrderPath) +
              " HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999\r\n\r\n");
  const http::Answer answer = client.ReadAnswer();
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(CodeOf(answer), 500);
  EXPECT_EQ(MessageOf(answer), messages::kBodyTooLarge);
  http::RawClient longer(gateway_->port());
  longer.Send("POST / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20000, 'x'));
  const http::Answer head = longer.ReadAnswer();
  EXPECT_EQ(head.status, 431);
  EXPECT_EQ(CodeOf(head), 500);
}

TEST_F(EdgeTest, EveryWayToFailASignInHasItsText) {
  const auto with = [&](const std::string& value) {
    return Send("POST", kOrderPath, "Authorization: " + value + "\r\n", order_);
  };
  ExpectSignInRefused(Send("POST", kOrderPath, "", order_), messages::kUserEmpty);
  for (const std::string value : {"Bearer abc", "Basic", "Basic ***", "Basic ZGVtbw==",
                                  "Digest username=\"demo\"", "Basic ZGVtbzpkZW1vLXBhc3N3b3Jk="}) {
    ExpectSignInRefused(with(value), messages::kUserEmpty);
  }
  ExpectSignInRefused(PostAs({"", "x"}, kOrderPath, order_), messages::kUserEmpty);
  ExpectSignInRefused(PostAs({"nobody", "x"}, kOrderPath, order_), messages::kUserUnknown);
  ExpectSignInRefused(PostAs({"demo", "wrong"}, kOrderPath, order_), messages::kCodeWrong);
  ExpectSignInRefused(PostAs({"demo", ""}, kOrderPath, order_), messages::kCodeWrong);
  ExpectSignInRefused(PostAs({"disabled", "disabled-password"}, kOrderPath, order_),
                      messages::kUserDisabled);
  ExpectSignInRefused(PostAs({"disabled", "wrong"}, kOrderPath, order_), messages::kCodeWrong);
  ExpectSignInRefused(PostAs({"unentitled", "unentitled-password"}, kOrderPath, order_),
                      messages::kNotEntitled);
  ExpectSignInRefused(PostAs({"expired", "expired-password"}, kOrderPath, order_),
                      messages::EntitlementExpired("2024-12-31"));
  ExpectSignInRefused(PostAs({"faraway", "faraway-password"}, kOrderPath, order_),
                      messages::kCodeWrong);
  EXPECT_TRUE(bus_.records().empty());
}

TEST_F(EdgeTest, TheSchemesNameGoesWithoutCaseAndThePasswordMayHoldColons) {
  const std::string pair = crypto::EncodeBase64("demo:demo-password");
  EXPECT_EQ(CodeOf(Send("POST", kOrderPath, "authorization: bAsIc  " + pair + "\r\n", order_)),
            200);
  const auto credentials = ReadBasic("Basic " + crypto::EncodeBase64("u:a:b"));
  ASSERT_TRUE(credentials);
  EXPECT_EQ(credentials->user, "u");
  EXPECT_EQ(credentials->password.Reveal(), "a:b");
}

TEST_F(EdgeTest, AGuesserIsShutOutAndTheTruePartnerIsNot) {
  for (int guess = 0; guess < 10; ++guess) {
    const http::Answer answer =
        PostAs({"demo", "guess" + std::to_string(guess)}, kOrderPath, order_);
    EXPECT_EQ(answer.status, 401);
  }
  const http::Answer blocked = PostAs({"demo", "guess"}, kOrderPath, order_);
  EXPECT_EQ(blocked.status, 429);
  EXPECT_EQ(CodeOf(blocked), 500);
  EXPECT_NE(blocked.head.find("Retry-After: 60"), std::string::npos);
  EXPECT_EQ(CodeOf(PostAs({"second", "second-password"}, kOrderPath, order_)), 200);
  http::RawClient elsewhere(gateway_->port(), "127.0.0.2");
  elsewhere.Send("POST " + std::string(kOrderPath) + " HTTP/1.1\r\nHost: a\r\n" +
                 Authorization({"demo", "demo-password"}) +
                 "Content-Length: " + std::to_string(order_.size()) + "\r\n\r\n" + order_);
  EXPECT_EQ(CodeOf(elsewhere.ReadAnswer()), 200);
  clock_.Advance(60'000);
  EXPECT_EQ(CodeOf(Post(kOrderPath, order_)), 200);
}

TEST_F(EdgeTest, AGuesserBehindTheSameProxyDoesNotShutOutWhoHasSignedIn) {
  ASSERT_EQ(Post(kOrderPath, order_).status, 200);
  // His own sign-ins forgive the guesser nothing.
  for (int guess = 0; guess < 10; ++guess) {
    EXPECT_EQ(PostAs({"demo", "guess" + std::to_string(guess)}, kOrderPath, order_).status, 401);
    EXPECT_EQ(Post(kOrderPath, order_).status, 200);
  }
  EXPECT_EQ(PostAs({"demo", "guess"}, kOrderPath, order_).status, 429);
  EXPECT_EQ(Post(kOrderPath, order_).status, 200);
}

TEST_F(EdgeTest, AStrangersBodyIsNotRead) {
  http::RawClient client(gateway_->port());
  client.Send("POST " + std::string(kOrderPath) +
              " HTTP/1.1\r\nHost: a\r\nContent-Length: 30000000\r\n\r\n");
  EXPECT_EQ(client.ReadAnswer().status, 401);
  EXPECT_EQ(gateway_->counters().body_bytes_buffered, 0U);
}

TEST_F(EdgeTest, WhatIsNotOnOfferIsSaidAfterSignInAndForm) {
  const std::string path = "/financialAccount/openTimeMaintenance";
  EXPECT_EQ(PostAs({"demo", "wrong"}, path, "{}").status, 401);
  EXPECT_EQ(Post(path, "nonsense").status, 400);
  const http::Answer invalid = Post(path, "{\"orderNo\":\"O1\"}");
  EXPECT_EQ(invalid.status, 200);
  EXPECT_NE(MessageOf(invalid).find("openTime"), std::string::npos);
  const http::Answer answer =
      Post(path, "{\"orderNo\":\"O1\",\"openTime\":\"2025-01-10 10:00:00\"}");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(CodeOf(answer), 500);
  EXPECT_EQ(MessageOf(answer), texts::kNotOffered);
}

TEST_F(EdgeTest, WhatTheInstitutionDoesNotDoIsRefused) {
  const SignInPair second{"second", "second-password"};
  const http::Answer credit =
      PostAs(second, "/financialAccount/creditApply",
             "{\"businessNo\":\"C1\",\"applyTime\":\"2025-01-01 08:00:00\","
             "\"applyUser\":\"某公司\",\"applyCode\":\"91430602MA4L5GJ80Y\"}");
  EXPECT_EQ(credit.status, 200);
  EXPECT_EQ(MessageOf(credit), messages::kNoCredit);
  const http::Answer refund = PostAs(second, "/financialAccount/refundApply",
                                     "{\"businessNo\":\"R1\",\"applyTime\":\"2025-01-01 08:00:00\","
                                     "\"guaranteeNo\":\"G1\"}");
  EXPECT_EQ(MessageOf(refund), messages::kNoRefund);
}

TEST_F(EdgeTest, ADifferentConfigurationTakesEffectAtOnce) {
  EXPECT_EQ(CodeOf(Post(kOrderPath, order_)), 200);
  std::filesystem::copy_file(folder_ / "second.hash", folder_ / "demo.hash",
                             std::filesystem::copy_options::overwrite_existing);
  const auto changed = partner::PartnerDirectory::Load(
      folder_ / "partners.json", partner::Environment::kDevelopment, *contract_);
  ASSERT_TRUE(changed);
  gateway_->ReplacePartners(*changed);
  EXPECT_EQ(Post(kOrderPath, order_).status, 401);
  EXPECT_EQ(CodeOf(PostAs({"demo", "second-password"}, kOrderPath, order_)), 200);
}

TEST(IsJsonContentType, KnowsTheHarmlessOnes) {
  for (const std::string_view type : {"", "application/json", "APPLICATION/JSON ; Charset=utf8",
                                      "application/vnd.x+json", "text/plain;x=y"}) {
    EXPECT_TRUE(IsJsonContentType(type)) << type;
  }
  for (const std::string_view type : {"text/html", "application/json;charset=latin1", "json",
                                      "application/json; charset", "+json"}) {
    EXPECT_FALSE(IsJsonContentType(type)) << type;
  }
}

TEST(ContinueTrace, BeginsAnewWhatIsMalformed) {
  const std::string good = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00";
  EXPECT_TRUE(ContinueTrace(good, crypto::SystemRandom()).ends_with("-00"));
  for (const std::string_view bad : {"", "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-00",
                                     "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00",
                                     "00-00000000000000000000000000000000-b7ad6b7169203331-00",
                                     "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-00",
                                     "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331"}) {
    const std::string trace = ContinueTrace(bad, crypto::SystemRandom());
    EXPECT_EQ(trace.size(), 55U);
    EXPECT_EQ(trace.find("0af7651916cd43dd8448eb211c80319c"), std::string::npos);
    EXPECT_TRUE(trace.ends_with("-01"));
  }
}

}  // namespace
}  // namespace guarantee::gateway
