#include "kafka_consumer.h"

#include <fmt/format.h>

#include <algorithm>

#include "kafka_settings.h"

namespace guarantee::kafka {
namespace {

using messaging::Delivered;
using messaging::StartOffset;
using messaging::TopicPartition;

constexpr milliseconds kSeekLimit{5000};

std::string NameOf(const TopicPartition& source) {
  return fmt::format("{}/{}", source.topic, source.partition);
}

std::vector<messaging::Header> HeadersOf(const rd_kafka_message_t& message) {
  std::vector<messaging::Header> out;
  rd_kafka_headers_t* headers = nullptr;
  // It only parses lazily; the message stays what it is.
  auto* parsed = const_cast<rd_kafka_message_t*>(&message);
  if (rd_kafka_message_headers(parsed, &headers) != RD_KAFKA_RESP_ERR_NO_ERROR) return out;
  const char* name = nullptr;
  const void* value = nullptr;
  std::size_t size = 0;
  for (std::size_t at = 0;
       rd_kafka_header_get_all(headers, at, &name, &value, &size) == RD_KAFKA_RESP_ERR_NO_ERROR;
       ++at) {
    out.push_back({name, value == nullptr ? std::string()
                                          : std::string(static_cast<const char*>(value), size)});
  }
  return out;
}

std::string BytesOf(const void* bytes, std::size_t size) {
  return bytes == nullptr ? std::string() : std::string(static_cast<const char*>(bytes), size);
}

Delivered RecordOf(const rd_kafka_message_t& message, TopicPartition source) {
  Delivered record;
  record.source = std::move(source);
  record.offset = message.offset;
  rd_kafka_timestamp_type_t type = RD_KAFKA_TIMESTAMP_NOT_AVAILABLE;
  record.appended_at = {rd_kafka_message_timestamp(&message, &type)};
  record.key = BytesOf(message.key, message.key_len);
  record.headers = HeadersOf(message);
  record.value = BytesOf(message.payload, message.len);
  return record;
}

// After these librdkafka would go on behind records that nobody has seen.
bool WouldSkip(rd_kafka_resp_err_t code) {
  switch (code) {
    case RD_KAFKA_RESP_ERR__AUTO_OFFSET_RESET:
    case RD_KAFKA_RESP_ERR_OFFSET_OUT_OF_RANGE:
    case RD_KAFKA_RESP_ERR__BAD_MSG:
    case RD_KAFKA_RESP_ERR__BAD_COMPRESSION:
      return true;
    default:
      return false;
  }
}

std::int64_t BrokerOffset(std::int64_t next) {
  return next == messaging::kLogBeginning ? RD_KAFKA_OFFSET_BEGINNING : next;
}

}  // namespace

Result<std::unique_ptr<KafkaConsumer>> KafkaConsumer::Make(
    const KafkaOptions& options, const messaging::SubscribeOptions& subscribe) {
  if (subscribe.handler == nullptr || subscribe.group.empty() || subscribe.topics.empty()) {
    return Refused("kafka.setting", "a subscription needs a group, topics and a handler");
  }
  std::unique_ptr<KafkaConsumer> consumer(new KafkaConsumer(options, subscribe));
  auto callbacks = std::make_shared<KafkaCallbacks>();
  callbacks->log = options.log;
  callbacks->rebalanced = [raw = consumer.get()](rd_kafka_resp_err_t code,
                                                 rd_kafka_topic_partition_list_t* partitions) {
    raw->OnRebalance(code, partitions);
  };
  Result<ConfPtr> conf = ConsumerSettings(options, subscribe.group);
  if (!conf) return tl::unexpected(conf.error());
  Result<std::unique_ptr<KafkaHandle>> handle =
      KafkaHandle::Make(RD_KAFKA_CONSUMER, std::move(*conf), std::move(callbacks));
  if (!handle) return tl::unexpected(handle.error());
  consumer->handle_ = std::move(*handle);
  // One queue for messages, rebalances and errors, served by Poll alone.
  rd_kafka_poll_set_consumer(consumer->handle_->get());
  if (Result<void> joined = consumer->Join(); !joined) return tl::unexpected(joined.error());
  return consumer;
}

KafkaConsumer::~KafkaConsumer() { Close(milliseconds(0)); }

Result<void> KafkaConsumer::Join() {
  const ListPtr topics(
      rd_kafka_topic_partition_list_new(static_cast<int>(subscribe_.topics.size())));
  for (const std::string& topic : subscribe_.topics) {
    rd_kafka_topic_partition_list_add(topics.get(), topic.c_str(), RD_KAFKA_PARTITION_UA);
  }
  const rd_kafka_resp_err_t code = rd_kafka_subscribe(handle_->get(), topics.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) return tl::unexpected(ErrorOf(code, "subscribe"));
  return {};
}

void KafkaConsumer::Leave() {
  // The revocation comes as a callback of a later poll.
  rd_kafka_unsubscribe(handle_->get());
}

void KafkaConsumer::Rejoin() {
  Leave();
  rejoin_at_ = std::chrono::steady_clock::now();
}

void KafkaConsumer::RejoinIfDue() {
  if (leave_requested_) {
    leave_requested_ = false;
    Leave();
    rejoin_at_ = std::chrono::steady_clock::now() + options_.rejoin_pause;
  }
  // Joining again before the revocation was served would take the new assignment for the old.
  if (!rejoin_at_ || !owned_.empty() || std::chrono::steady_clock::now() < *rejoin_at_) return;
  if (Join()) rejoin_at_.reset();
}

Result<std::vector<Delivered>> KafkaConsumer::Poll(milliseconds max_wait, std::size_t max_records) {
  std::vector<Delivered> records;
  if (handle_ == nullptr) return Permanent("bus.closed", "the consumer is closed");
  RejoinIfDue();
  if (pending_error_) return tl::unexpected(*std::exchange(pending_error_, std::nullopt));
  const SteadyTime deadline = std::chrono::steady_clock::now() + max_wait;
  while (records.size() < max_records) {
    // The first wait is the caller's; what is there already comes without waiting.
    const int wait_ms = records.empty() ? RemainingMs(deadline) : 0;
    const MessagePtr message(rd_kafka_consumer_poll(handle_->get(), wait_ms));
    if (message == nullptr) {
      // A served callback also ends a poll early.
      RejoinIfDue();
      if (!records.empty() || std::chrono::steady_clock::now() >= deadline) break;
      continue;
    }
    Result<std::optional<Delivered>> judged = Judge(*message);
    if (!judged) {
      if (records.empty()) return tl::unexpected(judged.error());
      pending_error_ = judged.error();
      break;
    }
    if (*judged) records.push_back(std::move(**judged));
  }
  return records;
}

Result<std::optional<Delivered>> KafkaConsumer::Judge(const rd_kafka_message_t& message) {
  if (message.err != RD_KAFKA_RESP_ERR_NO_ERROR) return JudgeError(message);
  TopicPartition source{rd_kafka_topic_name(message.rkt), message.partition};
  const auto found = owned_.find(source);
  if (found == owned_.end()) return std::nullopt;
  Owned& owned = found->second;
  if (owned.stopped || owned.paused || message.offset < owned.next) return std::nullopt;
  owned.next = message.offset + 1;
  return RecordOf(message, std::move(source));
}

Result<std::optional<Delivered>> KafkaConsumer::JudgeError(const rd_kafka_message_t& message) {
  if (message.rkt == nullptr || message.partition < 0) {
    // Transport faults heal by themselves and are in the log; these do not.
    const Error error = ErrorOf(message.err, "consuming");
    if (error.code == "bus.unavailable" && message.err != RD_KAFKA_RESP_ERR__FATAL) {
      return std::nullopt;
    }
    return tl::unexpected(error);
  }
  const TopicPartition source{rd_kafka_topic_name(message.rkt), message.partition};
  const auto found = owned_.find(source);
  if (found == owned_.end() || found->second.stopped) return std::nullopt;
  if (!WouldSkip(message.err)) {
    return tl::unexpected(ErrorOf(message.err, fmt::format("consuming {}", NameOf(source))));
  }
  found->second.stopped = true;
  const ListPtr list = ListOf({&source, 1});
  rd_kafka_pause_partitions(handle_->get(), list.get());
  const bool broken = message.err == RD_KAFKA_RESP_ERR__BAD_MSG ||
                      message.err == RD_KAFKA_RESP_ERR__BAD_COMPRESSION;
  return Permanent(broken ? "bus.corrupt" : "bus.offset_out_of_range",
                   fmt::format("{} is stopped at offset {}: {}", NameOf(source), found->second.next,
                               broken ? "the log is damaged" : "the log does not hold it"));
}

ListPtr KafkaConsumer::ListOf(std::span<const TopicPartition> partitions) const {
  ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(partitions.size())));
  for (const TopicPartition& source : partitions) {
    rd_kafka_topic_partition_list_add(list.get(), source.topic.c_str(), source.partition);
  }
  return list;
}

