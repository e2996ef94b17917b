// What a broker can do to us, played by librdkafka's mock cluster, and what an operator may set.
#include <gtest/gtest.h>

#include <atomic>

#include "brokers.h"
#include "kafka/kafka_bus.h"
#include "testing/bus_member.h"

namespace guarantee::kafka {
namespace {

using testing::BusMember;
using testing::kBusDeadline;
using testing::OffsetTable;
using testing::ReportBox;

// Kafka protocol numbers.
constexpr std::int16_t kProduce = 0;
constexpr std::int16_t kInitProducerId = 22;

class KafkaFaults : public ::testing::Test {
 protected:
  KafkaFaults() {
    options_.brokers = cluster_.brokers();
    options_.message_timeout = std::chrono::milliseconds(1500);
    options_.session_timeout = std::chrono::milliseconds(4000);
    options_.fetch_wait = std::chrono::milliseconds(10);
    cluster_.CreateTopic("topic", 1);
  }

  void Open() { bus_ = OpenKafka(options_).value(); }
  void OpenWarm() {
    Open();
    const std::vector<std::string> topics = {"topic"};
    const Result<void> warm = bus_->producer().WarmUp(topics, kBusDeadline);
    ASSERT_TRUE(warm) << Describe(warm.error());
  }
  Result<messaging::Position> Publish(const std::string& value) {
    ReportBox box;
    bus_->producer().Publish({"topic", "k", {{"h", "v"}}, value}, box.Next());
    return box.Await(1).front();
  }
  static void ExpectRetryable(const Result<messaging::Position>& report) {
    ASSERT_FALSE(report);
    EXPECT_EQ(report.error().kind, ErrorKind::kRetryable) << Describe(report.error());
  }

  MockCluster cluster_;
  KafkaOptions options_;
  std::unique_ptr<messaging::Bus> bus_;
};

TEST_F(KafkaFaults, Publish_BrokerDown_IsRetryableInsideTheTimeout) {
  OpenWarm();
  cluster_.SetDown();
  const auto before = std::chrono::steady_clock::now();
  ExpectRetryable(Publish("1"));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::milliseconds(4000));
  cluster_.SetUp();
  const auto report = Publish("2");
  EXPECT_TRUE(report) << Describe(report.error());
}

// The answer comes after the message's time: written or not, nobody knows. 2.0.2's producer may be
// dead after that; what follows must work all the same.
TEST_F(KafkaFaults, Publish_AnswerTooLate_IsRetryableAndTheNextIsTaken) {
  OpenWarm();
  ASSERT_TRUE(Publish("1"));
  cluster_.SetRoundTrip(4000);
  ExpectRetryable(Publish("2"));
  cluster_.SetRoundTrip(0);
  Result<messaging::Position> report = Publish("3");
  for (int again = 0; !report && again < 5; ++again) {
    EXPECT_EQ(report.error().kind, ErrorKind::kRetryable);
    report = Publish("3");
  }
  EXPECT_TRUE(report) << Describe(report.error());
}

TEST_F(KafkaFaults, Publish_FatalProducer_IsReplaced) {
  std::atomic<bool> fatal = false;
  options_.log = [&](int, std::string_view text) {
    if (text.find("FATAL") != std::string_view::npos ||
        text.find("Fatal") != std::string_view::npos)
      fatal = true;
  };
  cluster_.FailNext(kInitProducerId, RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED);
  Open();
  const auto deadline = std::chrono::steady_clock::now() + kBusDeadline;
  Result<messaging::Position> report = Publish("1");
  while ((!report || !fatal) && std::chrono::steady_clock::now() < deadline) {
    if (!report) ExpectRetryable(report);
    report = Publish("1");
  }
  EXPECT_TRUE(fatal) << "the mock did not kill the producer";
  EXPECT_TRUE(report) << Describe(report.error());
}

TEST_F(KafkaFaults, Publish_TransientFault_IsRetriedInside) {
  OpenWarm();
  cluster_.FailNext(kProduce, RD_KAFKA_RESP_ERR_NOT_ENOUGH_REPLICAS);
  const auto report = Publish("1");
  EXPECT_TRUE(report) << Describe(report.error());
}

TEST_F(KafkaFaults, Publish_BrokerSaysTooLarge_IsPermanent) {
  OpenWarm();
  cluster_.FailNext(kProduce, RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE);
  const auto report = Publish("1");
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().kind, ErrorKind::kPermanent) << Describe(report.error());
  EXPECT_EQ(report.error().code, "bus.too_large");
}

TEST_F(KafkaFaults, Publish_QueueFull_IsRetryableAtOnceAndEachIsReportedOnce) {
  options_.queue_records_max = 10;
  OpenWarm();
  cluster_.SetDown();
  ReportBox box;
  for (int at = 0; at < 30; ++at) bus_->producer().Publish({"topic", "k", {}, "v"}, box.Next());
  int full = 0;
  for (const auto& report : box.Await(30)) {
    ExpectRetryable(report);
    if (report.error().code == "bus.queue_full") ++full;
  }
  EXPECT_GE(full, 15);
  EXPECT_TRUE(bus_->producer().Drain(kBusDeadline));
  EXPECT_EQ(box.called(), 30U);
}

