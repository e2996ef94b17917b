// Deliveries to platforms that misbehave, over both stores.
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <set>

#include "bench.h"
#include "contract/messages.h"
#include "guarantee/event/v1/notice.pb.h"

namespace guarantee::dispatcher {
namespace {

namespace messages = contract::messages;

class DeliveryTest : public ::testing::TestWithParam<StoreKind> {};
INSTANTIATE_TEST_SUITE_P(Stores, DeliveryTest,
                         ::testing::Values(StoreKind::kSqlite, StoreKind::kPostgres),
                         [](const auto& kind) {
                           return kind.param == StoreKind::kSqlite ? "Sqlite" : "Postgres";
                         });

TEST_P(DeliveryTest, DeliversAndTellsThatItWasAccepted) {
  Bench bench(GetParam());
  bench.StartDispatcher();
  const std::string id = bench.Publish("T1", 1);
  ASSERT_TRUE(bench.AwaitState(id, State::kAccepted));
  ASSERT_TRUE(bench.Await([&] { return bench.Told("NoticeAccepted").size() == 1; }));

  const ReceivedRequest request = bench.Received().at(0).request;
  EXPECT_EQ(request.Target(), "/front/" + bench.contract().FindSection("3.4")->path);
  EXPECT_EQ(request.FieldValue("Authorization"), "Basic aW5zdGl0dXRpb246c2VjcmV0");
  EXPECT_EQ(request.FieldValue("Content-Type"), "application/json; charset=UTF-8");
  EXPECT_EQ(request.FieldValue("Idempotency-Key"), id);

  const messaging::Delivered told = bench.Told("NoticeAccepted").at(0);
  event::v1::NoticeAccepted accepted;
  ASSERT_TRUE(accepted.ParseFromString(told.value));
  EXPECT_EQ(accepted.notice().notice_id(), id);
  EXPECT_EQ(accepted.notice().section(), "3.4");
  EXPECT_EQ(accepted.notice().order_no(), "T1");
  EXPECT_EQ(accepted.notice().attempts(), 1);
  EXPECT_EQ(accepted.answer_code(), "200");
  EXPECT_EQ(told.FindHeader("ce_source"), "demo");
  EXPECT_EQ(told.FindHeader("ce_sequence"), "1");

  const NoticeHistory history = bench.History(id);
  ASSERT_EQ(history.attempts.size(), 1U);
  EXPECT_EQ(history.attempts.at(0).ending, Ending::kAccepted);
  EXPECT_EQ(history.attempts.at(0).answer.http_status, 200);
  EXPECT_EQ(history.attempts.at(0).body_sha256.size(), 64U);
}

// Every way of not answering: the same bytes and identity again, until they are accepted.
TEST_P(DeliveryTest, UnknownOutcomesAreSentAgainWithTheSameBytes) {
  const std::vector<ScriptedReply> replies = {
      Reply(500, ""),
      Reply(500, kAccepting),
      Reply(502, "<html></html>"),
      Reply(302, kAccepting, "Location: http://127.0.0.1:1/\r\n"),
      Raw("", Afterwards::kHold),
      Raw("", Afterwards::kReset),
      Raw("", Afterwards::kClose),
      Raw("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"code\":200}", Afterwards::kReset),
      Raw("HTTP/1.1 200 OK\r\nContent-Length: 13\r\n\r\n{\"code\":200}", Afterwards::kHold),
      Raw("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n{\"code\":200}\r\n",
          Afterwards::kClose),
      Raw("HTTP/1.1 200 OK\r\n\r\n{\"code\":200}", Afterwards::kClose),
      Raw("220 smtp.example ESMTP\r\n", Afterwards::kClose),
      Reply(200, std::string(2U << 20, ' ') + kAccepting),
      Reply(200, "<html><body>200</body></html>"),
      Reply(200, ""),
      Reply(204, ""),
      Reply(200, R"({"code":20)"),
      Reply(200, R"({"msg":"操作成功"})"),
      Reply(200, R"([{"code":200}])"),
  };
  std::mutex mutex;
  std::map<std::string, int> tries;
  Bench bench(GetParam());
  bench.limits.request_deadline_ms = 1'000;
  bench.platform().SetScript([&](const ReceivedRequest& request) {
    const std::size_t at = request.body.find("\"U");
    const std::string number = request.body.substr(at + 2, 2);
    const std::lock_guard lock(mutex);
    if (++tries[number] > 1) return Accept();
    return replies.at(std::stoul(number) - 10);
  });
  bench.StartDispatcher();
  std::vector<std::string> ids;
  for (std::size_t at = 0; at < replies.size(); ++at) {
    ids.push_back(bench.Publish("U" + std::to_string(at + 10), 1));
  }
  for (std::size_t at = 0; at < replies.size(); ++at) {
    ASSERT_TRUE(bench.AwaitState(ids[at], State::kAccepted)) << at;
    const std::vector<Receipt> receipts = bench.ReceivedOf("U" + std::to_string(at + 10));
    ASSERT_GE(receipts.size(), 2U) << at;
    for (const Receipt& receipt : receipts) {
      EXPECT_EQ(receipt.request.body, receipts[0].request.body) << at;
      EXPECT_EQ(receipt.request.FieldValue("Idempotency-Key"), ids[at]);
    }
    const NoticeHistory history = bench.History(ids[at]);
    ASSERT_EQ(history.attempts.size(), receipts.size()) << at;
    EXPECT_EQ(history.attempts[0].ending, Ending::kUnknown) << at;
    EXPECT_EQ(history.attempts[0].body_sha256, history.attempts[1].body_sha256);
  }
  EXPECT_TRUE(bench.Alarms(AlarmKind::kParked).empty());
}

TEST_P(DeliveryTest, StateAndTextualCodesAreRead) {
  std::atomic<int> number{0};
  const std::vector<std::string> answers = {R"({"code":"200"})", R"({"state":200})",
                                            R"({"state":"200","msg":""})"};
  Bench bench(GetParam());
  bench.platform().SetScript([&](const ReceivedRequest&) {
    return Reply(200, answers.at(static_cast<std::size_t>(number++)));
  });
  bench.StartDispatcher();
  for (std::size_t at = 0; at < answers.size(); ++at) {
    const std::string id = bench.Publish("S" + std::to_string(at), 1);
    EXPECT_TRUE(bench.AwaitState(id, State::kAccepted)) << answers[at];
    EXPECT_EQ(bench.History(id).attempts.size(), 1U);
  }
}

// A lane with a failing head waits; the receipts of a lane are in order and n + 1 never comes
// before n was accepted.
TEST_P(DeliveryTest, LanesKeepTheirOrderWhateverFails) {
  constexpr int kLanes = 6;
  constexpr int kNotices = 8;
  std::mutex mutex;
  std::map<std::string, int> tries;
  Bench bench(GetParam());
  bench.platform().SetScript([&](const ReceivedRequest& request) {
    const std::lock_guard lock(mutex);
    const int attempt = ++tries[request.FieldValue("Idempotency-Key")];
    const std::size_t kind = std::hash<std::string>{}(request.FieldValue("Idempotency-Key")) % 4;
    if (attempt == 1 && kind == 0) return Reply(500, "");
    if (attempt == 1 && kind == 1) return Raw("", Afterwards::kReset);
    return Accept();
  });
  std::map<std::string, std::vector<std::string>> ids;
  for (int sequence = 1; sequence <= kNotices; ++sequence) {
    for (int lane = 0; lane < kLanes; ++lane) {
      const std::string order = "L" + std::to_string(lane);
      ids[order].push_back(bench.Publish(order, sequence));
    }
  }
  bench.StartDispatcher();
  for (const auto& [order, wanted] : ids) {
    ASSERT_TRUE(bench.AwaitState(wanted.back(), State::kAccepted)) << order;
    std::vector<std::string> seen;
    for (const Receipt& receipt : bench.ReceivedOf(order)) {
      const std::string id = receipt.request.FieldValue("Idempotency-Key");
      if (seen.empty() || seen.back() != id) seen.push_back(id);
    }
    EXPECT_EQ(seen, wanted) << order;
  }
}

TEST_P(DeliveryTest, ARefusalParksTheHeadAndItsLaneAlone) {
  std::atomic<bool> refusing{true};
  Bench bench(GetParam());
  bench.platform().SetScript([&](const ReceivedRequest& request) {
    const bool first = request.body.find("\"R1\"") != std::string::npos;
    return first && refusing ? Refuse("订单编号1234567890不存在") : Accept();
  });
  bench.StartDispatcher();
  const std::string refused = bench.Publish("R1", 1);
  const std::string behind = bench.Publish("R1", 2);
  const std::string other = bench.Publish("R2", 1);
  ASSERT_TRUE(bench.AwaitState(refused, State::kParked));
  ASSERT_TRUE(bench.AwaitState(other, State::kAccepted));
  ASSERT_TRUE(bench.Await([&] { return bench.Told("NoticeParked").size() == 1; }));
  event::v1::NoticeParked parked;
  ASSERT_TRUE(parked.ParseFromString(bench.Told("NoticeParked").at(0).value));
  EXPECT_EQ(parked.answer_code(), "500");
  EXPECT_EQ(parked.reason(), "订单编号***不存在") << "long numbers are masked";
  bench.Idle(60'000);
  EXPECT_EQ(bench.ReceivedOf("R1").size(), 1U) << "neither again nor the next";
  EXPECT_EQ(bench.StateOf(behind), State::kWaiting);
  EXPECT_EQ(bench.PhaseOf("demo", "3.4"), BreakerPhase::kClosed);

  const auto lanes = bench.dispatcher().Lanes("demo", 10);
  ASSERT_TRUE(lanes);
  ASSERT_EQ(lanes->size(), 1U);
  EXPECT_EQ(lanes->at(0).head_id, refused);
  EXPECT_EQ(lanes->at(0).waiting, 1);

  refusing = false;
  ASSERT_TRUE(bench.dispatcher().RetryNotice(refused, "li"));
  ASSERT_TRUE(bench.AwaitState(behind, State::kAccepted));
  EXPECT_EQ(bench.StateOf(refused), State::kAccepted);
  EXPECT_EQ(bench.History(refused).actions.at(0).who, "li");
  const auto again = bench.dispatcher().RetryNotice(refused, "li");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().code, "notice.already_accepted");
}

struct StopRow {
  std::string message;
  std::string section;  // whose breaker opens; empty: the platform's
};

TEST_P(DeliveryTest, TheRowsOfSectionFourStopAndParkNothing) {
  const std::vector<StopRow> rows = {
      {std::string(messages::kUserEmpty), ""},
      {std::string(messages::kUserUnknown), ""},
      {std::string(messages::kUserDisabled), ""},
      {std::string(messages::kCodeWrong), ""},
      {std::string(messages::kNotEntitled), "3.4"},
      {messages::EntitlementExpired("2026-01-31"), ""},
  };
  for (const StopRow& row : rows) {
    std::atomic<bool> stopped{true};
    Bench bench(GetParam());
    bench.platform().SetScript(
        [&](const ReceivedRequest&) { return stopped ? Refuse(row.message) : Accept(); });
    bench.StartDispatcher();
    const std::string first = bench.Publish("C1", 1);
    ASSERT_TRUE(bench.Await([&] { return bench.History(first).attempts.size() == 1; }));
    ASSERT_TRUE(bench.Await([&] {
      return bench.PhaseOf("demo", row.section) != BreakerPhase::kClosed;
    })) << row.message;
    const std::string second = bench.Publish("C2", 1);
    bench.Idle(60'000);
    // One probe at most every ten seconds once the pause has grown, and nobody is parked.
    EXPECT_LE(bench.Received().size(), 12U) << row.message;
    EXPECT_GE(bench.Received().size(), 6U) << row.message;
    EXPECT_EQ(bench.StateOf(first), State::kPending);
    stopped = false;
    EXPECT_TRUE(bench.AwaitState(first, State::kAccepted)) << row.message;
    EXPECT_TRUE(bench.AwaitState(second, State::kAccepted)) << row.message;
  }
}

TEST_P(DeliveryTest, AnUncheckedSignInIsTriedAgain) {
  std::atomic<int> number{0};
  Bench bench(GetParam());
  bench.platform().SetScript([&](const ReceivedRequest&) {
    return number++ == 0 ? Refuse(std::string(messages::kSignInUnchecked)) : Accept();
  });
  bench.StartDispatcher();
  EXPECT_TRUE(bench.AwaitState(bench.Publish("V1", 1), State::kAccepted));
  EXPECT_EQ(bench.Received().size(), 2U);
}

TEST_P(DeliveryTest, RetryAfterIsHonoured) {
  std::atomic<int> number{0};
  Bench bench(GetParam());
  bench.platform().SetScript([&](const ReceivedRequest&) {
    return number++ == 0 ? Reply(503, "", "Retry-After: 120\r\n") : Accept();
  });
  bench.StartDispatcher();
  const std::string id = bench.Publish("A1", 1);
  ASSERT_TRUE(bench.Await([&] { return bench.History(id).attempts.size() == 1; }));
  const UnixMillis turned_away = bench.clock.Now();
  ASSERT_TRUE(bench.AwaitState(id, State::kAccepted));
  const std::vector<Attempt> attempts = bench.History(id).attempts;
  EXPECT_GE(attempts.at(1).began_at - attempts.at(0).began_at, 120'000);
  EXPECT_LE(attempts.at(1).began_at - turned_away, 140'000);
}

TEST_P(DeliveryTest, ADeadPlatformHarmsNobodyElseAndCatchesUp) {
  constexpr int kLanes = 40;
  Bench bench(GetParam(), {"demo", "second"});
  bench.StopPlatform("second");
  bench.StartDispatcher();
  std::vector<std::string> dead;
  std::vector<std::string> alive;
  for (int lane = 0; lane < kLanes; ++lane) {
    dead.push_back(bench.Publish("D" + std::to_string(lane), 1, "second"));
    alive.push_back(bench.Publish("D" + std::to_string(lane), 1, "demo"));
  }
  for (const std::string& id : alive) ASSERT_TRUE(bench.AwaitState(id, State::kAccepted));
  ASSERT_TRUE(bench.Await([&] { return bench.PhaseOf("second", "") != BreakerPhase::kClosed; }));
  EXPECT_EQ(bench.PhaseOf("demo", ""), BreakerPhase::kClosed);
  const std::int64_t before = bench.dispatcher().State().attempts;
  bench.Idle(60'000);
  EXPECT_LE(bench.dispatcher().State().attempts - before, 13) << "probes only";

  bench.RestartPlatform("second", [](const ReceivedRequest&) { return Accept(); });
  for (const std::string& id : dead) ASSERT_TRUE(bench.AwaitState(id, State::kAccepted));
  EXPECT_EQ(bench.Received("second").size(), static_cast<std::size_t>(kLanes)) << "each once";
  EXPECT_TRUE(bench.Alarms(AlarmKind::kParked).empty());
}

TEST_P(DeliveryTest, APoisonousNoticeDoesNotHoldUpItsInterface) {
  Bench bench(GetParam());
  bench.platform().SetScript([&](const ReceivedRequest& request) {
    return request.body.find("\"BAD\"") != std::string::npos ? Reply(500, "") : Accept();
  });
  bench.StartDispatcher();
  const std::string bad = bench.Publish("BAD", 1);
  ASSERT_TRUE(bench.Await([&] { return bench.PhaseOf("demo", "3.4") != BreakerPhase::kClosed; }));
  for (int lane = 0; lane < 10; ++lane) {
    EXPECT_TRUE(bench.AwaitState(bench.Publish("G" + std::to_string(lane), 1), State::kAccepted));
  }
  EXPECT_EQ(bench.StateOf(bad), State::kPending);
}

TEST_P(DeliveryTest, ABacklogLargerThanMemoryIsDeliveredWhole) {
  constexpr int kLanes = 200;
  Bench bench(GetParam());
  bench.limits.flights = {.total = 8, .per_partner = 8, .heads_per_scope = 12};
  for (int lane = 0; lane < kLanes; ++lane) {
    bench.Publish("K" + std::to_string(lane), 1);
    bench.Publish("K" + std::to_string(lane), 2);
  }
  bench.StartDispatcher();
  ASSERT_TRUE(bench.Await([&] { return bench.dispatcher().State().accepted == 2 * kLanes; }));
  EXPECT_EQ(bench.Received().size(), 2U * kLanes) << "each once";
  EXPECT_LE(bench.platform().Connections(), 8U);
}

TEST_P(DeliveryTest, ARestartContinuesWithTheSameBytesAndIdentity) {
  std::atomic<bool> silent{true};
  Bench bench(GetParam());
  bench.platform().SetScript(
      [&](const ReceivedRequest&) { return silent ? Raw("", Afterwards::kHold) : Accept(); });
  bench.StartDispatcher();
  const std::string id = bench.Publish("X1", 1);
  const std::string next = bench.Publish("X1", 2);
  ASSERT_TRUE(bench.platform().AwaitReceived(1, Bench::kPatience));
  bench.StopDispatcher(std::chrono::milliseconds(0));
  silent = false;
  bench.StartDispatcher();
  ASSERT_TRUE(bench.AwaitState(next, State::kAccepted));
  const std::vector<Receipt> receipts = bench.ReceivedOf("X1");
  ASSERT_EQ(receipts.size(), 3U);
  EXPECT_EQ(receipts[0].request.body, receipts[1].request.body);
  EXPECT_EQ(receipts[0].request.FieldValue("Idempotency-Key"), id);
  EXPECT_EQ(receipts[1].request.FieldValue("Idempotency-Key"), id);
  EXPECT_EQ(receipts[2].request.FieldValue("Idempotency-Key"), next);
}

TEST_P(DeliveryTest, NothingIsDeliveredAgainAfterACleanStop) {
  constexpr int kLanes = 30;
  Bench bench(GetParam());
  bench.StartDispatcher();
  std::vector<std::string> ids;
  for (int lane = 0; lane < kLanes; ++lane) {
    ids.push_back(bench.Publish("N" + std::to_string(lane), 1));
    if (lane % 10 == 9) {
      bench.StopDispatcher();
      bench.StartDispatcher();
    }
  }
  for (const std::string& id : ids) ASSERT_TRUE(bench.AwaitState(id, State::kAccepted));
  EXPECT_EQ(bench.Received().size(), static_cast<std::size_t>(kLanes));
}

}  // namespace
}  // namespace guarantee::dispatcher