void KafkaConsumer::Pause(std::span<const TopicPartition> partitions) {
  std::vector<TopicPartition> changed;
  for (const TopicPartition& source : partitions) {
    const auto found = owned_.find(source);
    if (found == owned_.end() || std::exchange(found->second.paused, true)) continue;
    changed.push_back(source);
  }
  if (changed.empty()) return;
  rd_kafka_pause_partitions(handle_->get(), ListOf(changed).get());
}

void KafkaConsumer::Resume(std::span<const TopicPartition> partitions) {
  for (const TopicPartition& source : partitions) {
    const auto found = owned_.find(source);
    if (found == owned_.end() || !std::exchange(found->second.paused, false)) continue;
    if (found->second.stopped) continue;
    rd_kafka_resume_partitions(handle_->get(), ListOf({&source, 1}).get());
    // Records that Judge dropped while paused are behind librdkafka's position. Where it cannot be
    // put back, reading on would pass them over: nothing more is taken until a new assignment.
    if (Seek({source, found->second.next})) continue;
    found->second.stopped = true;
    leave_requested_ = true;
  }
}

Result<void> KafkaConsumer::Seek(const StartOffset& start) {
  const auto found = owned_.find(start.source);
  if (found == owned_.end() || found->second.stopped) {
    return Refused("bus.assignment", fmt::format("{} is not being read", NameOf(start.source)));
  }
  const ListPtr list = ListOf({&start.source, 1});
  list->elems[0].offset = BrokerOffset(start.next);
  const ErrorPtr failed(
      rd_kafka_seek_partitions(handle_->get(), list.get(), static_cast<int>(kSeekLimit.count())));
  rd_kafka_resp_err_t code = list->elems[0].err;
  if (failed != nullptr) code = rd_kafka_error_code(failed.get());
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
    return tl::unexpected(ErrorOf(code, fmt::format("seek in {}", NameOf(start.source))));
  }
  found->second.next = start.next;
  return {};
}