TEST_F(KafkaFaults, Bus_GoesWithOpenReports_ReportsThemRetryable) {
  options_.message_timeout = std::chrono::milliseconds(20'000);
  OpenWarm();
  cluster_.SetDown();
  ReportBox box;
  for (int at = 0; at < 5; ++at) bus_->producer().Publish({"topic", "k", {}, "v"}, box.Next());
  bus_.reset();
  for (const auto& report : box.Await(5)) ExpectRetryable(report);
}

TEST_F(KafkaFaults, Drain_WithOpenReports_IsFalseAtTheTimeout) {
  OpenWarm();
  cluster_.SetDown();
  ReportBox box;
  bus_->producer().Publish({"topic", "k", {}, "v"}, box.Next());
  EXPECT_FALSE(bus_->producer().Drain(std::chrono::milliseconds(50)));
  box.Await(1);
  EXPECT_TRUE(bus_->producer().Drain(kBusDeadline));
}

TEST_F(KafkaFaults, Consumer_BrokerGoneForASession_IsToldThatItLost) {
  OpenWarm();
  ASSERT_TRUE(Publish("1"));
  OffsetTable offsets;
  BusMember member(*bus_, "group", "topic", offsets);
  ASSERT_EQ(member.AwaitDelivered(1).size(), 1U);
  cluster_.SetDown();
  EXPECT_TRUE(member.Await([&] { return member.any_lost(); }));
  cluster_.SetUp();
  ASSERT_TRUE(member.Await([&] { return member.assignments() == 2; }));
  ASSERT_TRUE(Publish("2"));
  EXPECT_EQ(member.AwaitDelivered(2).back().value, "2");
  EXPECT_TRUE(member.errors().empty());
}

TEST_F(KafkaFaults, Consumer_BrokerDown_ClosesInsideItsTimeout) {
  OpenWarm();
  OffsetTable offsets;
  auto member = std::make_unique<BusMember>(*bus_, "group", "topic", offsets);
  ASSERT_TRUE(member->Await([&] { return member->owned().size() == 1; }));
  cluster_.SetDown();
  const auto before = std::chrono::steady_clock::now();
  member.reset();  // closes within 5 s, and librdkafka gets 3 s more to go
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(9));
}

TEST_F(KafkaFaults, EndOffset_BrokerDown_IsRetryableInsideTheTimeout) {
  OpenWarm();
  cluster_.SetDown();
  const auto before = std::chrono::steady_clock::now();
  const auto end = bus_->EndOffset({"topic", 0}, std::chrono::milliseconds(500));
  EXPECT_LT(std::chrono::steady_clock::now() - before, std::chrono::seconds(3));
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().kind, ErrorKind::kRetryable);
}

class ForgetfulHandler final : public messaging::AssignmentHandler {
 public:
  Result<std::vector<messaging::StartOffset>> OnAssigned(
      std::span<const messaging::TopicPartition> given) override {
    owned += given.size();
    return std::vector<messaging::StartOffset>{};
  }
  void OnRevoked(std::span<const messaging::TopicPartition> taken, bool) override {
    owned -= taken.size();
  }
  std::size_t owned = 0;
};

TEST_F(KafkaFaults, Handler_ForgetsAPartition_IsPermanentAndTakesNothing) {
  OpenWarm();
  ForgetfulHandler handler;
  const auto consumer = bus_->Subscribe({"group", {"topic"}, &handler}).value();
  const auto deadline = std::chrono::steady_clock::now() + kBusDeadline;
  auto polled = consumer->Poll(std::chrono::milliseconds(100), 1);
  while (polled && std::chrono::steady_clock::now() < deadline) {
    polled = consumer->Poll(std::chrono::milliseconds(100), 1);
  }
  ASSERT_FALSE(polled);
  EXPECT_EQ(polled.error().code, "bus.assignment");
  EXPECT_EQ(handler.owned, 0U);
}

TEST_F(KafkaFaults, Subscribe_WithoutHandler_IsRefused) {
  Open();
  EXPECT_FALSE(bus_->Subscribe({"group", {"topic"}, nullptr}));
}

TEST(KafkaSettings, Security_UnknownName_IsRefused) {
  for (const char* name :
       {"enable.idempotence", "acks", "enable.ssl.certificate.verification", "auto.offset.reset"}) {
    KafkaOptions options;
    options.brokers = "127.0.0.1:1";
    options.security.emplace(name, Secret("false"));
    const auto bus = OpenKafka(options);
    ASSERT_FALSE(bus) << name;
    EXPECT_EQ(bus.error().kind, ErrorKind::kRefused);
    EXPECT_EQ(bus.error().field, name);
  }
}

TEST(KafkaSettings, Security_BadValue_IsRefusedWithoutTheValue) {
  KafkaOptions options;
  options.brokers = "127.0.0.1:1";
  options.security.emplace("security.protocol", Secret("top-secret"));
  const auto bus = OpenKafka(options);
  ASSERT_FALSE(bus);
  EXPECT_EQ(bus.error().field, "security.protocol");
  EXPECT_EQ(Describe(bus.error()).find("top-secret"), std::string::npos);
}

TEST(KafkaSettings, Brokers_Missing_IsRefused) { EXPECT_FALSE(OpenKafka(KafkaOptions{})); }

TEST(KafkaSettings, Security_TlsAndSasl_AreTaken) {
  KafkaOptions options;
  options.brokers = "127.0.0.1:1";
  options.security.emplace("security.protocol", Secret("sasl_ssl"));
  options.security.emplace("sasl.mechanisms", Secret("SCRAM-SHA-512"));
  options.security.emplace("sasl.username", Secret("hub"));
  options.security.emplace("sasl.password", Secret("p"));
  const auto bus = OpenKafka(options);
  EXPECT_TRUE(bus) << Describe(bus.error());
}

}  // namespace
}  // namespace guarantee::kafka
