// What every Bus promises, as one suite. A test file includes this once, names its adapter with
// INSTANTIATE_TEST_SUITE_P(<What>, BusSuite, ::testing::Values(BusUnderTest{...})) and adds tests
// of its own for what only that adapter has.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "messaging/bus.h"
#include "testing/bus_member.h"

namespace guarantee::testing {

// An adapter with something behind it, as long as one test runs.
class BusHarness {
 public:
  virtual ~BusHarness() = default;
  [[nodiscard]] virtual messaging::Bus& bus() = 0;
  // An empty topic of a name not used before.
  [[nodiscard]] virtual std::string NewTopic(std::int32_t partitions) = 0;
  // False: what stands behind the adapter makes unknown topics by itself.
  [[nodiscard]] virtual bool RefusesUnknownTopics() const { return true; }
  // False: what stands behind the adapter has no administration (librdkafka's mock cluster).
  [[nodiscard]] virtual bool HasAdministration() const { return true; }
};

struct BusUnderTest {
  std::string name;
  std::function<std::unique_ptr<BusHarness>()> make;
};

class BusSuite : public ::testing::TestWithParam<BusUnderTest> {
 protected:
  BusSuite() : harness_(GetParam().make()) {}

  messaging::Bus& bus() { return harness_->bus(); }
  std::string NewTopic(std::int32_t partitions) { return harness_->NewTopic(partitions); }

  // Publishes and waits for the report.
  Result<messaging::Position> Publish(messaging::Record record) {
    ReportBox box;
    bus().producer().Publish(std::move(record), box.Next());
    return box.Await(1).front();
  }
  void PublishMany(const std::string& topic, const std::string& key, int first, int count) {
    ReportBox box;
    for (int at = first; at < first + count; ++at) {
      bus().producer().Publish({topic, key, {}, std::to_string(at)}, box.Next());
    }
    for (const Result<messaging::Position>& report : box.Await(static_cast<std::size_t>(count))) {
      ASSERT_TRUE(report) << Describe(report.error());
    }
  }
  // A key whose records land in `partition`.
  static std::string KeyOf(std::int32_t partition, std::int32_t partitions) {
    for (int at = 0;; ++at) {
      std::string key = "key-" + std::to_string(at);
      if (messaging::PartitionOfKey(key, partitions) == partition) return key;
    }
  }
  static std::vector<std::string> Values(const std::vector<messaging::Delivered>& records) {
    std::vector<std::string> values;
    for (const messaging::Delivered& record : records) values.push_back(record.value);
    return values;
  }
  static std::vector<std::string> Numbers(int first, int count) {
    std::vector<std::string> numbers;
    for (int at = first; at < first + count; ++at) numbers.push_back(std::to_string(at));
    return numbers;
  }
  BusMember Join(const std::string& topic, OffsetTable& offsets) {
    return {bus(), topic + ".group", topic, offsets};
  }

