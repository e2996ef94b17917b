#include "kafka_admin.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "kafka_settings.h"

namespace guarantee::kafka {
namespace {

using messaging::TopicSettings;

constexpr std::chrono::seconds kShapeAge{30};
constexpr int kPaceMs = 50;  // between two looks for a new topic
constexpr std::size_t kErrorBytesMax = 512;

using OptionsPtr =
    std::unique_ptr<rd_kafka_AdminOptions_t, Destroyer<rd_kafka_AdminOptions_destroy>>;
using NewTopicPtr = std::unique_ptr<rd_kafka_NewTopic_t, Destroyer<rd_kafka_NewTopic_destroy>>;
using ResourcePtr =
    std::unique_ptr<rd_kafka_ConfigResource_t, Destroyer<rd_kafka_ConfigResource_destroy>>;

OptionsPtr OptionsFor(rd_kafka_t* client, rd_kafka_admin_op_t operation, SteadyTime deadline) {
  OptionsPtr options(rd_kafka_AdminOptions_new(client, operation));
  rd_kafka_AdminOptions_set_request_timeout(options.get(), RemainingMs(deadline), nullptr, 0);
  return options;
}

// The answer of an admin request, or why there is none.
Result<EventPtr> Await(rd_kafka_queue_t* queue, SteadyTime deadline, const std::string& what) {
  // The request times out by itself; the second on top is for its answer to come through.
  EventPtr event(rd_kafka_queue_poll(queue, RemainingMs(deadline) + 1000));
  if (event == nullptr) return Retryable("bus.unavailable", what + ": no answer");
  const rd_kafka_resp_err_t code = rd_kafka_event_error(event.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return tl::unexpected(ErrorOf(code, what));
  return event;
}

Result<NewTopicPtr> NewTopic(const TopicSettings& settings) {
  std::array<char, kErrorBytesMax> text{};
  NewTopicPtr topic(rd_kafka_NewTopic_new(settings.topic.c_str(), settings.partitions,
                                          settings.replication_factor, text.data(), text.size()));
  if (topic == nullptr) return Refused("bus.topic", text.data(), settings.topic);
  for (const messaging::Header& setting : settings.settings) {
    rd_kafka_NewTopic_set_config(topic.get(), setting.name.c_str(), setting.value.c_str());
  }
  return topic;
}

}  // namespace

Result<std::unique_ptr<KafkaAdmin>> KafkaAdmin::Make(const KafkaOptions& options) {
  auto callbacks = std::make_shared<KafkaCallbacks>();
  callbacks->log = options.log;
  Result<ConfPtr> conf = AdminSettings(options);
  if (!conf) return tl::unexpected(conf.error());
  // A producer that produces nothing: the lightest client there is.
  Result<std::unique_ptr<KafkaHandle>> handle =
      KafkaHandle::Make(RD_KAFKA_PRODUCER, std::move(*conf), std::move(callbacks));
  if (!handle) return tl::unexpected(handle.error());
  return std::unique_ptr<KafkaAdmin>(new KafkaAdmin(std::move(*handle), options.brokers));
}

Result<std::int64_t> KafkaAdmin::EndOffset(const messaging::TopicPartition& source,
                                           milliseconds timeout) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + timeout;
  const Result<Shape> shape = ShapeOf(source.topic, timeout);
  if (!shape) return tl::unexpected(shape.error());
  if (source.partition < 0 || source.partition >= shape->partitions) {
    return Refused("bus.topic",
                   fmt::format("{} has no partition {}", source.topic, source.partition));
  }
  const Result<std::vector<std::int64_t>> end =
      QueryEnds(source.topic, source.partition, 1, deadline);
  if (!end) return tl::unexpected(end.error());
  return end->front();
}

Result<std::vector<std::int64_t>> KafkaAdmin::EndOffsets(const std::string& topic,
                                                         milliseconds timeout) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + timeout;
  const Result<Shape> shape = ShapeOf(topic, timeout);
  if (!shape) return tl::unexpected(shape.error());
  return QueryEnds(topic, 0, shape->partitions, deadline);
}

