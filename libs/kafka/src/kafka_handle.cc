#include "kafka_handle.h"

#include <fmt/format.h>

#include <array>
#include <future>
#include <thread>

namespace guarantee::kafka {
namespace {

constexpr std::chrono::seconds kDestroyLimit{3};
constexpr std::size_t kErrorBytesMax = 512;

KafkaCallbacks& CallbacksOf(void* opaque) { return *static_cast<KafkaCallbacks*>(opaque); }

void OnLog(const rd_kafka_t* client, int level, const char*, const char* text) {
  const KafkaCallbacks& callbacks = CallbacksOf(rd_kafka_opaque(client));
  if (callbacks.log) callbacks.log(level, text);
}

void OnError(rd_kafka_t*, int code, const char*, void* opaque) {
  const KafkaCallbacks& callbacks = CallbacksOf(opaque);
  if (callbacks.failed) callbacks.failed(static_cast<rd_kafka_resp_err_t>(code));
}

void OnDelivered(rd_kafka_t*, const rd_kafka_message_t* message, void* opaque) {
  const KafkaCallbacks& callbacks = CallbacksOf(opaque);
  if (callbacks.delivered) callbacks.delivered(*message);
}

void OnRebalanced(rd_kafka_t*, rd_kafka_resp_err_t code,
                  rd_kafka_topic_partition_list_t* partitions, void* opaque) {
  const KafkaCallbacks& callbacks = CallbacksOf(opaque);
  if (callbacks.rebalanced) callbacks.rebalanced(code, partitions);
}

}  // namespace

int RemainingMs(SteadyTime deadline) {
  const auto left =
      std::chrono::ceil<milliseconds>(deadline - std::chrono::steady_clock::now()).count();
  return left > 0 ? static_cast<int>(left) : 1;
}

Result<std::unique_ptr<KafkaHandle>> KafkaHandle::Make(rd_kafka_type_t type, ConfPtr conf,
                                                       std::shared_ptr<KafkaCallbacks> callbacks) {
  rd_kafka_conf_set_opaque(conf.get(), callbacks.get());
  rd_kafka_conf_set_log_cb(conf.get(), OnLog);
  rd_kafka_conf_set_error_cb(conf.get(), OnError);
  if (callbacks->delivered) rd_kafka_conf_set_dr_msg_cb(conf.get(), OnDelivered);
  if (callbacks->rebalanced) rd_kafka_conf_set_rebalance_cb(conf.get(), OnRebalanced);
  std::array<char, kErrorBytesMax> text{};
  rd_kafka_t* client = rd_kafka_new(type, conf.get(), text.data(), text.size());
  if (client == nullptr) return Refused("kafka.setting", text.data());
  static_cast<void>(conf.release());  // the client has taken it
  return std::unique_ptr<KafkaHandle>(new KafkaHandle(client, std::move(callbacks)));
}

KafkaHandle::~KafkaHandle() {
  std::packaged_task<void()> destroy([client = client_, callbacks = std::move(callbacks_)] {
    rd_kafka_destroy_flags(client, RD_KAFKA_DESTROY_F_NO_CONSUMER_CLOSE);
  });
  std::future<void> done = destroy.get_future();
  std::thread thread(std::move(destroy));
  if (done.wait_for(kDestroyLimit) == std::future_status::ready)
    thread.join();
  else
    thread.detach();
}

Error ErrorOf(rd_kafka_resp_err_t code, const std::string& what) {
  const std::string message = fmt::format("{}: {}", what, rd_kafka_err2str(code));
  switch (code) {
    case RD_KAFKA_RESP_ERR_UNKNOWN_TOPIC_OR_PART:
    case RD_KAFKA_RESP_ERR__UNKNOWN_TOPIC:
    case RD_KAFKA_RESP_ERR__UNKNOWN_PARTITION:
    case RD_KAFKA_RESP_ERR_TOPIC_EXCEPTION:
      return {ErrorKind::kPermanent, "bus.topic", {}, message};
    case RD_KAFKA_RESP_ERR_MSG_SIZE_TOO_LARGE:
      return {ErrorKind::kPermanent, "bus.too_large", {}, message};
    case RD_KAFKA_RESP_ERR_TOPIC_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_GROUP_AUTHORIZATION_FAILED:
    case RD_KAFKA_RESP_ERR_CLUSTER_AUTHORIZATION_FAILED:
      return {ErrorKind::kPermanent, "bus.forbidden", {}, message};
    case RD_KAFKA_RESP_ERR__QUEUE_FULL:
      return {ErrorKind::kRetryable, "bus.queue_full", {}, message};
    default:
      return {ErrorKind::kRetryable, "bus.unavailable", {}, message};
  }
}

}  // namespace guarantee::kafka