  std::unique_ptr<BusHarness> harness_;
};

TEST_P(BusSuite, Publish_Reports_OnceEachWithPartitionOfKeyAndDenseOffsets) {
  const std::string topic = NewTopic(3);
  std::map<std::int32_t, std::int64_t> next;
  ReportBox box;
  for (int at = 0; at < 60; ++at) {
    bus().producer().Publish({topic, "key-" + std::to_string(at % 7), {}, "v"}, box.Next());
  }
  const auto reports = box.Await(60);
  std::map<std::int32_t, std::set<std::int64_t>> offsets;
  for (std::size_t at = 0; at < reports.size(); ++at) {
    ASSERT_TRUE(reports[at]) << Describe(reports[at].error());
    EXPECT_EQ(reports[at]->partition,
              messaging::PartitionOfKey("key-" + std::to_string(at % 7), 3));
    offsets[reports[at]->partition].insert(reports[at]->offset);
  }
  for (const auto& [partition, of_partition] : offsets) {
    EXPECT_EQ(*of_partition.begin(), 0);
    EXPECT_EQ(*of_partition.rbegin(), static_cast<std::int64_t>(of_partition.size()) - 1);
  }
  EXPECT_TRUE(bus().producer().Drain(kBusDeadline));
  EXPECT_EQ(box.called(), 60U);
}

TEST_P(BusSuite, Publish_ManyOfAKey_KeepTheirOrder) {
  const std::string topic = NewTopic(3);
  ReportBox box;
  for (int at = 0; at < 200; ++at) {
    bus().producer().Publish({topic, "key-" + std::to_string(at % 5), {}, std::to_string(at)},
                             box.Next());
  }
  OffsetTable offsets;
  BusMember member = Join(topic, offsets);
  std::map<std::string, std::vector<int>> by_key;
  for (const messaging::Delivered& record : member.AwaitDelivered(200)) {
    by_key[record.key].push_back(std::stoi(record.value));
  }
  EXPECT_EQ(by_key.size(), 5U);
  for (const auto& [key, values] : by_key) {
    EXPECT_EQ(values.size(), 40U) << key;
    EXPECT_TRUE(std::is_sorted(values.begin(), values.end())) << key;
  }
  box.Await(200);
}

TEST_P(BusSuite, Delivered_KeepsEveryByteAndHeader) {
  const std::string topic = NewTopic(2);
  const std::vector<messaging::Header> headers = {
      {"ce_id", "0192"}, {"empty", ""}, {"名", "保函"}, {"ce_id", "again"}};
  const std::string value("\0\xff{\n\0", 5);
  const UnixMillis before = SystemClock().Now();
  const auto position = Publish({topic, "a/b c", headers, value});
  ASSERT_TRUE(position) << Describe(position.error());
  ASSERT_TRUE(Publish({topic, "a/b c", {}, ""}));
  OffsetTable offsets;
  BusMember member = Join(topic, offsets);
  const auto records = member.AwaitDelivered(2);
  ASSERT_EQ(records.size(), 2U);
  EXPECT_EQ(records[0].source,
            (messaging::TopicPartition{topic, messaging::PartitionOfKey("a/b c", 2)}));
  EXPECT_EQ(records[0].offset, position->offset);
  EXPECT_EQ(records[0].key, "a/b c");
  EXPECT_EQ(records[0].headers, headers);
  EXPECT_EQ(records[0].FindHeader("ce_id"), "0192");
  EXPECT_EQ(records[0].value, value);
  EXPECT_EQ(records[1].value, "");
  EXPECT_TRUE(records[1].headers.empty());
  EXPECT_GE(records[0].appended_at - before, -5000);
  EXPECT_LE(records[0].appended_at - before, 60'000);
}

TEST_P(BusSuite, Publish_TooLarge_IsPermanentAndHoldsNothingUp) {
  const std::string topic = NewTopic(1);
  const auto refused = Publish({topic, "k", {}, std::string(messaging::kRecordBytesMax + 1, 'x')});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kPermanent);
  EXPECT_EQ(refused.error().code, "bus.too_large");
  const auto with_headers =
      Publish({topic, "k", {{"name", "x"}}, std::string(messaging::kRecordBytesMax, 'x')});
  EXPECT_FALSE(with_headers);
  const auto good = Publish({topic, "k", {}, "small"});
  ASSERT_TRUE(good) << Describe(good.error());
  EXPECT_EQ(good->offset, 0);
}

TEST_P(BusSuite, Publish_UnknownTopic_IsPermanent) {
  if (!harness_->RefusesUnknownTopics()) GTEST_SKIP() << "the broker makes topics by itself";
  const auto report = Publish({"guarantee.nowhere.v1", "k", {}, "v"});
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::kPermanent) << Describe(report.error());
  EXPECT_EQ(report.error().code, "bus.topic") << Describe(report.error());
}

TEST_P(BusSuite, WarmUp_KnownAndUnknownTopics) {
  const std::vector<std::string> known = {NewTopic(1), NewTopic(2)};
  const Result<void> warm = bus().producer().WarmUp(known, kBusDeadline);
  EXPECT_TRUE(warm) << Describe(warm.error());
  const std::vector<std::string> unknown = {"guarantee.nowhere.v1"};
  EXPECT_FALSE(bus().producer().WarmUp(unknown, kBusDeadline));
}