// Not the watermark call: in 2.0.2 that one waits without end for a leader that is away. The
// timestamp of the logical end asks for the end itself, for all partitions at once.
Result<std::vector<std::int64_t>> KafkaAdmin::QueryEnds(const std::string& topic,
                                                        std::int32_t first, std::int32_t count,
                                                        SteadyTime deadline) {
  const ListPtr list(rd_kafka_topic_partition_list_new(count));
  for (std::int32_t partition = first; partition < first + count; ++partition) {
    rd_kafka_topic_partition_list_add(list.get(), topic.c_str(), partition)->offset =
        RD_KAFKA_OFFSET_END;
  }
  const rd_kafka_resp_err_t code =
      rd_kafka_offsets_for_times(handle_->get(), list.get(), RemainingMs(deadline));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return tl::unexpected(ErrorOf(code, "end of " + topic));
  std::vector<std::int64_t> ends;
  for (int at = 0; at < list->cnt; ++at) {
    const rd_kafka_topic_partition_t& answer = list->elems[at];
    if (answer.err != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return tl::unexpected(
          ErrorOf(answer.err, fmt::format("end of {}/{}", topic, answer.partition)));
    }
    if (answer.offset < 0) {
      return Retryable("bus.unavailable",
                       fmt::format("no end came for {}/{}", topic, answer.partition));
    }
    ends.push_back(answer.offset);
  }
  return ends;
}

Result<std::int32_t> KafkaAdmin::PartitionCount(const std::string& topic, milliseconds timeout) {
  const Result<Shape> shape = ShapeOf(topic, timeout);
  if (!shape) return tl::unexpected(shape.error());
  return shape->partitions;
}

Result<std::map<std::string, KafkaAdmin::Shape>> KafkaAdmin::Shapes(milliseconds timeout) {
  const rd_kafka_metadata_t* raw = nullptr;
  const rd_kafka_resp_err_t code = rd_kafka_metadata(handle_->get(), /*all_topics=*/1, nullptr,
                                                     &raw, static_cast<int>(timeout.count()));
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR)
    return tl::unexpected(ErrorOf(code, "topics of " + brokers_));
  const std::unique_ptr<const rd_kafka_metadata_t, Destroyer<rd_kafka_metadata_destroy>> metadata(
      raw);
  std::map<std::string, Shape> shapes;
  const SteadyTime now = std::chrono::steady_clock::now();
  for (int at = 0; at < metadata->topic_cnt; ++at) {
    const rd_kafka_metadata_topic_t& topic = metadata->topics[at];
    if (topic.err != RD_KAFKA_RESP_ERR_NO_ERROR || topic.partition_cnt == 0) continue;
    // The weakest partition decides.
    int replicas = topic.partitions[0].replica_cnt;
    for (int partition = 1; partition < topic.partition_cnt; ++partition) {
      replicas = std::min(replicas, topic.partitions[partition].replica_cnt);
    }
    shapes[topic.topic] = {topic.partition_cnt, static_cast<std::int16_t>(replicas), now};
  }
  const std::lock_guard lock(mutex_);
  known_ = shapes;
  return shapes;
}

Result<KafkaAdmin::Shape> KafkaAdmin::ShapeOf(const std::string& topic, milliseconds timeout) {
  {
    const std::lock_guard lock(mutex_);
    const auto found = known_.find(topic);
    if (found != known_.end() &&
        std::chrono::steady_clock::now() - found->second.seen < kShapeAge) {
      return found->second;
    }
  }
  const Result<std::map<std::string, Shape>> shapes = Shapes(timeout);
  if (!shapes) return tl::unexpected(shapes.error());
  const auto found = shapes->find(topic);
  if (found == shapes->end()) return Refused("bus.topic", "there is no topic " + topic);
  return found->second;
}

Result<TopicSettings> KafkaAdmin::Describe(const std::string& topic, milliseconds timeout) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + timeout;
  const Result<Shape> shape = ShapeOf(topic, timeout);
  if (!shape) return tl::unexpected(shape.error());
  Result<std::vector<messaging::Header>> settings =
      SettingsOf(topic, milliseconds(RemainingMs(deadline)));
  if (!settings) return tl::unexpected(settings.error());
  return TopicSettings{topic, shape->partitions, shape->replication_factor, std::move(*settings)};
}

