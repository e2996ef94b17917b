// The bus suite on the fake, and its levers.
#include "testing/fake_bus.h"

#include <gtest/gtest.h>

#include "testing/bus_suite.h"
#include "testing/fake_clock.h"

namespace guarantee::testing {
namespace {

class FakeHarness final : public BusHarness {
 public:
  messaging::Bus& bus() override { return bus_; }
  std::string NewTopic(std::int32_t partitions) override {
    std::string topic = "topic." + std::to_string(++topics_);
    const std::vector<messaging::TopicSettings> wanted = {{topic, partitions, 1, {}}};
    EXPECT_TRUE(bus_.CreateTopics(wanted, kBusDeadline));
    return topic;
  }

 private:
  FakeBus bus_;
  int topics_ = 0;
};

INSTANTIATE_TEST_SUITE_P(Memory, BusSuite,
                         ::testing::Values(BusUnderTest{
                             "FakeBus", [] { return std::make_unique<FakeHarness>(); }}),
                         [](const auto& given) { return given.param.name; });

class FakeBusTest : public ::testing::Test {
 protected:
  FakeBusTest() : bus_(clock_) {
    const std::vector<messaging::TopicSettings> wanted = {{"topic", 1, 1, {}}};
    EXPECT_TRUE(bus_.CreateTopics(wanted, kBusDeadline));
  }
  void Publish(ReportBox& box, const std::string& value = "v") {
    bus_.producer().Publish({"topic", "k", {}, value}, box.Next());
  }
  static Error Away() { return {ErrorKind::kRetryable, "test.away", {}, "away"}; }

  FakeClock clock_;
  FakeBus bus_;
};

TEST_F(FakeBusTest, FailNextPublishes_RefusesSoManyAndTakesTheNext) {
  bus_.FailNextPublishes(2, Away());
  ReportBox box;
  for (int at = 0; at < 3; ++at) Publish(box);
  const auto reports = box.Await(3);
  EXPECT_EQ(reports[0].error().code, "test.away");
  EXPECT_EQ(reports[1].error().code, "test.away");
  EXPECT_TRUE(reports[2]);
  EXPECT_EQ(bus_.Records("topic").size(), 1U);
}

TEST_F(FakeBusTest, LoseNextAnswers_TakesTheRecordAndSaysOtherwise) {
  bus_.LoseNextAnswers(1, Away());
  ReportBox box;
  Publish(box);
  EXPECT_FALSE(box.Await(1).front());
  EXPECT_EQ(bus_.Records("topic").size(), 1U);
}

TEST_F(FakeBusTest, DuplicateNextPublishes_AppendsTwiceAndReportsOnce) {
  bus_.DuplicateNextPublishes(1);
  ReportBox box;
  Publish(box, "a");
  Publish(box, "b");
  box.Await(2);
  const auto records = bus_.Records("topic");
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].value + records[1].value + records[2].value, "aab");
  EXPECT_EQ(records[1].offset, 1);
}

TEST_F(FakeBusTest, HoldReports_KeepsThemUntilReleased) {
  bus_.HoldReports();
  ReportBox box;
  Publish(box);
  EXPECT_EQ(bus_.Records("topic").size(), 1U);
  EXPECT_EQ(bus_.HeldReports(), 1U);
  EXPECT_FALSE(bus_.producer().Drain(std::chrono::milliseconds(1)));
  EXPECT_EQ(box.called(), 0U);
  bus_.ReleaseReports();
  EXPECT_TRUE(box.Await(1).front());
}

TEST_F(FakeBusTest, DropBroker_EverythingIsRetryableUntilRestored) {
  OffsetTable offsets;
  BusMember member(bus_, "group", "topic", offsets);
  ASSERT_TRUE(member.Await([&] { return member.owned().size() == 1; }));
  bus_.DropBroker();
  ReportBox box;
  Publish(box);
  EXPECT_EQ(box.Await(1).front().error().code, "bus.unavailable");
  EXPECT_EQ(bus_.EndOffset({"topic", 0}, kBusDeadline).error().kind, ErrorKind::kRetryable);
  EXPECT_FALSE(bus_.Describe("topic", kBusDeadline));
  bus_.RestoreBroker();
  Publish(box, "after");
  EXPECT_TRUE(box.Await(2).back());
  EXPECT_EQ(member.AwaitDelivered(1).front().value, "after");
}