TEST_P(BusSuite, Poll_StartsWhereTheHandlerSays) {
  const std::string topic = NewTopic(1);
  PublishMany(topic, "k", 0, 10);
  OffsetTable offsets;
  offsets.Set({topic, 0}, 6);
  BusMember member = Join(topic, offsets);
  EXPECT_EQ(Values(member.AwaitDelivered(4)), Numbers(6, 4));
  PublishMany(topic, "k", 10, 1);
  EXPECT_EQ(Values(member.AwaitDelivered(5)), Numbers(6, 5));
}

TEST_P(BusSuite, Handler_SaysNotNow_IsAskedAgain) {
  const std::string topic = NewTopic(1);
  PublishMany(topic, "k", 0, 1);
  OffsetTable offsets;
  offsets.FailNext(2);
  BusMember member = Join(topic, offsets);
  EXPECT_EQ(Values(member.AwaitDelivered(1)), Numbers(0, 1));
  EXPECT_EQ(offsets.refusals(), 2);
  EXPECT_EQ(member.assignments(), 1);
}

TEST_P(BusSuite, Rejoin_GivesBackAndContinues) {
  const std::string topic = NewTopic(2);
  PublishMany(topic, "k", 0, 3);
  OffsetTable offsets;
  BusMember member = Join(topic, offsets);
  ASSERT_EQ(member.AwaitDelivered(3).size(), 3U);
  member.Do([](messaging::Consumer& consumer) { consumer.Rejoin(); });
  ASSERT_TRUE(member.Await([&] { return member.assignments() == 2; }));
  EXPECT_EQ(member.revocations(), 1);
  EXPECT_FALSE(member.any_lost());
  PublishMany(topic, "k", 3, 2);
  EXPECT_EQ(Values(member.AwaitDelivered(5)), Numbers(0, 5));
}

TEST_P(BusSuite, Group_SecondMemberTakesAShare_AndGivesItBack) {
  constexpr std::int32_t kPartitions = 4;
  const std::string topic = NewTopic(kPartitions);
  OffsetTable offsets;
  BusMember first = Join(topic, offsets);
  ASSERT_TRUE(first.Await([&] { return first.owned().size() == 4; }));
  std::set<std::string> seen;
  {
    BusMember second = Join(topic, offsets);
    ASSERT_TRUE(second.Await([&] { return second.owned().size() == 2; }));
    ASSERT_TRUE(first.Await([&] { return first.owned().size() == 2; }));
    for (const messaging::TopicPartition& source : first.owned()) {
      EXPECT_FALSE(second.owned().contains(source));
    }
    for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
      PublishMany(topic, KeyOf(partition, kPartitions), partition * 10, 5);
    }
    ASSERT_EQ(first.AwaitDelivered(10).size(), 10U);
    ASSERT_EQ(second.AwaitDelivered(10).size(), 10U);
    for (const std::string& value : Values(second.delivered())) seen.insert(value);
  }
  ASSERT_TRUE(first.Await([&] { return first.owned().size() == 4; }));
  for (std::int32_t partition = 0; partition < kPartitions; ++partition) {
    PublishMany(topic, KeyOf(partition, kPartitions), partition * 10 + 5, 1);
  }
  ASSERT_EQ(first.AwaitDelivered(14).size(), 14U);
  for (const std::string& value : Values(first.delivered())) {
    EXPECT_TRUE(seen.insert(value).second) << value << " came twice";
  }
  EXPECT_EQ(seen.size(), 24U);
}

TEST_P(BusSuite, Groups_EachGetEverything) {
  const std::string topic = NewTopic(1);
  PublishMany(topic, "k", 0, 3);
  OffsetTable of_one;
  OffsetTable of_two;
  BusMember one(bus(), topic + ".one", topic, of_one);
  BusMember two(bus(), topic + ".two", topic, of_two);
  EXPECT_EQ(Values(one.AwaitDelivered(3)), Numbers(0, 3));
  EXPECT_EQ(Values(two.AwaitDelivered(3)), Numbers(0, 3));
}

