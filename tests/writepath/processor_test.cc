// The processor's timers: in order of due time, only behind the watermark, and a bad one put aside.
#include "messaging/processor.h"

#include <condition_variable>
#include <mutex>

#include "scene.h"

namespace guarantee::writepath {
namespace {

using messaging::Delivered;
using messaging::Processor;
using messaging::Timer;
using messaging::Unit;
using messaging::Workspace;

// Records do nothing, "held" ones once they are let go; timers write their name down, but for
// "bad", which cannot be decided.
class Maker final : public messaging::UnitMaker {
 public:
  Unit FromRecord(const Delivered& record) override {
    if (record.value == "held") Hold();
    Unit unit;
    unit.decide = [this, value = record.value](Workspace&) -> Result<void> {
      const std::lock_guard lock(mutex_);
      seen_.push_back(value);
      return {};
    };
    unit.dead_letter = DeadLetterOf(record);
    return unit;
  }
  Unit FromTimer(const Timer& timer) override {
    Unit unit;
    unit.decide = [this, timer](Workspace& workspace) -> Result<void> {
      if (timer.name == "bad") return Permanent("timer.unknown", "nobody knows it");
      workspace.ClearTimer(timer.row, timer.name);
      const std::lock_guard lock(mutex_);
      seen_.push_back(timer.name);
      return {};
    };
    return unit;
  }
  void LetGo() {
    const std::lock_guard lock(mutex_);
    let_go_ = true;
    changed_.notify_all();
  }
  std::vector<std::string> seen() {
    const std::lock_guard lock(mutex_);
    return seen_;
  }

 private:
  void Hold() {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [this] { return let_go_; });
  }
  static messaging::OutboxEntry DeadLetterOf(const Delivered& record) {
    messaging::OutboxEntry entry;
    entry.topic = kEvents;
    entry.envelope.flow = record.key;
    return entry;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  bool let_go_ = false;
  std::vector<std::string> seen_;
};

class ProcessorTest : public Scene {
 protected:
  void TearDown() override {
    processor_.reset();
    Scene::TearDown();
  }
  void Start() {
    Processor::Options options;
    options.lease = Request("a");
    options.requests_topic = kRequests;
    processor_ = std::make_unique<Processor>(bus_, *store_, *lease_store_, maker_, clock_,
                                             std::move(options));
    ASSERT_TRUE(processor_->Start().has_value());
  }
  void SetTimers(const std::vector<Timer>& timers) {
    ASSERT_TRUE(
        store_
            ->Transact([&](messaging::WriteTransaction& write) { return write.SetTimers(timers); })
            .has_value());
  }
  // Some key of that partition of the requests.
  std::string KeyOf(std::int32_t partition) const {
    int at = 0;
    while (processor_->PartitionOf("key-" + std::to_string(at)) != partition) ++at;
    return "key-" + std::to_string(at);
  }
  Timer At(const std::string& name, std::int64_t after_ms) const {
    return {{1, "flow-" + name}, name, 0, clock_.Now() + after_ms, {}};
  }

  Maker maker_;
  std::unique_ptr<Processor> processor_;
};

TEST_F(ProcessorTest, TimersFireInOrderOfDueTimeOnceTheGraceIsOver) {
  SetTimers({At("third", 3), At("first", 1), At("second", 2), At("far", 3'600'000)});
  Start();
  clock_.Advance(60'000);
  EXPECT_TRUE(Eventually([&] { return maker_.seen().size() == 3; }));
  EXPECT_EQ(maker_.seen(), (std::vector<std::string>{"first", "second", "third"}));
}

TEST_F(ProcessorTest, ATimerWaitsForWhatWasThereBefore) {
  Send("key", "request");
  SetTimers({At("deadline", 1)});
  clock_.Advance(60'000);
  Start();
  EXPECT_TRUE(Eventually([&] { return maker_.seen().size() == 2; }));
  EXPECT_EQ(maker_.seen(), (std::vector<std::string>{"request", "deadline"}));
}

TEST_F(ProcessorTest, ABadTimerIsPutAsideAndTheOthersFire) {
  SetTimers({At("bad", 1), At("good", 2), At("better", 3)});
  Start();
  clock_.Advance(60'000);
  EXPECT_TRUE(Eventually([&] { return maker_.seen().size() == 2; }));
  const auto aside = [&] { return store_->LoadJournal("flow-bad", 5).value(); };
  EXPECT_TRUE(Eventually([&] { return !aside().empty(); }));
  EXPECT_NE(aside().front().detail.find("timer.unknown"), std::string::npos);
  const std::int32_t partitions[] = {0};
  EXPECT_TRUE(Eventually([&] { return store_->LoadDue(partitions, clock_.Now(), 10)->empty(); }));
}

TEST_F(ProcessorTest, PassedMeansThatEverythingBeforeWasHandled) {
  Start();
  for (int at = 0; at < 50; ++at) Send("key", "request");
  ASSERT_TRUE(Eventually([&] { return bus_.Records(kRequests).size() == 50; }));
  ASSERT_TRUE(processor_->WaitUntilPassed("key", std::chrono::seconds{5}).has_value());
  EXPECT_EQ(maker_.seen().size(), 50U);
}

TEST_F(ProcessorTest, AllPassedMeansEveryPartition) {
  Start();
  for (int at = 0; at < 50; ++at) Send("key-" + std::to_string(at), "request");
  ASSERT_TRUE(Eventually([&] { return bus_.Records(kRequests).size() == 50; }));
  ASSERT_TRUE(processor_->WaitUntilAllPassed(std::chrono::seconds{5}).has_value());
  EXPECT_EQ(maker_.seen().size(), 50U);
}

// One partition after the other holds what is not handled yet.
class UnhandledTest : public ProcessorTest, public ::testing::WithParamInterface<std::int32_t> {};

TEST_P(UnhandledTest, IsNotPassed) {
  Start();
  const std::string key = KeyOf(GetParam());
  Send(key, "held");
  ASSERT_TRUE(Eventually([&] { return bus_.Records(kRequests).size() == 1; }));
  const std::chrono::milliseconds at_once{0};
  EXPECT_EQ(processor_->WaitUntilPassed(key, at_once).error().code, "service.behind");
  EXPECT_EQ(processor_->WaitUntilAllPassed(at_once).error().code, "service.behind");
  EXPECT_TRUE(processor_->WaitUntilPassed(KeyOf(1 - GetParam()), at_once).has_value());
  maker_.LetGo();
  EXPECT_TRUE(processor_->WaitUntilAllPassed(std::chrono::seconds{5}).has_value());
  EXPECT_EQ(maker_.seen(), std::vector<std::string>{"held"});
}
INSTANTIATE_TEST_SUITE_P(EveryPartition, UnhandledTest, ::testing::Values(0, 1));

}  // namespace
}  // namespace guarantee::writepath
