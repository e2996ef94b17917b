// What the loop hands over, and what it must never pass over.
#include "messaging/consumer_loop.h"

#include <map>
#include <mutex>

#include "scene.h"

namespace guarantee::writepath {
namespace {

using messaging::Batch;
using messaging::ConsumerLoop;
using messaging::Leases;

class Recorder final : public messaging::BatchHandler {
 public:
  Recorder(messaging::WriteStore& store) : store_(store) {}

  // The next `count` batches answer with `error` and leave nothing.
  void FailNext(int count, Error error) {
    const std::lock_guard lock(mutex_);
    failures_ = count;
    error_ = std::move(error);
  }
  Result<void> HandleBatch(const Batch& batch) override {
    const std::lock_guard lock(mutex_);
    ++calls_;
    if (failures_ > 0) {
      --failures_;
      return tl::unexpected(error_);
    }
    const Result<void> moved = store_.Transact(
        [&](messaging::WriteTransaction& write) { return write.MoveOffsets(batch.moves); });
    if (!moved) return moved;
    for (const auto& record : batch.records) values_[record.source].push_back(record.offset);
    return {};
  }
  std::size_t handled() {
    const std::lock_guard lock(mutex_);
    std::size_t count = 0;
    for (const auto& [source, offsets] : values_) count += offsets.size();
    return count;
  }
  int calls() {
    const std::lock_guard lock(mutex_);
    return calls_;
  }
  // Every partition's offsets from 0 on, each once, in order.
  bool dense() {
    const std::lock_guard lock(mutex_);
    for (const auto& [source, offsets] : values_) {
      for (std::size_t at = 0; at < offsets.size(); ++at) {
        if (offsets[at] != static_cast<std::int64_t>(at)) return false;
      }
    }
    return true;
  }

 private:
  messaging::WriteStore& store_;
  std::mutex mutex_;
  std::map<messaging::TopicPartition, std::vector<std::int64_t>> values_;
  int failures_ = 0;
  int calls_ = 0;
  Error error_;
};

class ConsumerLoopTest : public Scene {
 protected:
  void Start(const std::string& holder = "a") {
    leases_ = std::make_unique<Leases>(*lease_store_, clock_, Request(holder));
    loop_ = std::make_unique<ConsumerLoop>(bus_, *leases_, *recorder_, clock_,
                                           ConsumerLoop::Options{{kRequests}});
    ASSERT_TRUE(loop_->Start().has_value());
  }
  void SetUp() override {
    Scene::SetUp();
    recorder_ = std::make_unique<Recorder>(*store_);
  }
  void TearDown() override {
    loop_.reset();
    leases_.reset();
    Scene::TearDown();
  }
  void SendMany(int count) {
    for (int at = 0; at < count; ++at) Send("key" + std::to_string(at % 7), "value");
  }

  std::unique_ptr<Recorder> recorder_;
  std::unique_ptr<Leases> leases_;
  std::unique_ptr<ConsumerLoop> loop_;
};

TEST_F(ConsumerLoopTest, TakesEverythingOnceAndInOrder) {
  Start();
  SendMany(250);
  EXPECT_TRUE(Eventually([&] { return recorder_->handled() == 250; }));
  EXPECT_TRUE(recorder_->dense());
}

TEST_F(ConsumerLoopTest, ARetryableRefusalIsTriedAgainWithTheSameRecords) {
  recorder_->FailNext(2, {ErrorKind::kRetryable, "sql.unavailable", {}, "away"});
  Start();
  SendMany(50);
  EXPECT_TRUE(Eventually([&] { return recorder_->handled() == 50; }));
  EXPECT_TRUE(recorder_->dense());
  EXPECT_TRUE(Eventually([&] { return loop_->State().trouble.empty(); }));
}

// What was refused must be read again, although records behind it are at hand already.
TEST_F(ConsumerLoopTest, AfterAFenceNothingIsPassedOver) {
  SendMany(400);
  recorder_->FailNext(1, {ErrorKind::kRetryable, messaging::kFencedCode, {}, "fenced"});
  Start();
  SendMany(100);
  EXPECT_TRUE(Eventually([&] { return recorder_->handled() == 500; }));
  EXPECT_TRUE(recorder_->dense());
}

TEST_F(ConsumerLoopTest, AnotherOwnerEndsIt) {
  Start();
  SendMany(20);
  ASSERT_TRUE(Eventually([&] { return recorder_->handled() == 20; }));
  // Somebody takes partition 0 in the store; the loop finds out with its next batch, joins again
  // and goes on under a newer epoch.
  const std::vector<std::string> topics{kRequests};
  const std::int64_t theirs = lease_store_->Acquire(Request("b"), 0, topics)->epoch;
  SendMany(20);
  EXPECT_TRUE(Eventually([&] { return recorder_->handled() == 40; }));
  EXPECT_TRUE(recorder_->dense());
  EXPECT_GT(leases_->Epoch(0).value_or(0), theirs);
}

TEST_F(ConsumerLoopTest, ALossIsFollowedByANewStartFromTheStore) {
  Start();
  SendMany(30);
  ASSERT_TRUE(Eventually([&] { return recorder_->handled() == 30; }));
  bus_.ForceLoss(kGroup);
  SendMany(30);
  EXPECT_TRUE(Eventually([&] { return recorder_->handled() == 60; }));
  EXPECT_TRUE(recorder_->dense());
}

TEST_F(ConsumerLoopTest, StopReleasesTheLeases) {
  Start();
  SendMany(5);
  ASSERT_TRUE(Eventually([&] { return recorder_->handled() == 5; }));
  loop_->Stop(std::chrono::seconds{2});
  const std::vector<std::string> topics{kRequests};
  EXPECT_LE(lease_store_->Acquire(Request("b", false), 0, topics)->effects_in_ms, 0);
}

TEST_F(ConsumerLoopTest, TopicsOfUnequalPartitionCountsAreRefused) {
  const messaging::TopicSettings odd[] = {{"odd", 3, 1, {}}};
  ASSERT_TRUE(bus_.CreateTopics(odd, std::chrono::seconds{1}).has_value());
  Leases leases(*lease_store_, clock_, Request("a"));
  ConsumerLoop loop(bus_, leases, *recorder_, clock_, ConsumerLoop::Options{{kRequests, "odd"}});
  EXPECT_EQ(loop.Start().error().code, "bus.partitions");
}

TEST_F(ConsumerLoopTest, APermanentPollErrorStaysVisible) {
  SendMany(10);
  Start();
  ASSERT_TRUE(Eventually([&] { return recorder_->handled() == 10; }));
  loop_->Stop(std::chrono::seconds{2});
  SendMany(10);
  bus_.Trim({kRequests, 0}, 9);
  bus_.Trim({kRequests, 1}, 9);
  Start("b");
  EXPECT_TRUE(Eventually([&] {
    return loop_->State().trouble.find("out_of_range") != std::string::npos;
  })) << loop_->State().trouble;
}

}  // namespace
}  // namespace guarantee::writepath
