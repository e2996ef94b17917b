#include "service/units.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "messaging/execute.h"
#include "testing/fake_clock.h"
#include "testing/memory_store.h"

namespace guarantee::service {
namespace {

using messaging::Delivered;
using messaging::Envelope;
using messaging::Workspace;

constexpr std::int16_t kThingKind = 1;
constexpr std::int16_t kWaitingKind = 3;
constexpr std::int32_t kPartition = 0;
constexpr const char* kFlow = "demo/order/T1";
// Where a decision waits that names the thing by another number.
constexpr const char* kNamed = "demo/order/B1";

// Decisions on one thing. By its other number it is found once it is there.
class Things final : public TaskMaker {
 public:
  explicit Things(messaging::WriteStore& store) : store_(store) {}

  Result<std::optional<Task>> FromRecord(const Delivered& /*record*/,
                                         const Envelope& envelope) override {
    const auto there = store_.Load({kThingKind, kFlow});
    if (!there) return tl::unexpected(there.error());
    Task task;
    task.cause.partner = "demo";
    task.cause.flow = *there ? kFlow : envelope.flow;
    task.cause.event_id = envelope.id;
    task.subject = {kThingKind, task.cause.flow};
    task.waits = true;
    task.work = [this, subject = task.subject](Workspace& workspace, UnixMillis) {
      done.push_back(workspace.Row(subject).state);
      return Result<Outcome>{Outcome{}};
    };
    return std::optional<Task>{std::move(task)};
  }
  Result<Task> FromTimer(const messaging::Timer& /*timer*/,
                         const contract::FlowKey& /*flow*/) override {
    return Permanent("things.timer", "there are none");
  }

  std::vector<std::string> done;  // the thing's state as each decision found it

 private:
  messaging::WriteStore& store_;
};

class UnitsTest : public ::testing::Test {
 protected:
  UnitsTest() {
    units_ = std::make_unique<Units>(Units::Dependencies{
        &things_, kWaitingKind, "things.waiting", [](const std::string&) { return kPartition; },
        [this](const std::string& flow) -> Result<std::string> {
          const auto row = store_.Load({kWaitingKind, flow});
          if (!row) return tl::unexpected(row.error());
          return *row ? (*row)->state : std::string();
        },
        &clock_, "", [] { return std::string("id"); },
        [this]() -> Result<bool> { return all_read_; }});
  }
  void Decide() {
    Envelope envelope;
    envelope.id = "d-1";
    envelope.type = "decision";
    envelope.partner = "demo";
    envelope.flow = kNamed;
    envelope.time = clock_.Now();
    const messaging::Record sent = messaging::MakeRecord(envelope, "decisions", {});
    Delivered record;
    record.source = {sent.topic, kPartition};
    record.key = sent.key;
    record.headers = sent.headers;
    Run(units_->FromRecord(record));
  }
  void Create() {
    messaging::Unit unit;
    unit.rows = {{kThingKind, kFlow}};
    unit.decide = [](Workspace& workspace) -> Result<void> {
      workspace.Put({kThingKind, kFlow}, kPartition, "there", {});
      return {};
    };
    Run(unit);
  }
  // Whether a timer was due.
  bool Fire() {
    const std::int32_t partitions[] = {kPartition};
    const auto due = store_.LoadDue(partitions, clock_.Now(), 1);
    if (!due || due->empty()) return false;
    Run(units_->FromTimer(due->front()));
    return true;
  }
  void Run(const messaging::Unit& unit) {
    const Result<void> done = messaging::Executor(store_).Execute({&unit, 1});
    ASSERT_TRUE(done) << Describe(done.error());
  }

  ::guarantee::testing::FakeClock clock_;
  ::guarantee::testing::MemoryWriteStore store_{clock_, "things"};
  Things things_{store_};
  bool all_read_ = true;
  std::unique_ptr<Units> units_;
};

TEST_F(UnitsTest, NothingIsCalledMissingBeforeEveryPartitionWasRead) {
  all_read_ = false;
  Decide();
  ASSERT_TRUE(Fire());
  EXPECT_TRUE(things_.done.empty());
  EXPECT_FALSE(Fire()) << "not at once again";
  // What lay unread in another partition.
  Create();
  clock_.Advance(kWaitingAgainMs);
  ASSERT_TRUE(Fire());
  EXPECT_EQ(things_.done, std::vector<std::string>{"there"});
  clock_.Advance(kWaitingAgainMs);
  EXPECT_FALSE(Fire());
}

TEST_F(UnitsTest, WhatIsMissingAfterEverythingWasReadIsDecidedSo) {
  Decide();
  ASSERT_TRUE(Fire());
  EXPECT_EQ(things_.done, std::vector<std::string>{""});
}

TEST_F(UnitsTest, WhatIsThereDoesNotWaitForOtherPartitions) {
  all_read_ = false;
  Decide();
  Create();
  ASSERT_TRUE(Fire());
  EXPECT_EQ(things_.done, std::vector<std::string>{"there"});
}

}  // namespace
}  // namespace guarantee::service