void KafkaConsumer::CommitForLagTools(std::span<const StartOffset> next) {
  const ListPtr list(rd_kafka_topic_partition_list_new(static_cast<int>(next.size())));
  for (const StartOffset& start : next) {
    if (!owned_.contains(start.source)) continue;
    rd_kafka_topic_partition_list_add(list.get(), start.source.topic.c_str(),
                                      start.source.partition)
        ->offset = start.next;
  }
  if (list->cnt > 0) rd_kafka_commit(handle_->get(), list.get(), /*async=*/1);
}

void KafkaConsumer::OnRebalance(rd_kafka_resp_err_t code,
                                rd_kafka_topic_partition_list_t* partitions) {
  if (code == RD_KAFKA_RESP_ERR__ASSIGN_PARTITIONS) return OnAssigned(*partitions);
  GiveUp(rd_kafka_assignment_lost(handle_->get()) != 0);
  rd_kafka_assign(handle_->get(), nullptr);
}

void KafkaConsumer::OnAssigned(const rd_kafka_topic_partition_list_t& partitions) {
  std::vector<TopicPartition> wanted;
  for (int at = 0; at < partitions.cnt; ++at) {
    wanted.push_back({partitions.elems[at].topic, partitions.elems[at].partition});
  }
  if (wanted.empty()) {
    rd_kafka_assign(handle_->get(), &partitions);
    return;
  }
  const Result<std::vector<StartOffset>> starts = subscribe_.handler->OnAssigned(wanted);
  if (starts && Accept(*starts, wanted)) return;
  // The assignment is answered with nothing; leaving the group follows after this callback.
  owned_.clear();
  const ListPtr none(rd_kafka_topic_partition_list_new(0));
  rd_kafka_assign(handle_->get(), none.get());
  leave_requested_ = true;
}

