// Ownership of librdkafka's objects, and one place for its callbacks.
#pragma once

#include <librdkafka/rdkafka.h>

#include <chrono>
#include <functional>
#include <memory>
#include <string>

#include "kafka/kafka_bus.h"

namespace guarantee::kafka {

using std::chrono::milliseconds;
using SteadyTime = std::chrono::steady_clock::time_point;

// At least 1 ms, so that a wait that is over still looks once.
[[nodiscard]] int RemainingMs(SteadyTime deadline);

template <auto kDestroy>
struct Destroyer {
  template <typename T>
  void operator()(T* object) const {
    kDestroy(object);
  }
};

using ConfPtr = std::unique_ptr<rd_kafka_conf_t, Destroyer<rd_kafka_conf_destroy>>;
using TopicPtr = std::unique_ptr<rd_kafka_topic_t, Destroyer<rd_kafka_topic_destroy>>;
using ListPtr = std::unique_ptr<rd_kafka_topic_partition_list_t,
                                Destroyer<rd_kafka_topic_partition_list_destroy>>;
using MessagePtr = std::unique_ptr<rd_kafka_message_t, Destroyer<rd_kafka_message_destroy>>;
using QueuePtr = std::unique_ptr<rd_kafka_queue_t, Destroyer<rd_kafka_queue_destroy>>;
using EventPtr = std::unique_ptr<rd_kafka_event_t, Destroyer<rd_kafka_event_destroy>>;
using ErrorPtr = std::unique_ptr<rd_kafka_error_t, Destroyer<rd_kafka_error_destroy>>;

// The opaque pointer of a client. Set before the client starts, then only read.
struct KafkaCallbacks {
  LogSink log;
  std::function<void(const rd_kafka_message_t&)> delivered;
  std::function<void(rd_kafka_resp_err_t)> failed;  // of the client as a whole
  std::function<void(rd_kafka_resp_err_t, rd_kafka_topic_partition_list_t*)> rebalanced;
};

// A client and its callbacks. Its end is bounded: librdkafka 2.0.2 may hang in destroy after a
// topic or a broker went away, and then the client is left behind rather than the caller.
class KafkaHandle {
 public:
  [[nodiscard]] static Result<std::unique_ptr<KafkaHandle>> Make(
      rd_kafka_type_t type, ConfPtr conf, std::shared_ptr<KafkaCallbacks> callbacks);
  ~KafkaHandle();
  KafkaHandle(const KafkaHandle&) = delete;
  KafkaHandle& operator=(const KafkaHandle&) = delete;

  [[nodiscard]] rd_kafka_t* get() const { return client_; }

 private:
  KafkaHandle(rd_kafka_t* client, std::shared_ptr<KafkaCallbacks> callbacks)
      : client_(client), callbacks_(std::move(callbacks)) {}

  rd_kafka_t* client_;
  std::shared_ptr<KafkaCallbacks> callbacks_;
};

// "bus.unavailable", retryable, unless `code` says that trying again cannot help.
[[nodiscard]] Error ErrorOf(rd_kafka_resp_err_t code, const std::string& what);

}  // namespace guarantee::kafka
