// The bus suite on Kafka: on a real broker when GUARANTEE_TEST_KAFKA names one, else on
// librdkafka's mock cluster, which has no administration and makes topics by itself. The name of
// the suite's instance says which it was.
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdlib>

#include "brokers.h"
#include "kafka/kafka_bus.h"
#include "testing/bus_suite.h"

namespace guarantee::testing {
namespace {

const char* RealBroker() { return std::getenv("GUARANTEE_TEST_KAFKA"); }

std::string FreshTopic() {
  static int count = 0;
  return "suite." + std::to_string(getpid()) + "." + std::to_string(++count);
}

class RealHarness final : public BusHarness {
 public:
  RealHarness() {
    kafka::KafkaOptions options;
    options.brokers = RealBroker();
    bus_ = kafka::OpenKafka(options).value();
  }
  messaging::Bus& bus() override { return *bus_; }
  std::string NewTopic(std::int32_t partitions) override {
    std::string topic = FreshTopic();
    const std::vector<messaging::TopicSettings> wanted = {
        {topic, partitions, 1, {{"max.message.bytes", "1200000"}}}};
    const Result<void> created = bus_->CreateTopics(wanted, kBusDeadline);
    EXPECT_TRUE(created) << Describe(created.error());
    return topic;
  }

 private:
  std::unique_ptr<messaging::Bus> bus_;
};

class MockHarness final : public BusHarness {
 public:
  MockHarness() {
    kafka::KafkaOptions options;
    options.brokers = cluster_.brokers();
    options.session_timeout = std::chrono::milliseconds(4000);
    // The mock answers an empty fetch after this and not earlier.
    options.fetch_wait = std::chrono::milliseconds(10);
    bus_ = kafka::OpenKafka(options).value();
  }
  messaging::Bus& bus() override { return *bus_; }
  std::string NewTopic(std::int32_t partitions) override {
    std::string topic = FreshTopic();
    cluster_.CreateTopic(topic, partitions);
    return topic;
  }
  bool RefusesUnknownTopics() const override { return false; }
  bool HasAdministration() const override { return false; }

 private:
  kafka::MockCluster cluster_;
  std::unique_ptr<messaging::Bus> bus_;
};

BusUnderTest Tested() {
  if (RealBroker() != nullptr) {
    return {"RealBroker", [] { return std::make_unique<RealHarness>(); }};
  }
  return {"MockCluster", [] { return std::make_unique<MockHarness>(); }};
}

INSTANTIATE_TEST_SUITE_P(Kafka, BusSuite, ::testing::Values(Tested()),
                         [](const auto& given) { return given.param.name; });

// The mock cluster cannot delete records, so this one needs the real broker.
TEST(KafkaRealBroker, Poll_StartBelowTheLog_StopsThatPartitionWithAnError) {
  if (RealBroker() == nullptr) GTEST_SKIP() << "GUARANTEE_TEST_KAFKA names no broker";
  RealHarness harness;
  const std::string topic = harness.NewTopic(1);
  ReportBox box;
  for (int at = 0; at < 5; ++at) {
    harness.bus().producer().Publish({topic, "k", {}, "v"}, box.Next());
  }
  box.Await(5);
  kafka::DeleteRecords(RealBroker(), topic, 3);
  OffsetTable offsets;
  BusMember member(harness.bus(), topic + ".group", topic, offsets);
  ASSERT_TRUE(member.Await([&] { return !member.errors().empty(); }));
  EXPECT_EQ(member.errors().front().code, "bus.offset_out_of_range");
  EXPECT_EQ(member.errors().front().kind, ErrorKind::kPermanent);
  EXPECT_TRUE(member.delivered().empty());
}

}  // namespace
}  // namespace guarantee::testing