bool KafkaConsumer::Accept(const std::vector<StartOffset>& starts,
                           const std::vector<TopicPartition>& wanted) {
  for (const StartOffset& start : starts) {
    if (start.next >= messaging::kLogBeginning) owned_[start.source] = {start.next, false, false};
  }
  const auto answered = [&](const TopicPartition& source) { return owned_.contains(source); };
  if (owned_.size() != wanted.size() || !std::all_of(wanted.begin(), wanted.end(), answered)) {
    // The handler took them all, so it must hear of all of them.
    for (const TopicPartition& source : wanted) owned_[source] = {};
    GiveUp(/*lost=*/false);
    pending_error_ = Error{ErrorKind::kPermanent,
                           "bus.assignment",
                           {},
                           "the handler did not answer for each partition it was asked for"};
    return false;
  }
  const ListPtr list = ListOf(wanted);
  for (int at = 0; at < list->cnt; ++at) {
    list->elems[at].offset = BrokerOffset(owned_.at(wanted[static_cast<std::size_t>(at)]).next);
  }
  const rd_kafka_resp_err_t code = rd_kafka_assign(handle_->get(), list.get());
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return true;
  GiveUp(/*lost=*/false);
  pending_error_ = ErrorOf(code, "assign");
  return false;
}

void KafkaConsumer::GiveUp(bool lost) {
  if (owned_.empty()) return;
  std::vector<TopicPartition> partitions;
  std::vector<TopicPartition> paused;
  for (const auto& [source, owned] : owned_) {
    partitions.push_back(source);
    if (owned.paused || owned.stopped) paused.push_back(source);
  }
  owned_.clear();
  // librdkafka remembers a pause beyond the assignment; the next owner, maybe we, starts afresh.
  if (!paused.empty()) rd_kafka_resume_partitions(handle_->get(), ListOf(paused).get());
  subscribe_.handler->OnRevoked(partitions, lost);
}

void KafkaConsumer::Close(milliseconds timeout) {
  if (handle_ == nullptr) return;
  const SteadyTime deadline = std::chrono::steady_clock::now() + timeout;
  const QueuePtr queue(rd_kafka_queue_new(handle_->get()));
  const ErrorPtr failed(rd_kafka_consumer_close_queue(handle_->get(), queue.get()));
  while (failed == nullptr && rd_kafka_consumer_closed(handle_->get()) == 0 &&
         std::chrono::steady_clock::now() < deadline) {
    rd_kafka_queue_poll_callback(queue.get(), RemainingMs(deadline));
  }
  // Not answered in time: the group will take them at the end of the session.
  GiveUp(/*lost=*/true);
  handle_.reset();
}

}  // namespace guarantee::kafka
