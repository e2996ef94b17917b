// In-process groups, step by step on one thread.
#include "sql/local_groups.h"

#include <gtest/gtest.h>

#include <set>

#include "testing/fake_bus.h"

namespace guarantee::sql {
namespace {

using messaging::StartOffset;
using messaging::TopicPartition;

class Handler final : public messaging::AssignmentHandler {
 public:
  Result<std::vector<StartOffset>> OnAssigned(std::span<const TopicPartition> given) override {
    std::vector<StartOffset> starts;
    for (const TopicPartition& source : given) {
      owned.insert(source.partition);
      if (!forget) starts.push_back({source, 0});
    }
    return starts;
  }
  void OnRevoked(std::span<const TopicPartition> taken, bool) override {
    for (const TopicPartition& source : taken) owned.erase(source.partition);
  }

  std::set<std::int32_t> owned;
  bool forget = false;
};

class LocalGroupsTest : public ::testing::Test {
 protected:
  LocalGroupsTest() {
    const std::vector<messaging::TopicSettings> wanted = {{"topic", 3, 1, {}}};
    EXPECT_TRUE(bus_.CreateTopics(wanted, std::chrono::seconds(1)));
  }
  std::unique_ptr<messaging::Consumer> Join(Handler& handler) {
    return bus_.Subscribe({"group", {"topic"}, &handler}).value();
  }
  static Result<std::vector<messaging::Delivered>> Poll(
      const std::unique_ptr<messaging::Consumer>& consumer) {
    return consumer->Poll(std::chrono::milliseconds(0), 10);
  }

  testing::FakeBus bus_;
  Handler first_;
  Handler second_;
};

TEST_F(LocalGroupsTest, Join_WaitsUntilTheOthersGaveBack) {
  const auto first = Join(first_);
  ASSERT_TRUE(Poll(first));
  EXPECT_EQ(first_.owned, (std::set<std::int32_t>{0, 1, 2}));
  const auto second = Join(second_);
  ASSERT_TRUE(Poll(second));
  EXPECT_TRUE(second_.owned.empty()) << "dealt out while the first member still has it";
  ASSERT_TRUE(Poll(first));
  ASSERT_TRUE(Poll(second));
  EXPECT_EQ(first_.owned, (std::set<std::int32_t>{0, 1}));
  EXPECT_EQ(second_.owned, (std::set<std::int32_t>{2}));
}

TEST_F(LocalGroupsTest, Close_HandsOver) {
  auto first = Join(first_);
  ASSERT_TRUE(Poll(first));
  const auto second = Join(second_);
  first->Close(std::chrono::milliseconds(0));
  EXPECT_TRUE(first_.owned.empty());
  ASSERT_TRUE(Poll(second));
  EXPECT_EQ(second_.owned.size(), 3U);
  EXPECT_FALSE(Poll(first)) << "a closed consumer does not poll";
}

TEST_F(LocalGroupsTest, Handler_ForgetsAPartition_IsPermanent) {
  first_.forget = true;
  const auto first = Join(first_);
  const auto polled = Poll(first);
  ASSERT_FALSE(polled);
  EXPECT_EQ(polled.error().code, "bus.assignment");
  EXPECT_TRUE(first_.owned.empty()) << "what it took must be taken from it again";
}

TEST_F(LocalGroupsTest, Subscribe_UnknownTopic_IsRefused) {
  const auto consumer = bus_.Subscribe({"group", {"nowhere"}, &first_});
  ASSERT_FALSE(consumer);
  EXPECT_EQ(consumer.error().code, "bus.topic");
}

}  // namespace
}  // namespace guarantee::sql
