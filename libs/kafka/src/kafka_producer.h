// The one producer of a process.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <set>
#include <thread>
#include <unordered_set>
#include <vector>

#include "kafka_handle.h"

namespace guarantee::kafka {

// Thread-safe. A producer that librdkafka has declared dead (2.0.2 does so after one possibly
// written time-out) is replaced under the callers' feet; what it had is reported retryable.
class KafkaProducer final : public messaging::Producer {
 public:
  [[nodiscard]] static Result<std::unique_ptr<KafkaProducer>> Make(const KafkaOptions& options);
  ~KafkaProducer() override;

  void Publish(messaging::Record record, messaging::PublishReport report) override;
  // Metadata only; who calls has checked that the topics exist.
  Result<void> WarmUp(std::span<const std::string> topics, milliseconds timeout) override;
  bool Drain(milliseconds timeout) override;

 private:
  struct Pending {
    messaging::PublishReport report;
  };
  // One librdkafka producer with what it owes us.
  struct Generation {
    std::unique_ptr<KafkaHandle> handle;  // last to go: its callbacks refer to the rest
    std::atomic<bool> dead = false;
    std::mutex mutex;
    std::unordered_set<Pending*> pending;
    std::vector<TopicPtr> topics;  // held so that their metadata stays
    SteadyTime retire_until;
  };
  struct Deferred {
    messaging::PublishReport report;
    Error error;
  };

  explicit KafkaProducer(KafkaOptions options) : options_(std::move(options)) {}
  Result<std::shared_ptr<Generation>> MakeGeneration();
  std::shared_ptr<Generation> Current();
  rd_kafka_resp_err_t Produce(Generation& generation, const messaging::Record& record,
                              Pending* pending);
  void Delivered(Generation& generation, const rd_kafka_message_t& message);
  std::unique_ptr<Pending> Take(Generation& generation, void* opaque);
  void Finish(messaging::PublishReport report, Result<messaging::Position> result);
  void Defer(messaging::PublishReport report, Error error);
  void Serve();
  void ReportDeferred();
  void ReplaceIfDead();
  void ServeRetired();
  void Abandon(Generation& generation);

  const KafkaOptions options_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<Generation> current_;
  std::vector<std::shared_ptr<Generation>> retired_;  // of the serving thread
  std::set<std::string> warm_topics_;
  // Reports of publishes that never reached librdkafka; each is of a call that was made, so there
  // are no more of them than callers made.
  std::deque<Deferred> deferred_;
  std::size_t open_ = 0;  // publishes not yet reported
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace guarantee::kafka