TEST_F(FakeBusTest, ForceRebalance_RevokesAndAssignsAgain) {
  OffsetTable offsets;
  BusMember member(bus_, "group", "topic", offsets);
  ASSERT_TRUE(member.Await([&] { return member.assignments() == 1; }));
  bus_.ForceRebalance("group");
  EXPECT_TRUE(member.Await([&] { return member.assignments() == 2; }));
  EXPECT_EQ(member.revocations(), 1);
  EXPECT_FALSE(member.any_lost());
}

TEST_F(FakeBusTest, ForceLoss_SaysSo) {
  OffsetTable offsets;
  BusMember member(bus_, "group", "topic", offsets);
  ASSERT_TRUE(member.Await([&] { return member.assignments() == 1; }));
  bus_.ForceLoss("group");
  EXPECT_TRUE(member.Await([&] { return member.any_lost() && member.assignments() == 2; }));
}

TEST_F(FakeBusTest, Trim_StopsAReaderBelowTheStart) {
  ReportBox box;
  for (int at = 0; at < 3; ++at) Publish(box);
  bus_.Trim({"topic", 0}, 2);
  OffsetTable offsets;
  BusMember member(bus_, "group", "topic", offsets);
  EXPECT_TRUE(member.Await([&] { return !member.errors().empty(); }));
  EXPECT_EQ(member.errors().front().code, "bus.offset_out_of_range");
  EXPECT_TRUE(member.delivered().empty());
  box.Await(3);
}

TEST_F(FakeBusTest, Records_AreStampedByTheClock) {
  ReportBox box;
  Publish(box);
  clock_.Advance(5);
  Publish(box);
  box.Await(2);
  const auto records = bus_.Records("topic");
  EXPECT_EQ(records[1].appended_at - records[0].appended_at, 5);
}

TEST_F(FakeBusTest, LagPosition_IsWhatWasCommitted) {
  ReportBox box;
  Publish(box);
  OffsetTable offsets;
  BusMember member(bus_, "group", "topic", offsets);
  ASSERT_EQ(member.AwaitDelivered(1).size(), 1U);
  EXPECT_EQ(bus_.LagPosition("group", {"topic", 0}), -1);
  const std::vector<messaging::StartOffset> next = {{{"topic", 0}, 1}};
  member.Do([&](messaging::Consumer& consumer) { consumer.CommitForLagTools(next); });
  EXPECT_EQ(bus_.LagPosition("group", {"topic", 0}), 1);
}

// One member stops polling: the other one takes over when its time is up.
TEST(FakeBusSilentMemberTest, Member_SilentForTooLong_LosesItsPartitions) {
  FakeBus bus(SystemClock(), {std::chrono::milliseconds(100), std::chrono::milliseconds(5)});
  const std::vector<messaging::TopicSettings> wanted = {{"topic", 2, 1, {}}};
  ASSERT_TRUE(bus.CreateTopics(wanted, kBusDeadline));
  OffsetTable offsets;
  BusMember silent(bus, "group", "topic", offsets);
  ASSERT_TRUE(silent.Await([&] { return silent.owned().size() == 2; }));
  std::unique_ptr<BusMember> other;
  silent.Do([&](messaging::Consumer&) {
    other = std::make_unique<BusMember>(bus, "group", "topic", offsets);
    EXPECT_TRUE(other->Await([&] { return other->owned().size() == 2; }));
  });
  EXPECT_TRUE(silent.Await([&] { return silent.any_lost(); }));
  EXPECT_TRUE(silent.Await([&] { return silent.owned().size() == 1; }));
}

}  // namespace
}  // namespace guarantee::testing