TEST_P(BusSuite, Pause_HoldsAPartition_ResumeContinuesWithoutAGap) {
  const std::string topic = NewTopic(2);
  const std::string held = KeyOf(0, 2);
  const std::string free = KeyOf(1, 2);
  const std::vector<messaging::TopicPartition> paused = {{topic, 0}};
  const std::vector<messaging::TopicPartition> both = {{topic, 0}, {topic, 1}};
  PublishMany(topic, held, 0, 2);
  OffsetTable offsets;
  BusMember member = Join(topic, offsets);
  ASSERT_EQ(member.AwaitDelivered(2).size(), 2U);
  member.Do([&](messaging::Consumer& consumer) { consumer.Pause(paused); });
  PublishMany(topic, held, 2, 3);
  PublishMany(topic, free, 100, 3);
  ASSERT_EQ(member.AwaitDelivered(5).size(), 5U);
  EXPECT_EQ(Values(member.delivered()), (std::vector<std::string>{"0", "1", "100", "101", "102"}));
  member.Do([&](messaging::Consumer& consumer) { consumer.Resume(both); });
  const auto records = member.AwaitDelivered(8);
  ASSERT_EQ(records.size(), 8U);
  EXPECT_EQ(Values({records.begin() + 5, records.end()}), Numbers(2, 3));
}

TEST_P(BusSuite, Pause_EndsWithTheAssignment) {
  const std::string topic = NewTopic(1);
  PublishMany(topic, "k", 0, 1);
  OffsetTable offsets;
  BusMember member = Join(topic, offsets);
  ASSERT_EQ(member.AwaitDelivered(1).size(), 1U);
  const std::vector<messaging::TopicPartition> paused = {{topic, 0}};
  member.Do([&](messaging::Consumer& consumer) {
    consumer.Pause(paused);
    consumer.Rejoin();
  });
  PublishMany(topic, "k", 1, 1);
  EXPECT_EQ(Values(member.AwaitDelivered(2)), Numbers(0, 2));
}

TEST_P(BusSuite, Seek_DeliversAgainFromThere) {
  const std::string topic = NewTopic(1);
  PublishMany(topic, "k", 0, 5);
  OffsetTable offsets;
  BusMember member = Join(topic, offsets);
  ASSERT_EQ(member.AwaitDelivered(5).size(), 5U);
  member.Do([&](messaging::Consumer& consumer) {
    const Result<void> sought = consumer.Seek({{topic, 0}, 2});
    EXPECT_TRUE(sought) << Describe(sought.error());
  });
  const auto records = member.AwaitDelivered(8);
  ASSERT_EQ(records.size(), 8U);
  EXPECT_EQ(Values({records.begin() + 5, records.end()}), Numbers(2, 3));
}

TEST_P(BusSuite, Seek_NotOurs_IsRefused) {
  const std::string topic = NewTopic(1);
  OffsetTable offsets;
  BusMember member = Join(topic, offsets);
  ASSERT_TRUE(member.Await([&] { return member.owned().size() == 1; }));
  member.Do([&](messaging::Consumer& consumer) { EXPECT_FALSE(consumer.Seek({{topic, 7}, 0})); });
}

TEST_P(BusSuite, Poll_StartBeyondTheEnd_StopsThatPartitionWithAnError) {
  const std::string topic = NewTopic(2);
  PublishMany(topic, KeyOf(0, 2), 0, 3);
  OffsetTable offsets;
  offsets.Set({topic, 0}, 1000);
  BusMember member = Join(topic, offsets);
  ASSERT_TRUE(member.Await([&] { return !member.errors().empty(); }));
  const Error error = member.errors().front();
  EXPECT_EQ(error.kind, ErrorKind::kPermanent) << Describe(error);
  EXPECT_EQ(error.code, "bus.offset_out_of_range");
  EXPECT_NE(error.message.find(topic + "/0"), std::string::npos) << error.message;
  PublishMany(topic, KeyOf(0, 2), 3, 1);
  PublishMany(topic, KeyOf(1, 2), 50, 2);
  EXPECT_EQ(Values(member.AwaitDelivered(2)), Numbers(50, 2));
}