Result<std::vector<messaging::Header>> KafkaAdmin::SettingsOf(const std::string& topic,
                                                              milliseconds timeout) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + timeout;
  const ResourcePtr resource(rd_kafka_ConfigResource_new(RD_KAFKA_RESOURCE_TOPIC, topic.c_str()));
  const OptionsPtr options =
      OptionsFor(handle_->get(), RD_KAFKA_ADMIN_OP_DESCRIBECONFIGS, deadline);
  const QueuePtr queue(rd_kafka_queue_new(handle_->get()));
  rd_kafka_ConfigResource_t* asked = resource.get();
  rd_kafka_DescribeConfigs(handle_->get(), &asked, 1, options.get(), queue.get());
  const Result<EventPtr> event = Await(queue.get(), deadline, "settings of " + topic);
  if (!event) return tl::unexpected(event.error());
  std::size_t count = 0;
  const rd_kafka_ConfigResource_t** answers = rd_kafka_DescribeConfigs_result_resources(
      rd_kafka_event_DescribeConfigs_result(event->get()), &count);
  if (count != 1) return Retryable("bus.unavailable", "no settings came for " + topic);
  const rd_kafka_resp_err_t code = rd_kafka_ConfigResource_error(answers[0]);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return tl::unexpected(ErrorOf(code, "settings of " + topic));
  }
  std::vector<messaging::Header> settings;
  const rd_kafka_ConfigEntry_t** entries = rd_kafka_ConfigResource_configs(answers[0], &count);
  for (std::size_t at = 0; at < count; ++at) {
    const char* value = rd_kafka_ConfigEntry_value(entries[at]);
    if (value != nullptr) settings.push_back({rd_kafka_ConfigEntry_name(entries[at]), value});
  }
  return settings;
}

Result<void> KafkaAdmin::CreateTopics(std::span<const TopicSettings> topics, milliseconds timeout) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + timeout;
  if (Result<void> requested = RequestTopics(topics, deadline); !requested) return requested;
  // The controller's yes comes before every broker knows the topic.
  for (;;) {
    const Result<std::map<std::string, Shape>> shapes = Shapes(milliseconds(RemainingMs(deadline)));
    const auto there = [&](const TopicSettings& wanted) { return shapes->contains(wanted.topic); };
    if (shapes && std::all_of(topics.begin(), topics.end(), there)) return {};
    if (std::chrono::steady_clock::now() >= deadline) {
      return Retryable("bus.unavailable", "the topics were created but are not there yet");
    }
    rd_kafka_poll(handle_->get(), kPaceMs);
  }
}

Result<void> KafkaAdmin::RequestTopics(std::span<const TopicSettings> topics, SteadyTime deadline) {
  const Result<std::map<std::string, Shape>> existing = Shapes(milliseconds(RemainingMs(deadline)));
  if (!existing) return tl::unexpected(existing.error());
  std::vector<NewTopicPtr> owned;
  std::vector<rd_kafka_NewTopic_t*> missing;
  for (const TopicSettings& settings : topics) {
    if (existing->contains(settings.topic)) continue;
    Result<NewTopicPtr> topic = NewTopic(settings);
    if (!topic) return tl::unexpected(topic.error());
    missing.push_back(topic->get());
    owned.push_back(std::move(*topic));
  }
  if (missing.empty()) return {};
  const OptionsPtr options = OptionsFor(handle_->get(), RD_KAFKA_ADMIN_OP_CREATETOPICS, deadline);
  const QueuePtr queue(rd_kafka_queue_new(handle_->get()));
  rd_kafka_CreateTopics(handle_->get(), missing.data(), missing.size(), options.get(), queue.get());
  const Result<EventPtr> event = Await(queue.get(), deadline, "creating topics");
  if (!event) return tl::unexpected(event.error());
  std::size_t count = 0;
  const rd_kafka_topic_result_t** answers =
      rd_kafka_CreateTopics_result_topics(rd_kafka_event_CreateTopics_result(event->get()), &count);
  for (std::size_t at = 0; at < count; ++at) {
    const rd_kafka_resp_err_t code = rd_kafka_topic_result_error(answers[at]);
    if (code == RD_KAFKA_RESP_ERR_NO_ERROR || code == RD_KAFKA_RESP_ERR_TOPIC_ALREADY_EXISTS) {
      continue;
    }
    const char* why = rd_kafka_topic_result_error_string(answers[at]);
    const Error error = ErrorOf(code, rd_kafka_topic_result_name(answers[at]));
    if (error.kind != ErrorKind::kRetryable || why == nullptr) return tl::unexpected(error);
    return Refused("bus.topic", fmt::format("{}: {}", error.message, why));
  }
  return {};
}

}  // namespace guarantee::kafka
