#include "kafka/kafka_bus.h"

#include "kafka_admin.h"
#include "kafka_consumer.h"
#include "kafka_producer.h"

namespace guarantee::kafka {
namespace {

// Checks that topics exist before asking for them by name, which might make them.
class CheckedProducer final : public messaging::Producer {
 public:
  CheckedProducer(KafkaAdmin& admin, std::unique_ptr<KafkaProducer> producer)
      : admin_(admin), producer_(std::move(producer)) {}

  void Publish(messaging::Record record, messaging::PublishReport report) override {
    producer_->Publish(std::move(record), std::move(report));
  }
  Result<void> WarmUp(std::span<const std::string> topics, milliseconds timeout) override {
    const SteadyTime deadline = std::chrono::steady_clock::now() + timeout;
    for (const std::string& topic : topics) {
      const Result<std::int32_t> count =
          admin_.PartitionCount(topic, milliseconds(RemainingMs(deadline)));
      if (!count) return tl::unexpected(count.error());
    }
    return producer_->WarmUp(topics, milliseconds(RemainingMs(deadline)));
  }
  bool Drain(milliseconds timeout) override { return producer_->Drain(timeout); }

 private:
  KafkaAdmin& admin_;
  std::unique_ptr<KafkaProducer> producer_;
};

class KafkaBus final : public messaging::Bus {
 public:
  KafkaBus(KafkaOptions options, std::unique_ptr<KafkaAdmin> admin,
           std::unique_ptr<KafkaProducer> producer)
      : options_(std::move(options)),
        admin_(std::move(admin)),
        producer_(*admin_, std::move(producer)) {}

  messaging::Producer& producer() override { return producer_; }

  Result<std::unique_ptr<messaging::Consumer>> Subscribe(
      const messaging::SubscribeOptions& options) override {
    Result<std::unique_ptr<KafkaConsumer>> consumer = KafkaConsumer::Make(options_, options);
    if (!consumer) return tl::unexpected(consumer.error());
    return std::unique_ptr<messaging::Consumer>(std::move(*consumer));
  }
  Result<std::int64_t> EndOffset(const messaging::TopicPartition& source,
                                 milliseconds timeout) override {
    return admin_->EndOffset(source, timeout);
  }
  Result<std::vector<std::int64_t>> EndOffsets(const std::string& topic,
                                               milliseconds timeout) override {
    return admin_->EndOffsets(topic, timeout);
  }
  Result<std::int32_t> PartitionCount(const std::string& topic, milliseconds timeout) override {
    return admin_->PartitionCount(topic, timeout);
  }
  Result<messaging::TopicSettings> Describe(const std::string& topic,
                                            milliseconds timeout) override {
    return admin_->Describe(topic, timeout);
  }
  Result<void> CreateTopics(std::span<const messaging::TopicSettings> topics,
                            milliseconds timeout) override {
    return admin_->CreateTopics(topics, timeout);
  }

 private:
  const KafkaOptions options_;
  std::unique_ptr<KafkaAdmin> admin_;
  CheckedProducer producer_;
};

}  // namespace

Result<std::unique_ptr<messaging::Bus>> OpenKafka(const KafkaOptions& options) {
  Result<std::unique_ptr<KafkaAdmin>> admin = KafkaAdmin::Make(options);
  if (!admin) return tl::unexpected(admin.error());
  Result<std::unique_ptr<KafkaProducer>> producer = KafkaProducer::Make(options);
  if (!producer) return tl::unexpected(producer.error());
  return std::make_unique<KafkaBus>(options, std::move(*admin), std::move(*producer));
}

}  // namespace guarantee::kafka