TEST_P(BusSuite, Poll_NothingNew_IsEmptyAfterTheWait) {
  const std::string topic = NewTopic(1);
  OffsetTable offsets;
  BusMember member = Join(topic, offsets);
  ASSERT_TRUE(member.Await([&] { return member.owned().size() == 1; }));
  member.Do([](messaging::Consumer& consumer) {
    const auto records = consumer.Poll(std::chrono::milliseconds(1), 10);
    ASSERT_TRUE(records) << Describe(records.error());
    EXPECT_TRUE(records->empty());
  });
}

TEST_P(BusSuite, Poll_ManyWaiting_GivesNoMoreThanAsked) {
  const std::string topic = NewTopic(1);
  PublishMany(topic, "k", 0, 100);
  OffsetTable offsets;
  BusMember member = Join(topic, offsets);
  EXPECT_EQ(Values(member.AwaitDelivered(100)), Numbers(0, 100));
  EXPECT_LE(member.largest_batch(), BusMember::kBatchMax);
}

TEST_P(BusSuite, EndOffsets_CountWhatIsThere) {
  const std::string topic = NewTopic(3);
  PublishMany(topic, KeyOf(1, 3), 0, 4);
  const auto end = bus().EndOffset({topic, 1}, kBusDeadline);
  ASSERT_TRUE(end) << Describe(end.error());
  EXPECT_EQ(*end, 4);
  const auto ends = bus().EndOffsets(topic, kBusDeadline);
  ASSERT_TRUE(ends) << Describe(ends.error());
  EXPECT_EQ(*ends, (std::vector<std::int64_t>{0, 4, 0}));
  const auto count = bus().PartitionCount(topic, kBusDeadline);
  ASSERT_TRUE(count) << Describe(count.error());
  EXPECT_EQ(*count, 3);
  EXPECT_FALSE(bus().EndOffset({topic, 9}, kBusDeadline));
  EXPECT_EQ(bus().PartitionCount("guarantee.nowhere.v1", kBusDeadline).error().code, "bus.topic");
}

TEST_P(BusSuite, CommitForLagTools_IsHarmless) {
  const std::string topic = NewTopic(1);
  PublishMany(topic, "k", 0, 2);
  OffsetTable offsets;
  BusMember member = Join(topic, offsets);
  ASSERT_EQ(member.AwaitDelivered(2).size(), 2U);
  const std::vector<messaging::StartOffset> next = {{{topic, 0}, 1}};
  member.Do([&](messaging::Consumer& consumer) { consumer.CommitForLagTools(next); });
  PublishMany(topic, "k", 2, 1);
  EXPECT_EQ(Values(member.AwaitDelivered(3)), Numbers(0, 3));
}

TEST_P(BusSuite, CreateTopics_MakesWhatIsMissing_LeavesWhatExists) {
  if (!harness_->HasAdministration()) GTEST_SKIP() << "the mock cluster has no administration";
  const std::string topic = NewTopic(2);
  const std::string fresh = topic + ".fresh";
  const std::vector<messaging::TopicSettings> wanted = {
      {topic, 5, 1, {}}, {fresh, 3, 1, {{"cleanup.policy", "compact"}}}};
  const Result<void> created = bus().CreateTopics(wanted, kBusDeadline);
  ASSERT_TRUE(created) << Describe(created.error());
  EXPECT_EQ(bus().PartitionCount(topic, kBusDeadline).value(), 2);
  const auto described = bus().Describe(fresh, kBusDeadline);
  ASSERT_TRUE(described) << Describe(described.error());
  EXPECT_EQ(described->topic, fresh);
  EXPECT_EQ(described->partitions, 3);
  EXPECT_EQ(described->replication_factor, 1);
  EXPECT_NE(std::find(described->settings.begin(), described->settings.end(),
                      messaging::Header{"cleanup.policy", "compact"}),
            described->settings.end());
  EXPECT_TRUE(bus().CreateTopics(wanted, kBusDeadline));
  ASSERT_TRUE(Publish({fresh, "k", {}, "v"}));
}

TEST_P(BusSuite, Describe_UnknownTopic_IsRefused) {
  const auto described = bus().Describe("guarantee.nowhere.v1", kBusDeadline);
  ASSERT_FALSE(described);
  EXPECT_EQ(described.error().kind, ErrorKind::kRefused);
  EXPECT_EQ(described.error().code, "bus.topic");
}

}  // namespace guarantee::testing
