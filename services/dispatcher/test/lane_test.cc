// What decides when a notice of a lane may go at all: gaps, repeats, last moments, renewals,
// resends, ownership, documents.
#include <gtest/gtest.h>

#include <atomic>

#include "bench.h"
#include "crypto/digest.h"
#include "dispatcher/app/topics.h"
#include "guarantee/event/v1/notice.pb.h"
#include "guarantee/partner/v1/order.pb.h"
#include "sql/lease_store.h"

namespace guarantee::dispatcher {
namespace {

namespace wire = guarantee::event::v1;

class LaneTest : public ::testing::TestWithParam<StoreKind> {
 protected:
  // Nobody answers: everything waits.
  static ScriptedReply Down(const ReceivedRequest&) { return Reply(503, ""); }
};
INSTANTIATE_TEST_SUITE_P(Stores, LaneTest,
                         ::testing::Values(StoreKind::kSqlite, StoreKind::kPostgres),
                         [](const auto& kind) {
                           return kind.param == StoreKind::kSqlite ? "Sqlite" : "Postgres";
                         });

template <typename Message>
std::string PublishControl(Bench& bench, const std::string& order_no, std::int64_t sequence,
                           const Message& message) {
  messaging::Envelope envelope;
  envelope.type = message.GetDescriptor()->full_name();
  envelope.interface_section = "3.4";
  envelope.sequence = sequence;
  return bench.PublishRaw(order_no, std::move(envelope), message.SerializeAsString());
}

TEST_P(LaneTest, AGapWaitsAndAlarmsUntilItIsFilled) {
  Bench bench(GetParam());
  bench.StartDispatcher();
  const std::string first = bench.Publish("G1", 1);
  const std::string third = bench.Publish("G1", 3);
  ASSERT_TRUE(bench.AwaitState(first, State::kAccepted));
  ASSERT_TRUE(bench.Await([&] { return bench.Alarms(AlarmKind::kGap).size() == 1; }));
  bench.Idle(60'000);
  EXPECT_EQ(bench.StateOf(third), State::kWaiting);
  ASSERT_TRUE(bench.dispatcher().Lanes("demo", 10)->at(0).gap_since);
  const std::string second = bench.Publish("G1", 2);
  ASSERT_TRUE(bench.AwaitState(third, State::kAccepted));
  const std::vector<Receipt> receipts = bench.ReceivedOf("G1");
  ASSERT_EQ(receipts.size(), 3U);
  EXPECT_EQ(receipts[1].request.FieldValue("Idempotency-Key"), second);
  EXPECT_EQ(receipts[2].request.FieldValue("Idempotency-Key"), third);
  EXPECT_TRUE(bench.dispatcher().Lanes("demo", 10)->empty());
}

TEST_P(LaneTest, RepeatsAndOlderSequencesAreIgnored) {
  Bench bench(GetParam());
  bench.StartDispatcher();
  const std::string first = bench.Publish("D1", 1);
  ASSERT_TRUE(bench.AwaitState(first, State::kAccepted));
  messaging::Envelope again;
  again.id = first;
  again.type = "guarantee.partner.v1.OrderCancelNotice";
  again.interface_section = "3.4";
  again.sequence = 1;
  bench.PublishRaw("D1", again, "");
  again.id = "another";
  bench.PublishRaw("D1", again, "");
  again.id = first;
  again.sequence = 2;
  bench.PublishRaw("D1", again, "");
  const std::string second = bench.Publish("D1", 2);
  ASSERT_TRUE(bench.AwaitState(second, State::kAccepted));
  EXPECT_EQ(bench.ReceivedOf("D1").size(), 2U);
  EXPECT_EQ(bench.dispatcher().ListNotices({})->size(), 2U);
}

TEST_P(LaneTest, PartnersWithTheSameNumbersHaveLanesOfTheirOwn) {
  Bench bench(GetParam(), {"demo", "second"});
  bench.platform("demo").SetScript([](const ReceivedRequest&) { return Refuse("不行"); });
  bench.StartDispatcher();
  const std::string refused = bench.Publish("P1", 1, "demo");
  const std::string accepted = bench.Publish("P1", 1, "second");
  EXPECT_TRUE(bench.AwaitState(refused, State::kParked));
  EXPECT_TRUE(bench.AwaitState(accepted, State::kAccepted));
  EXPECT_EQ(bench.Received("second").size(), 1U);
}

TEST_P(LaneTest, ALateSuccessExpiresAndLeavesItsLane) {
  Bench bench(GetParam());
  bench.platform().SetScript(Down);
  bench.StartDispatcher();
  const UnixMillis not_after = bench.clock.Now() + 30'000;
  const std::string late = bench.Publish("E1", 1, "demo", not_after);
  const std::string behind = bench.Publish("E1", 2, "demo", not_after);
  const std::string endless = bench.Publish("E1", 3);
  ASSERT_TRUE(bench.AwaitState(late, State::kExpired));
  ASSERT_TRUE(bench.AwaitState(behind, State::kExpired));
  ASSERT_TRUE(bench.Await([&] { return bench.Told("NoticeExpired").size() == 2; }));
  // The second may have expired first, while the first was in flight.
  wire::NoticeExpired told;
  for (const messaging::Delivered& event : bench.Told("NoticeExpired")) {
    ASSERT_TRUE(told.ParseFromString(event.value));
    if (told.notice().notice_id() == late) break;
  }
  EXPECT_EQ(told.notice().notice_id(), late);
  EXPECT_EQ(told.not_after(), not_after.value);
  EXPECT_TRUE(told.possibly_received()) << "a 503 may have had its effect";
  EXPECT_FALSE(told.still_head());
  EXPECT_EQ(bench.Alarms(AlarmKind::kExpired).size(), 2U);

  bench.platform().SetScript([](const ReceivedRequest&) { return Accept(); });
  ASSERT_TRUE(bench.AwaitState(endless, State::kAccepted));
  const std::size_t before = bench.ReceivedOf("E1").size();
  bench.Idle(60'000);
  EXPECT_EQ(bench.ReceivedOf("E1").size(), before) << "an expired notice is not sent";

  ASSERT_TRUE(bench.dispatcher().RetryNotice(late, "li"));
  EXPECT_TRUE(bench.AwaitState(late, State::kAccepted)) << "but an operator may send it";
}

TEST_P(LaneTest, ARefusedNoticePastItsMomentStaysTheHead) {
  Bench bench(GetParam());
  bench.platform().SetScript([](const ReceivedRequest&) { return Refuse("不行"); });
  bench.StartDispatcher();
  const std::string refused = bench.Publish("H1", 1, "demo", bench.clock.Now() + 20'000);
  const std::string behind = bench.Publish("H1", 2);
  ASSERT_TRUE(bench.AwaitState(refused, State::kParked));
  ASSERT_TRUE(bench.Await([&] { return bench.Told("NoticeExpired").size() == 1; }));
  wire::NoticeExpired told;
  ASSERT_TRUE(told.ParseFromString(bench.Told("NoticeExpired").at(0).value));
  EXPECT_TRUE(told.still_head());
  bench.Idle(30'000);
  EXPECT_EQ(bench.StateOf(refused), State::kParked);
  EXPECT_EQ(bench.StateOf(behind), State::kWaiting);
  EXPECT_EQ(bench.Told("NoticeExpired").size(), 1U);
}

TEST_P(LaneTest, ARenewalMovesTheLastMoment) {
  Bench bench(GetParam());
  bench.platform().SetScript(Down);
  bench.StartDispatcher();
  const UnixMillis start = bench.clock.Now();
  const std::string id = bench.Publish("M1", 1, "demo", start + 60'000);
  ASSERT_TRUE(bench.Await([&] { return !bench.History(id).attempts.empty(); }));
  wire::RenewNotice renewal;
  renewal.set_section("3.4");
  renewal.set_not_after(start.value + 600'000);
  PublishControl(bench, "M1", 2, renewal);
  const std::string behind = bench.Publish("M1", 3);
  ASSERT_TRUE(bench.Await(
      [&] { return bench.History(id).notice.not_after == UnixMillis{renewal.not_after()}; }));
  bench.Idle(120'000);
  EXPECT_EQ(bench.Told("NoticeExpired").size(), 0U);
  bench.platform().SetScript([](const ReceivedRequest&) { return Accept(); });
  EXPECT_TRUE(bench.AwaitState(id, State::kAccepted));
  EXPECT_TRUE(bench.AwaitState(behind, State::kAccepted)) << "the renewal holds no one up";
}

TEST_P(LaneTest, ARenewalRevivesWhatHasExpired) {
  Bench bench(GetParam());
  bench.platform().SetScript(Down);
  bench.StartDispatcher();
  const std::string id = bench.Publish("M2", 1, "demo", bench.clock.Now() + 5'000);
  ASSERT_TRUE(bench.AwaitState(id, State::kExpired));
  bench.platform().SetScript([](const ReceivedRequest&) { return Accept(); });
  wire::RenewNotice renewal;
  renewal.set_notice_id(id);
  renewal.set_not_after(bench.clock.Now().value + 3'600'000);
  PublishControl(bench, "M2", 2, renewal);
  EXPECT_TRUE(bench.AwaitState(id, State::kAccepted));
}

TEST_P(LaneTest, AResendDeliversTheFirstBytesUnderTheFirstIdentity) {
  Bench bench(GetParam());
  bench.StartDispatcher();
  const std::string first = bench.Publish("R1", 1);
  wire::ResendNotice resend;
  resend.set_section("3.4");
  const std::string second = PublishControl(bench, "R1", 2, resend);
  resend.set_notice_id(first);
  const std::string third = PublishControl(bench, "R1", 3, resend);
  ASSERT_TRUE(bench.AwaitState(third, State::kAccepted));
  EXPECT_EQ(bench.StateOf(second), State::kAccepted);
  const std::vector<Receipt> receipts = bench.ReceivedOf("R1");
  ASSERT_EQ(receipts.size(), 3U);
  for (const Receipt& receipt : receipts) {
    EXPECT_EQ(receipt.request.body, receipts[0].request.body);
    EXPECT_EQ(receipt.request.FieldValue("Idempotency-Key"), first);
  }
  ASSERT_TRUE(bench.Await([&] { return bench.Told("NoticeAccepted").size() == 3; }));
  wire::NoticeAccepted told;
  ASSERT_TRUE(told.ParseFromString(bench.Told("NoticeAccepted").at(2).value));
  EXPECT_EQ(told.notice().notice_id(), third);
  EXPECT_EQ(told.notice().resend_of(), first);
}

TEST_P(LaneTest, AResendOfNothingHoldsNoLaneUp) {
  Bench bench(GetParam());
  bench.StartDispatcher();
  wire::ResendNotice resend;
  resend.set_notice_id("never-heard-of");
  PublishControl(bench, "R2", 1, resend);
  EXPECT_TRUE(bench.AwaitState(bench.Publish("R2", 2), State::kAccepted));
  EXPECT_EQ(bench.Alarms(AlarmKind::kOwnFault).size(), 1U);
}

TEST_P(LaneTest, AMessageThatNoInterfaceSendsIsParkedWithItsReason) {
  Bench bench(GetParam());
  bench.StartDispatcher();
  messaging::Envelope envelope;
  envelope.type = "guarantee.partner.v1.NoSuchNotice";
  envelope.interface_section = "9.9";
  envelope.sequence = 1;
  const std::string id = bench.PublishRaw("U1", envelope, "x");
  ASSERT_TRUE(bench.AwaitState(id, State::kParked));
  EXPECT_NE(bench.History(id).notice.last_answer.message.find("notice.type"), std::string::npos);
  EXPECT_TRUE(bench.Await([&] { return bench.Told("NoticeParked").size() == 1; }));
  EXPECT_TRUE(bench.Received().empty());
}

TEST_P(LaneTest, ARecordThatIsNoNoticeGoesToTheDeadLetters) {
  Bench bench(GetParam());
  bench.StartDispatcher();
  messaging::Envelope envelope;
  envelope.type = "guarantee.partner.v1.OrderCancelNotice";
  envelope.sequence = 0;
  bench.PublishRaw("X1", envelope, "payload");
  ASSERT_TRUE(bench.Await([&] { return bench.DeadLetters().size() == 1; }));
  EXPECT_EQ(bench.DeadLetters().at(0).value, "payload");
  EXPECT_EQ(bench.Alarms(AlarmKind::kDeadLettered).size(), 1U);
  envelope.sequence = 1;
  bench.PublishRaw("X1", envelope, "of another", "demo", "second/order/X1");
  ASSERT_TRUE(bench.Await([&] { return bench.DeadLetters().size() == 2; }));
  EXPECT_TRUE(bench.AwaitState(bench.Publish("X2", 1), State::kAccepted));
}

TEST_P(LaneTest, WithoutItsLeaseItPostsNothing) {
  Bench bench(GetParam());
  bench.platform().SetScript(Down);
  bench.StartDispatcher();
  const std::string id = bench.Publish("O1", 1);
  ASSERT_TRUE(bench.Await([&] { return !bench.History(id).attempts.empty(); }));

  // Somebody else becomes the owner of every partition; the old one has not been told.
  sql::SqlLeaseStore leases(bench.database());
  const std::vector<std::string> topics = {kNoticesTopic};
  const messaging::LeaseRequest thief{kGroup, "thief", 20'000, true};
  for (std::int32_t partition = 0; partition < Bench::kPartitions; ++partition) {
    ASSERT_TRUE(leases.Acquire(thief, partition, topics));
  }
  const std::size_t before = bench.Received().size();
  bench.platform().SetScript([](const ReceivedRequest&) { return Accept(); });
  bench.Idle(120'000);
  // At most what had begun before the theft.
  EXPECT_LE(bench.Received().size(), before + 1);
  EXPECT_EQ(bench.StateOf(id) == State::kAccepted, false);
}

TEST_P(LaneTest, WhatWaitsForDocumentsHoldsUpNothingElse) {
  std::atomic<bool> away{true};
  const std::string letter = "%PDF-1.7 letter";
  Bench bench(GetParam());
  bench.documents = [&](std::string_view sha256) -> Result<std::string> {
    if (away) return Retryable("document.away", "the order service is away");
    EXPECT_EQ(sha256, crypto::ToHex(crypto::Sha256(letter)));
    return letter;
  };
  bench.StartDispatcher();
  guarantee::partner::v1::OrderApplyNotice issued;
  issued.set_business_no("B1");
  issued.set_order_no("W1");
  issued.set_apply_time(bench.clock.Now().value);
  issued.set_guarantee_no("GH1");
  auto& file = *issued.mutable_guarantee_file();
  file.set_sha256(crypto::ToHex(crypto::Sha256(letter)));
  file.set_size_bytes(static_cast<std::int64_t>(letter.size()));
  file.set_media_type("application/pdf");
  issued.set_payer_name("某公司");
  issued.set_payer_account("6222000000000001");
  issued.set_inst_name("岳阳银行");
  issued.set_generate_time(bench.clock.Now().value);
  issued.set_rate_millionths(2'500);
  issued.set_cost_fen(50'000);
  issued.set_valid_begin_time(bench.clock.Now().value);
  issued.set_valid_end_time(bench.clock.Now().value + 1'000'000);
  issued.set_apply_result(guarantee::partner::v1::OUTCOME_SUCCESS);
  messaging::Envelope envelope;
  envelope.type = issued.GetDescriptor()->full_name();
  envelope.interface_section = "3.2";
  envelope.business_no = "B1";
  envelope.sequence = 1;
  const std::string id = bench.PublishRaw("W1", envelope, issued.SerializeAsString());
  EXPECT_TRUE(bench.AwaitState(bench.Publish("W2", 1), State::kAccepted));
  ASSERT_TRUE(bench.Await([&] { return !bench.Alarms(AlarmKind::kOwnFault).empty(); }));
  EXPECT_EQ(bench.StateOf(id), State::kPending);
  EXPECT_TRUE(bench.ReceivedOf("W1").empty());
  EXPECT_EQ(bench.PhaseOf("demo", "3.2"), BreakerPhase::kClosed) << "no fault of the platform";
  away = false;
  ASSERT_TRUE(bench.AwaitState(id, State::kAccepted));
  EXPECT_NE(bench.ReceivedOf("W1").at(0).request.body.find("JVBERi0xLjcgbGV0dGVy"),
            std::string::npos);
}

TEST_P(LaneTest, ListsByStateAndPartner) {
  Bench bench(GetParam(), {"demo", "second"});
  bench.platform("demo").SetScript([](const ReceivedRequest& request) {
    return request.body.find("\"L1\"") != std::string::npos ? Refuse("不行") : Accept();
  });
  bench.StopPlatform("second");
  bench.StartDispatcher();
  const std::string parked = bench.Publish("L1", 1);
  const std::string accepted = bench.Publish("L2", 1);
  const std::string pending = bench.Publish("L3", 1, "second");
  ASSERT_TRUE(bench.AwaitState(parked, State::kParked));
  ASSERT_TRUE(bench.AwaitState(accepted, State::kAccepted));
  const auto only = [&](const NoticeFilter& filter, const std::string& id) {
    const auto found = bench.dispatcher().ListNotices(filter);
    return found && found->size() == 1 && found->at(0).head.id == id;
  };
  EXPECT_TRUE(only({State::kParked, "", "", 10}, parked));
  EXPECT_TRUE(only({State::kAccepted, "demo", "", 10}, accepted));
  EXPECT_TRUE(only({State::kPending, "", "", 10}, pending));
  EXPECT_TRUE(only({std::nullopt, "", "demo/order/L2", 10}, accepted));
  EXPECT_EQ(bench.dispatcher().ListNotices({std::nullopt, "", "", 2})->size(), 2U);
  EXPECT_EQ(bench.dispatcher().ShowFlow("demo/order/L1")->at(0).attempts.size(), 1U);
  EXPECT_EQ(bench.dispatcher().ShowNotice("nobody").error().code, "notice.unknown");
  EXPECT_EQ(bench.dispatcher().RetryNotice("nobody", "li").error().code, "notice.unknown");
}

}  // namespace
}  // namespace guarantee::dispatcher
