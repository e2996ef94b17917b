// 3.1 through the whole gateway.
#include <algorithm>
#include <set>

#include "contract/messages.h"
#include "gateway/outcome.h"
#include "gateway/texts.h"
#include "gateway_fixture.h"
#include "guarantee/partner/v1/order.pb.h"

namespace guarantee::gateway {
namespace {

namespace messages = contract::messages;

constexpr std::int64_t kDayMs = 86'400'000;

class OrderTest : public GatewayTest {
 protected:
  void SetUp() override { StartGateway(); }

  http::Answer Apply(const Body& body) { return Post(kOrderPath, ToJson(body)); }
  void ExpectRefused(const http::Answer& answer, std::string_view message) {
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(CodeOf(answer), 500);
    EXPECT_EQ(MessageOf(answer), message);
    EXPECT_EQ(DataOf(answer), "");
  }
};

TEST_F(OrderTest, AnApplicationIsPublishedThenAnswered) {
  const http::Answer answer = Apply(OrderBody("B1", "O/1"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(CodeOf(answer), 200);
  EXPECT_EQ(MessageOf(answer), messages::kDone);
  EXPECT_TRUE(DataOf(answer).starts_with("http://127.0.0.1:18080/page/"));
  EXPECT_LE(DataOf(answer).size(), 160U);
  EXPECT_NE(answer.head.find("application/json; charset=UTF-8"), std::string::npos);

  ASSERT_EQ(bus_.records().size(), 1U);
  const messaging::Record record = bus_.records().front();
  EXPECT_EQ(record.topic, "guarantee.requests.order.v1");
  EXPECT_EQ(record.key, "demo/order/O%2F1");
  EXPECT_EQ(HeaderOf(record, "ce_type"), "guarantee.partner.v1.OrderApply");
  EXPECT_EQ(HeaderOf(record, "ce_source"), "demo");
  EXPECT_EQ(HeaderOf(record, "ce_subject"), record.key);
  EXPECT_EQ(HeaderOf(record, "ce_time"), "2025-01-01T00:00:00.000Z");
  EXPECT_EQ(HeaderOf(record, "ce_interface"), "3.1");
  EXPECT_EQ(HeaderOf(record, "ce_businessno"), "B1");
  EXPECT_EQ(HeaderOf(record, "ce_id").size(), 36U);
  EXPECT_EQ(HeaderOf(record, "traceparent").size(), 55U);
  guarantee::partner::v1::OrderApply apply;
  ASSERT_TRUE(apply.ParseFromString(record.value));
  EXPECT_EQ(apply.order_no(), "O/1");
  EXPECT_EQ(apply.em_amount_fen(), 50'000'000);
  EXPECT_EQ(metrics_.requests("3.1 accepted"), 1);
  EXPECT_TRUE(Eventually([this] { return metrics_.in_flight() == 0; }));
}

TEST_F(OrderTest, WhatCameInPlainIsSealedBeforeItIsPublished) {
  gateway_.reset();
  const auto keys =
      sealing::StorageKeys::Parse("k1 AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=").value();
  options_.storage_keys = std::make_shared<const sealing::StorageKeys>(keys);
  StartGateway();
  const std::string cipher = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
  Body body = With(OrderBody("B1", "O1"), "bidderName", R"("湖南某建设有限公司")");
  body = With(body, "projectName", '"' + cipher + '"');
  ASSERT_EQ(CodeOf(Apply(body)), 200);
  ASSERT_EQ(CodeOf(Apply(body)), 200) << "the digest is of what came";
  const messaging::Record record = bus_.records().front();
  EXPECT_EQ(record.value.find("湖南"), std::string::npos);
  guarantee::partner::v1::OrderApply apply;
  ASSERT_TRUE(apply.ParseFromString(record.value));
  EXPECT_EQ(apply.project_name(), cipher) << "ciphertext stays as it came";
  const auto opened = keys.Unseal(apply.bidder_name(), {"demo", "O1", "bidder_name"});
  ASSERT_TRUE(opened.has_value());
  EXPECT_EQ(opened->Reveal(), "湖南某建设有限公司");
  EXPECT_FALSE(keys.Unseal(apply.bidder_name(), {"second", "O1", "bidder_name"}).has_value());
}

TEST_F(OrderTest, TheRowIsConfirmedAfterTheReport) {
  EXPECT_EQ(CodeOf(Apply(OrderBody("B1", "O1"))), 200);
  EXPECT_TRUE(Eventually([this] {
    const auto rows = Rows("B1");
    return rows.size() == 1 && rows[0].confirmed;
  }));
  const auto rows = Rows("O1");
  ASSERT_EQ(rows.size(), 1U);
  EXPECT_EQ(rows[0].key.business_no, "B1");
  EXPECT_EQ(rows[0].event_id, HeaderOf(bus_.records()[0], "ce_id"));
  EXPECT_EQ(rows[0].flow, "demo/order/O1");
}

TEST_F(OrderTest, ARepeatGetsTheFirstAnswerAndTheFirstEvent) {
  const http::Answer first = Apply(OrderBody("B1", "O1"));
  clock_.Advance(5'000);
  const http::Answer second = Apply(OrderBody("B1", "O1"));
  EXPECT_EQ(second.body, first.body);
  const auto records = bus_.records();
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(HeaderOf(records[1], "ce_id"), HeaderOf(records[0], "ce_id"));
  EXPECT_EQ(HeaderOf(records[1], "ce_time"), HeaderOf(records[0], "ce_time"));
  EXPECT_EQ(records[1].key, records[0].key);
  EXPECT_EQ(records[1].value, records[0].value);
  EXPECT_EQ(metrics_.requests("3.1 repeated"), 1);
}

TEST_F(OrderTest, WritingTheSameOtherwiseIsARepeat) {
  const http::Answer first = Apply(OrderBody("123", "O1"));
  const Body body = OrderBody("123", "O1");
  Body reversed = body;
  std::reverse(reversed.begin(), reversed.end());
  for (const std::string& text :
       {ToJson(With(body, "businessNo", "123")), ToJson(reversed),
        "{\"data\":" + ToJson(body) + "}",
        ToJson(With(Without(body, "orderNo"), "applyNo", "\"O1\"")),
        ToJson(With(body, "emAmount", "500000")), ToJson(With(body, "unknown", "[1,2]")),
        ToJson(With(body, "khBank", "null")), ToJson(With(body, "icheck", "0")),
        ToJson(With(body, "applyTime", "\"2025-01-01 08:00:09\""))}) {
    const http::Answer answer = Post(kOrderPath, text);
    EXPECT_EQ(answer.body, first.body) << text;
  }
  std::set<std::string> ids;
  for (const messaging::Record& record : bus_.records()) ids.insert(HeaderOf(record, "ce_id"));
  EXPECT_EQ(ids.size(), 1U);
}

TEST_F(OrderTest, AChangedBodyUnderTheSameNumberIsRefused) {
  EXPECT_EQ(CodeOf(Apply(OrderBody("B1", "O1"))), 200);
  const Body body = OrderBody("B1", "O1");
  for (const Body& changed :
       {With(body, "emAmount", "\"500000.01\""), With(body, "orderNo", "\"O2\""),
        With(body, "projectName", "\"另一工程\""), With(body, "bidderName", "\"别人\""),
        With(body, "openTime", "\"2025-01-10 10:00:01\""), With(body, "khBank", "\"银行\"")}) {
    ExpectRefused(Apply(changed), messages::kDuplicateNumber);
  }
  EXPECT_EQ(bus_.records().size(), 1U);
  EXPECT_EQ(Rows("O2").size(), 0U);
}

TEST_F(OrderTest, AnotherNumberForAUsedOrderIsRefused) {
  EXPECT_EQ(CodeOf(Apply(OrderBody("B1", "O1"))), 200);
  ExpectRefused(Apply(OrderBody("B2", "O1")), messages::kDuplicateOrder);
  ASSERT_TRUE(Eventually([this] { return Rows("B1")[0].confirmed; }));
  clock_.Advance(30 * kDayMs / 10);
  ExpectRefused(Apply(OrderBody("B2", "O1")), messages::kDuplicateOrder);
  EXPECT_EQ(Rows("B2").size(), 0U);
}

TEST_F(OrderTest, AnOrderWhoseFirstRequestDiedGoesToTheNextNumber) {
  bus_.SetAway(true);
  EXPECT_EQ(Apply(OrderBody("B1", "O1")).status, 503);
  bus_.SetAway(false);
  ExpectRefused(Apply(OrderBody("B2", "O1")), messages::kDuplicateOrder);
  clock_.Advance(options_.request_timeout.count() + 1'001);
  EXPECT_EQ(CodeOf(Apply(OrderBody("B2", "O1"))), 200);
  EXPECT_EQ(HeaderOf(bus_.records()[0], "ce_businessno"), "B2");
  // The first number still stands for its own request; the order service decides between them.
  EXPECT_EQ(CodeOf(Apply(OrderBody("B1", "O1"))), 200);
  EXPECT_EQ(HeaderOf(bus_.records()[1], "ce_businessno"), "B1");
  ExpectRefused(Apply(OrderBody("B3", "O1")), messages::kDuplicateOrder);
}

TEST_F(OrderTest, AHundredCopiesAtOnceAreOneEvent) {
  const std::string text = ToJson(OrderBody("B1", "O1"));
  std::vector<http::Answer> answers(100);
  std::vector<std::thread> senders;
  for (std::size_t sender = 0; sender < 10; ++sender) {
    senders.emplace_back([&, sender] {
      for (std::size_t at = sender; at < answers.size(); at += 10) {
        answers[at] = Post(kOrderPath, text);
      }
    });
  }
  for (std::thread& sender : senders) sender.join();
  for (const http::Answer& answer : answers) {
    EXPECT_EQ(CodeOf(answer), 200) << answer.body;
    EXPECT_EQ(answer.body, answers[0].body);
  }
  std::set<std::string> ids;
  for (const messaging::Record& record : bus_.records()) ids.insert(HeaderOf(record, "ce_id"));
  EXPECT_EQ(ids.size(), 1U);
}

TEST_F(OrderTest, ManyNumbersAtOnceAllGetTheirOwn) {
  std::atomic<int> accepted{0};
  std::vector<std::thread> senders;
  for (int sender = 0; sender < 8; ++sender) {
    senders.emplace_back([&, sender] {
      for (int at = 0; at < 25; ++at) {
        const std::string number = std::to_string(sender) + "-" + std::to_string(at);
        if (CodeOf(Apply(OrderBody("B" + number, "O" + number))) == 200) ++accepted;
      }
    });
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(accepted, 200);
  std::set<std::string> ids;
  for (const messaging::Record& record : bus_.records()) ids.insert(HeaderOf(record, "ce_id"));
  EXPECT_EQ(ids.size(), 200U);
}

TEST_F(OrderTest, OneOrderUnderManyNumbersAtOnceHasOneWinner) {
  std::atomic<int> accepted{0};
  std::atomic<int> refused{0};
  std::vector<std::thread> senders;
  for (int sender = 0; sender < 20; ++sender) {
    senders.emplace_back([&, sender] {
      const http::Answer answer = Apply(OrderBody("B" + std::to_string(sender), "O1"));
      if (CodeOf(answer) == 200) ++accepted;
      if (MessageOf(answer) == messages::kDuplicateOrder) ++refused;
    });
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(accepted, 1);
  EXPECT_EQ(refused, 19);
}

TEST_F(OrderTest, TwoPartnersMayUseTheSameNumbers) {
  const http::Answer ours = Apply(OrderBody("B1", "O1"));
  const http::Answer theirs = PostAs({"second", "second-password"}, kOrderPath,
                                     ToJson(With(OrderBody("B1", "O1"), "emAmount", "\"1.00\"")));
  EXPECT_EQ(CodeOf(theirs), 200);
  EXPECT_NE(DataOf(ours), DataOf(theirs));
  EXPECT_EQ(bus_.records()[1].key, "second/order/O1");
  EXPECT_EQ(Rows("B1").size(), 2U);
}

TEST_F(OrderTest, ARestartChangesNoAnswer) {
  const http::Answer first = Apply(OrderBody("B1", "O1"));
  RestartGateway();
  EXPECT_EQ(Apply(OrderBody("B1", "O1")).body, first.body);
  ExpectRefused(Apply(With(OrderBody("B1", "O1"), "projectNo", "1")), messages::kDuplicateNumber);
}

TEST_F(OrderTest, PastItsDeadlineANewNumberIsRefusedAndAKnownOneIsNot) {
  const http::Answer first = Apply(OrderBody("B1", "O1"));
  clock_.SetNow({1'736'470'800'000});  // 2025-01-10 09:00:00 in UTC+8: still in time
  EXPECT_EQ(CodeOf(Apply(OrderBody("B2", "O2"))), 200);
  clock_.Advance(1);
  ExpectRefused(Apply(OrderBody("B3", "O3")), messages::kPastDeadline);
  EXPECT_EQ(Rows("B3").size(), 0U);
  EXPECT_EQ(Apply(OrderBody("B1", "O1")).body, first.body);
  ExpectRefused(Apply(With(OrderBody("B1", "O1"), "emAmount", "\"1.00\"")),
                messages::kDuplicateNumber);
}

TEST_F(OrderTest, AmountsOutsideTheLimitsAreRefusedAndUseUpNothing) {
  for (const std::string amount : {"\"0\"", "\"10000000.01\""}) {
    ExpectRefused(Apply(With(OrderBody("B1", "O1"), "emAmount", amount)), texts::kAmountOutOfRange);
  }
  EXPECT_EQ(CodeOf(Apply(With(OrderBody("B1", "O1"), "emAmount", "\"10000000.00\""))), 200);
}

TEST_F(OrderTest, ABadFormIsRefusedBeforeTheRegister) {
  EXPECT_EQ(CodeOf(Apply(OrderBody("B1", "O1"))), 200);
  const http::Answer answer = Apply(Without(OrderBody("B1", "O1"), "openTime"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(CodeOf(answer), 500);
  EXPECT_NE(MessageOf(answer).find("openTime"), std::string::npos);
  for (const std::string text : {"", "[]", "{", "\"a\"", "{\"a\":1,\"a\":2}", "[{}]", "\xff"}) {
    const http::Answer malformed = Post(kOrderPath, text);
    EXPECT_EQ(malformed.status, 400) << text;
    EXPECT_EQ(CodeOf(malformed), 500) << text;
  }
}

TEST_F(OrderTest, WhileTheBrokerIsAwayTheAnswerIs503AndARepeatHeals) {
  bus_.SetAway(true);
  const http::Answer away = Apply(OrderBody("B1", "O1"));
  EXPECT_EQ(away.status, 503);
  EXPECT_EQ(CodeOf(away), 500);
  EXPECT_NE(away.head.find("Retry-After: "), std::string::npos);
  EXPECT_TRUE(Eventually([this] { return !gateway_->readiness().ready; }));
  const std::string id = Rows("B1")[0].event_id;
  bus_.SetAway(false);
  EXPECT_TRUE(Eventually([this] { return gateway_->readiness().ready; }));
  clock_.Advance(kDayMs);
  EXPECT_EQ(CodeOf(Apply(OrderBody("B1", "O1"))), 200);
  EXPECT_EQ(HeaderOf(bus_.records()[0], "ce_id"), id);
  EXPECT_EQ(HeaderOf(bus_.records()[0], "ce_time"), "2025-01-01T00:00:00.000Z");
}

TEST_F(OrderTest, WhileTheDatabaseIsAwayTheAnswerIs503) {
  database_->SetAway(true);
  const http::Answer away = Apply(OrderBody("B1", "O1"));
  EXPECT_EQ(away.status, 503);
  EXPECT_EQ(CodeOf(away), 500);
  EXPECT_NE(away.head.find("Retry-After: "), std::string::npos);
  EXPECT_TRUE(bus_.records().empty());
  ASSERT_TRUE(Eventually([this] { return !gateway_->readiness().ready; }));
  EXPECT_NE(gateway_->readiness().reasons[0].find("database"), std::string::npos);
  database_->SetAway(false);
  EXPECT_TRUE(Eventually([this] { return gateway_->readiness().ready; }));
  EXPECT_EQ(CodeOf(Apply(OrderBody("B1", "O1"))), 200);
}

TEST_F(OrderTest, ADatabaseThatIsAwayAtStartIsWaitedFor) {
  gateway_.reset();
  database_->SetAway(true);
  StartGateway();
  EXPECT_FALSE(gateway_->readiness().ready);
  EXPECT_EQ(Apply(OrderBody("B1", "O1")).status, 503);
  database_->SetAway(false);
  EXPECT_TRUE(Eventually([this] { return gateway_->readiness().ready; }));
  EXPECT_EQ(CodeOf(Apply(OrderBody("B1", "O1"))), 200);
}

TEST_F(OrderTest, AConflictInTheDatabaseIsTriedAgain) {
  EXPECT_EQ(CodeOf(Apply(OrderBody("B1", "O1"))), 200);
  database_->FailNext(3, {ErrorKind::kRetryable, "sql.conflict", "", "deadlock"});
  EXPECT_EQ(CodeOf(Apply(OrderBody("B2", "O2"))), 200);
}

TEST_F(OrderTest, WithoutAReportTheAnswerComesAtTheDeadline) {
  gateway_.reset();
  options_.request_timeout = std::chrono::milliseconds(200);
  StartGateway();
  bus_.Hold();
  const http::Answer late = Apply(OrderBody("B1", "O1"));
  EXPECT_EQ(late.status, 503);
  EXPECT_EQ(CodeOf(late), 500);
  bus_.Release();
  EXPECT_TRUE(Eventually([this] { return Rows("B1")[0].confirmed; }));
}

TEST_F(OrderTest, AnEventThatWouldBeTooLargeIs413AndUsesUpNothing) {
  gateway_.reset();
  options_.event_bytes_max = 100;
  StartGateway();
  const http::Answer answer = Apply(OrderBody("B1", "O1"));
  EXPECT_EQ(answer.status, 413);
  EXPECT_EQ(CodeOf(answer), 500);
  EXPECT_TRUE(Rows("B1").empty());
}

TEST_F(OrderTest, ALargeBodyIsDecodedAllTheSame) {
  const std::string padding = "\"" + std::string(200'000, 'x') + "\"";
  EXPECT_EQ(CodeOf(Apply(With(OrderBody("B1", "O1"), "unknown", padding))), 200);
}

TEST_F(OrderTest, TheCallersTraceIsContinued) {
  const std::string trace = "0af7651916cd43dd8448eb211c80319c";
  const http::Answer answer = Send("POST", kOrderPath,
                                   Authorization({"demo", "demo-password"}) + "traceparent: 00-" +
                                       trace + "-b7ad6b7169203331-01\r\n",
                                   ToJson(OrderBody("B1", "O1")));
  EXPECT_EQ(CodeOf(answer), 200);
  const std::string ours = HeaderOf(bus_.records()[0], "traceparent");
  EXPECT_EQ(ours.substr(3, 32), trace);
  EXPECT_NE(ours.substr(36, 16), "b7ad6b7169203331");
}

TEST_F(OrderTest, DrainAnswersWhatIsInFlightAndTakesNoMore) {
  bus_.Hold();
  http::Answer answer;
  std::thread sender([&] { answer = Apply(OrderBody("B1", "O1")); });
  ASSERT_TRUE(bus_.AwaitRecords(1));
  std::thread releaser([&] {
    EXPECT_TRUE(Eventually([this] { return !gateway_->readiness().ready; }));
    bus_.Release();
  });
  EXPECT_TRUE(gateway_->Drain(kTestDeadline));
  sender.join();
  releaser.join();
  EXPECT_EQ(CodeOf(answer), 200);
  EXPECT_FALSE(http::RawClient(gateway_->port()).connected());
  EXPECT_TRUE(Rows("B1")[0].confirmed);
}

}  // namespace
}  // namespace guarantee::gateway
