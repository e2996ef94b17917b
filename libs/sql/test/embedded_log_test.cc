// The bus suite on the embedded log, and what only a log in a file has: it is there after a
// restart, it keeps what groups need, and it deletes the rest.
#include "sql/embedded_log.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>

#include "faulty_vfs.h"
#include "testing/bus_suite.h"
#include "testing/fake_clock.h"

namespace guarantee::testing {
namespace {

class EmbeddedHarness final : public BusHarness {
 public:
  EmbeddedHarness() {
    directory_ = std::filesystem::temp_directory_path() / "guarantee-log-XXXXXX";
    if (mkdtemp(directory_.data()) == nullptr) ADD_FAILURE() << "no temporary directory";
    options_.clock = &clock_;
    options_.retention_interval = std::chrono::milliseconds(5);
    clock_.SetNow(SystemClock().Now());
    Reopen();
  }
  ~EmbeddedHarness() override {
    bus_.reset();
    std::filesystem::remove_all(directory_);
  }
  void Reopen() {
    bus_.reset();
    auto file = sql::SqliteFile::Open(directory_ + "/hub.db");
    ASSERT_TRUE(file) << Describe(file.error());
    auto opened = sql::OpenEmbeddedLog(std::move(*file), options_);
    ASSERT_TRUE(opened) << Describe(opened.error());
    bus_ = std::move(*opened);
  }
  messaging::Bus& bus() override { return *bus_; }
  std::string NewTopic(std::int32_t partitions) override {
    std::string topic = "topic." + std::to_string(++topics_);
    const std::vector<messaging::TopicSettings> wanted = {{topic, partitions, 1, {}}};
    const Result<void> created = bus_->CreateTopics(wanted, kBusDeadline);
    EXPECT_TRUE(created) << Describe(created.error());
    return topic;
  }

  FakeClock clock_;
  sql::EmbeddedLogOptions options_;

 private:
  std::string directory_;
  int topics_ = 0;
  std::unique_ptr<messaging::Bus> bus_;
};

INSTANTIATE_TEST_SUITE_P(Sqlite, BusSuite,
                         ::testing::Values(BusUnderTest{
                             "EmbeddedLog", [] { return std::make_unique<EmbeddedHarness>(); }}),
                         [](const auto& given) { return given.param.name; });

class EmbeddedLogTest : public ::testing::Test {
 protected:
  EmbeddedLogTest() : vfs_(sql::FaultyVfs::Install()), topic_(harness_.NewTopic(1)) {}

  Result<messaging::Position> Publish(const std::string& value) {
    ReportBox box;
    harness_.bus().producer().Publish({topic_, "k", {}, value}, box.Next());
    return box.Await(1).front();
  }
  std::int64_t End() { return harness_.bus().EndOffset({topic_, 0}, kBusDeadline).value(); }

  // Publishes and lets the group pass everything, so that only age decides.
  void PublishPassed(const std::string& topic, int count) {
    ReportBox box;
    for (int at = 0; at < count; ++at) {
      harness_.bus().producer().Publish({topic, "k", {}, std::to_string(at)}, box.Next());
    }
    box.Await(static_cast<std::size_t>(count));
    OffsetTable offsets;
    BusMember reader(harness_.bus(), "group", topic, offsets);
    reader.AwaitDelivered(static_cast<std::size_t>(count));
    const std::vector<messaging::StartOffset> next = {{{topic, 0}, count}};
    reader.Do([&](messaging::Consumer& consumer) { consumer.CommitForLagTools(next); });
  }
  // Waits until offset 0 has been deleted: read from there until that is an error.
  void AwaitStartGone(const std::string& topic) {
    OffsetTable offsets;
    BusMember reader(harness_.bus(), "group", topic, offsets);
    const auto deadline = std::chrono::steady_clock::now() + kBusDeadline;
    while (reader.errors().empty() && std::chrono::steady_clock::now() < deadline) {
      reader.Do([&](messaging::Consumer& consumer) {
        if (!reader.owned().empty()) static_cast<void>(consumer.Seek({{topic, 0}, 0}));
      });
    }
    ASSERT_FALSE(reader.errors().empty()) << "nothing was deleted";
    EXPECT_EQ(reader.errors().front().code, "bus.offset_out_of_range");
  }
  bool StartIsThere(const std::string& topic) {
    OffsetTable offsets;
    BusMember reader(harness_.bus(), "probe", topic, offsets);
    EXPECT_TRUE(
        reader.Await([&] { return !reader.errors().empty() || !reader.delivered().empty(); }));
    return reader.errors().empty();
  }
  void Age(std::int64_t beyond_retention_ms) {
    harness_.clock_.Advance(std::chrono::milliseconds(harness_.options_.retention).count() +
                            beyond_retention_ms);
  }

