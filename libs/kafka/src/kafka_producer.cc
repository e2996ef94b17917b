#include "kafka_producer.h"

#include <fmt/format.h>

#include <algorithm>

#include "kafka_settings.h"

namespace guarantee::kafka {
namespace {

// A poll is cut short by any report or error; this bounds how long a deferred report waits.
constexpr int kPollMs = 20;
// How long a dead producer may take to say what became of its records.
constexpr milliseconds kRetireLimit{2000};
constexpr milliseconds kStopLimit{5000};

std::size_t SizeOf(const messaging::Record& record) {
  std::size_t bytes = record.value.size();
  for (const messaging::Header& header : record.headers) {
    bytes += header.name.size() + header.value.size();
  }
  return bytes;
}

rd_kafka_headers_t* HeadersOf(const messaging::Record& record) {
  if (record.headers.empty()) return nullptr;
  rd_kafka_headers_t* headers = rd_kafka_headers_new(record.headers.size());
  for (const messaging::Header& header : record.headers) {
    rd_kafka_header_add(headers, header.name.data(), static_cast<ssize_t>(header.name.size()),
                        header.value.data(), static_cast<ssize_t>(header.value.size()));
  }
  return headers;
}

// Only what surely is on no broker may be called permanent.
Error DeliveryError(const rd_kafka_message_t& message) {
  Error error = ErrorOf(message.err, "the record was not confirmed");
  if (rd_kafka_message_status(&message) != RD_KAFKA_MSG_STATUS_NOT_PERSISTED) {
    error.kind = ErrorKind::kRetryable;
    error.code = "bus.unavailable";
  }
  return error;
}

}  // namespace

Result<std::unique_ptr<KafkaProducer>> KafkaProducer::Make(const KafkaOptions& options) {
  std::unique_ptr<KafkaProducer> producer(new KafkaProducer(options));
  Result<std::shared_ptr<Generation>> first = producer->MakeGeneration();
  if (!first) return tl::unexpected(first.error());
  producer->current_ = std::move(*first);
  producer->thread_ = std::thread([raw = producer.get()] { raw->Serve(); });
  return producer;
}

KafkaProducer::~KafkaProducer() {
  if (!thread_.joinable()) return;
  Drain(std::min(options_.message_timeout, kStopLimit));
  stopping_ = true;
  thread_.join();
  rd_kafka_purge(current_->handle->get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  rd_kafka_poll(current_->handle->get(), 0);
  Abandon(*current_);
  for (const auto& generation : retired_) Abandon(*generation);
  ReportDeferred();
}

Result<std::shared_ptr<KafkaProducer::Generation>> KafkaProducer::MakeGeneration() {
  auto generation = std::make_shared<Generation>();
  auto callbacks = std::make_shared<KafkaCallbacks>();
  callbacks->log = options_.log;
  callbacks->delivered = [this, raw = generation.get()](const rd_kafka_message_t& message) {
    Delivered(*raw, message);
  };
  callbacks->failed = [raw = generation.get()](rd_kafka_resp_err_t code) {
    if (code == RD_KAFKA_RESP_ERR__FATAL) raw->dead = true;
  };
  Result<ConfPtr> conf = ProducerSettings(options_);
  if (!conf) return tl::unexpected(conf.error());
  Result<std::unique_ptr<KafkaHandle>> handle =
      KafkaHandle::Make(RD_KAFKA_PRODUCER, std::move(*conf), std::move(callbacks));
  if (!handle) return tl::unexpected(handle.error());
  generation->handle = std::move(*handle);
  return generation;
}

std::shared_ptr<KafkaProducer::Generation> KafkaProducer::Current() {
  const std::lock_guard lock(mutex_);
  return current_;
}

void KafkaProducer::Publish(messaging::Record record, messaging::PublishReport report) {
  {
    const std::lock_guard lock(mutex_);
    ++open_;
  }
  if (SizeOf(record) > messaging::kRecordBytesMax) {
    return Defer(std::move(report), {ErrorKind::kPermanent,
                                     "bus.too_large",
                                     {},
                                     "value and headers exceed the limit of a record"});
  }
  const std::shared_ptr<Generation> generation = Current();
  auto pending = std::make_unique<Pending>(Pending{std::move(report)});
  {
    const std::lock_guard lock(generation->mutex);
    generation->pending.insert(pending.get());
  }
  Pending* raw = pending.release();
  const rd_kafka_resp_err_t code = Produce(*generation, record, raw);
  if (code == RD_KAFKA_RESP_ERR_NO_ERROR) return;
  if (code == RD_KAFKA_RESP_ERR__FATAL) generation->dead = true;
  if (std::unique_ptr<Pending> own = Take(*generation, raw); own != nullptr) {
    Defer(std::move(own->report), ErrorOf(code, "the record was not taken"));
  }
}

rd_kafka_resp_err_t KafkaProducer::Produce(Generation& generation, const messaging::Record& record,
                                           Pending* pending) {
  rd_kafka_headers_t* headers = HeadersOf(record);
  // librdkafka copies from it but asks for a pointer that is not const.
  auto* value = const_cast<char*>(record.value.data());
  auto* key = const_cast<char*>(record.key.data());
  // The list form of this call frees headers twice in 2.0.2 when it fails. Its argument types are
  // spelled out, as the macros for them cast in C's way.
  const rd_kafka_resp_err_t code = rd_kafka_producev(
      generation.handle->get(), RD_KAFKA_VTYPE_TOPIC, record.topic.c_str(), RD_KAFKA_VTYPE_MSGFLAGS,
      int{RD_KAFKA_MSG_F_COPY}, RD_KAFKA_VTYPE_KEY, key, record.key.size(), RD_KAFKA_VTYPE_VALUE,
      value, record.value.size(), RD_KAFKA_VTYPE_OPAQUE, pending,
      headers == nullptr ? RD_KAFKA_VTYPE_END : RD_KAFKA_VTYPE_HEADERS, headers,
      RD_KAFKA_VTYPE_END);
  if (code != RD_KAFKA_RESP_ERR_NO_ERROR && headers != nullptr) rd_kafka_headers_destroy(headers);
  return code;
}

void KafkaProducer::Delivered(Generation& generation, const rd_kafka_message_t& message) {
  std::unique_ptr<Pending> pending = Take(generation, message._private);
  if (pending == nullptr) return;
  if (message.err == RD_KAFKA_RESP_ERR_NO_ERROR) {
    return Finish(std::move(pending->report),
                  messaging::Position{message.partition, message.offset});
  }
  Finish(std::move(pending->report), tl::unexpected(DeliveryError(message)));
}

// Whoever takes it out of the set owns it: so a report is made once, whatever races.
std::unique_ptr<KafkaProducer::Pending> KafkaProducer::Take(Generation& generation, void* opaque) {
  auto* pending = static_cast<Pending*>(opaque);
  const std::lock_guard lock(generation.mutex);
  if (generation.pending.erase(pending) == 0) return nullptr;
  return std::unique_ptr<Pending>(pending);
}

void KafkaProducer::Finish(messaging::PublishReport report, Result<messaging::Position> result) {
  report(std::move(result));
  const std::lock_guard lock(mutex_);
  --open_;
  if (open_ == 0) changed_.notify_all();
}

void KafkaProducer::Defer(messaging::PublishReport report, Error error) {
  const std::lock_guard lock(mutex_);
  deferred_.push_back({std::move(report), std::move(error)});
}

bool KafkaProducer::Drain(milliseconds timeout) {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, timeout, [&] { return open_ == 0; });
}

Result<void> KafkaProducer::WarmUp(std::span<const std::string> topics, milliseconds timeout) {
  const SteadyTime deadline = std::chrono::steady_clock::now() + timeout;
  const std::shared_ptr<Generation> generation = Current();
  for (const std::string& topic : topics) {
    rd_kafka_t* client = generation->handle->get();
    TopicPtr handle(rd_kafka_topic_new(client, topic.c_str(), nullptr));
    const rd_kafka_metadata_t* metadata = nullptr;
    const rd_kafka_resp_err_t code =
        rd_kafka_metadata(client, 0, handle.get(), &metadata, RemainingMs(deadline));
    if (code != RD_KAFKA_RESP_ERR_NO_ERROR) {
      return tl::unexpected(ErrorOf(code, fmt::format("metadata of {}", topic)));
    }
    rd_kafka_metadata_destroy(metadata);
    const std::lock_guard lock(mutex_);
    generation->topics.push_back(std::move(handle));
    warm_topics_.insert(topic);
  }
  return {};
}

void KafkaProducer::Serve() {
  while (!stopping_) {
    rd_kafka_poll(Current()->handle->get(), kPollMs);
    ReportDeferred();
    ReplaceIfDead();
    ServeRetired();
  }
}

void KafkaProducer::ReportDeferred() {
  std::deque<Deferred> due;
  {
    const std::lock_guard lock(mutex_);
    due.swap(deferred_);
  }
  for (Deferred& deferred : due) {
    Finish(std::move(deferred.report), tl::unexpected(std::move(deferred.error)));
  }
}

void KafkaProducer::ReplaceIfDead() {
  std::shared_ptr<Generation> dead = Current();
  if (!dead->dead) return;
  Result<std::shared_ptr<Generation>> made = MakeGeneration();
  if (!made) return;  // tried again at the next poll; until then Publish reports retryable
  {
    const std::lock_guard lock(mutex_);
    for (const std::string& topic : warm_topics_) {
      // Asks for the metadata in the background.
      (*made)->topics.emplace_back(
          rd_kafka_topic_new((*made)->handle->get(), topic.c_str(), nullptr));
    }
    current_ = std::move(*made);
  }
  rd_kafka_purge(dead->handle->get(), RD_KAFKA_PURGE_F_QUEUE | RD_KAFKA_PURGE_F_INFLIGHT);
  dead->retire_until = std::chrono::steady_clock::now() + kRetireLimit;
  retired_.push_back(std::move(dead));
}

void KafkaProducer::ServeRetired() {
  std::erase_if(retired_, [&](const std::shared_ptr<Generation>& generation) {
    rd_kafka_poll(generation->handle->get(), 0);
    bool empty = false;
    {
      const std::lock_guard lock(generation->mutex);
      empty = generation->pending.empty();
    }
    // A Publish that took this generation just before it was replaced still holds it.
    const bool over = std::chrono::steady_clock::now() > generation->retire_until;
    if ((!empty && !over) || generation.use_count() > 1) return false;
    Abandon(*generation);
    return true;
  });
}

void KafkaProducer::Abandon(Generation& generation) {
  std::unordered_set<Pending*> left;
  {
    const std::lock_guard lock(generation.mutex);
    left.swap(generation.pending);
  }
  for (Pending* pending : left) {
    const std::unique_ptr<Pending> own(pending);
    Finish(std::move(own->report),
           Retryable("bus.unavailable", "the producer was given up; the record may be written"));
  }
  generation.topics.clear();
}

}  // namespace guarantee::kafka