  sql::FaultyVfs& vfs_;
  EmbeddedHarness harness_;
  const std::string topic_;
};

TEST_F(EmbeddedLogTest, Reopened_ContinuesWhereItEnded) {
  ASSERT_EQ(Publish("0")->offset, 0);
  ASSERT_EQ(Publish("1")->offset, 1);
  harness_.Reopen();
  EXPECT_EQ(End(), 2);
  EXPECT_EQ(Publish("2")->offset, 2);
  OffsetTable offsets;
  BusMember reader(harness_.bus(), "group", topic_, offsets);
  const auto records = reader.AwaitDelivered(3);
  ASSERT_EQ(records.size(), 3U);
  EXPECT_EQ(records[0].value + records[1].value + records[2].value, "012");
}

// The report comes from the writer's thread, which still holds the job; the file must nevertheless
// be closed, and by the one who gives it back. Many at once, so that threads are held up in
// between.
TEST(EmbeddedLogEnd, RightAfterAReport_TheFileIsFree) {
  const auto again_and_again = [] {
    EmbeddedHarness harness;
    const std::string topic = harness.NewTopic(1);
    for (std::int64_t round = 0; round < 60; ++round) {
      std::promise<std::int64_t> reported;
      harness.bus().producer().Publish({topic, "key", {}, "value"}, [&](const auto& position) {
        reported.set_value(position ? position->offset : -1);
      });
      ASSERT_EQ(reported.get_future().get(), round);
      ASSERT_NO_FATAL_FAILURE(harness.Reopen());
    }
  };
  std::vector<std::future<void>> all;
  for (int at = 0; at < 16; ++at) all.push_back(std::async(std::launch::async, again_and_again));
  for (auto& one : all) one.get();
}

TEST_F(EmbeddedLogTest, Publish_DiskFull_IsRetryableAndLeavesNoGap) {
  ASSERT_TRUE(Publish("0"));
  vfs_.disk_full = true;
  const auto refused = Publish("1");
  vfs_.disk_full = false;
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, ErrorKind::kRetryable) << Describe(refused.error());
  EXPECT_EQ(End(), 1);
  EXPECT_EQ(Publish("2")->offset, 1);
}

TEST_F(EmbeddedLogTest, Publish_Many_ShareFewFsyncs) {
  const int before = vfs_.syncs;
  ReportBox box;
  for (int at = 0; at < 2000; ++at) {
    harness_.bus().producer().Publish({topic_, "k", {}, "v"}, box.Next());
  }
  for (const auto& report : box.Await(2000)) ASSERT_TRUE(report);
  EXPECT_LT(vfs_.syncs - before, 1000);
}

TEST_F(EmbeddedLogTest, Publish_QueueFull_IsRetryableAndEachIsReportedOnce) {
  harness_.options_.queue_records_max = 10;
  harness_.Reopen();
  ReportBox box;
  for (int at = 0; at < 5000; ++at) {
    harness_.bus().producer().Publish({topic_, "k", {}, std::string(1000, 'x')}, box.Next());
  }
  int full = 0;
  for (const auto& report : box.Await(5000)) {
    if (report) continue;
    EXPECT_EQ(report.error().kind, ErrorKind::kRetryable);
    EXPECT_EQ(report.error().code, "bus.queue_full");
    ++full;
  }
  EXPECT_GT(full, 0);
  EXPECT_TRUE(harness_.bus().producer().Drain(kBusDeadline));
  EXPECT_EQ(End(), 5000 - full);
}

TEST_F(EmbeddedLogTest, Retention_OldAndPassed_IsDeletedButTheLast) {
  PublishPassed(topic_, 5);
  Age(+1);
  AwaitStartGone(topic_);
  harness_.Reopen();
  EXPECT_EQ(End(), 5);
  EXPECT_EQ(Publish("5")->offset, 5);
}

// In both tests the witness, which is looked at after the topic, shows that a round has passed.
TEST_F(EmbeddedLogTest, Retention_NotPassedByAKnownGroup_IsKept) {
  const std::string witness = harness_.NewTopic(1);
  OffsetTable offsets;
  { BusMember known(harness_.bus(), "slow", topic_, offsets); }
  PublishPassed(topic_, 5);
  PublishPassed(witness, 5);
  Age(+1);
  AwaitStartGone(witness);
  EXPECT_TRUE(StartIsThere(topic_));
}

TEST_F(EmbeddedLogTest, Retention_Young_IsKept) {
  const std::string witness = harness_.NewTopic(1);
  PublishPassed(witness, 5);
  Age(-1000);
  PublishPassed(topic_, 5);
  harness_.clock_.Advance(1001);
  AwaitStartGone(witness);
  EXPECT_TRUE(StartIsThere(topic_));
}

}  // namespace
}  // namespace guarantee::testing
