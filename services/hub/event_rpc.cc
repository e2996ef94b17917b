#include "hub/event_rpc.h"

#include <future>

#include "rpc/server.h"

namespace guarantee::hub {
namespace {

constexpr std::chrono::milliseconds kPollWait{200};
constexpr std::chrono::milliseconds kTopicTimeout{2000};
constexpr std::chrono::milliseconds kPublishTimeout{5000};
constexpr std::size_t kRecordsMax = 100;
constexpr std::string_view kEvents = "guarantee.events.";
constexpr std::string_view kStates = "guarantee.state.";
constexpr std::string_view kDecisions = "guarantee.decisions.";
constexpr std::string_view kDeadLetters = ".dlq";

bool IsPublic(std::string_view topic) {
  return (topic.starts_with(kEvents) || topic.starts_with(kStates)) &&
         !topic.ends_with(kDeadLetters);
}

// Starts the wanted partition where the caller says; the others of the topic are not read.
class OnePartition final : public messaging::AssignmentHandler {
 public:
  OnePartition(std::int32_t partition, std::int64_t from) : partition_(partition), from_(from) {}

  Result<std::vector<messaging::StartOffset>> OnAssigned(
      std::span<const messaging::TopicPartition> partitions) override {
    std::vector<messaging::StartOffset> starts;
    for (const messaging::TopicPartition& source : partitions) {
      if (source.partition != partition_) others_.push_back(source);
      starts.push_back({source, source.partition == partition_ ? from_ : messaging::kLogBeginning});
    }
    return starts;
  }
  void OnRevoked(std::span<const messaging::TopicPartition>, bool) override {}
  [[nodiscard]] std::vector<messaging::TopicPartition> TakeOthers() {
    return std::exchange(others_, {});
  }

 private:
  const std::int32_t partition_;
  const std::int64_t from_;
  std::vector<messaging::TopicPartition> others_;
};

void Fill(const messaging::Delivered& from, rpc::v1::EventRecord& to) {
  to.set_topic(from.source.topic);
  to.set_partition(from.source.partition);
  to.set_offset(from.offset);
  to.set_key(from.key);
  for (const messaging::Header& header : from.headers) {
    (*to.mutable_headers())[header.name] = header.value;
  }
  to.set_value(from.value);
}

}  // namespace

grpc::Status EventRpc::Subscribe(grpc::ServerContext* context,
                                 const rpc::v1::SubscribeRequest* request,
                                 grpc::ServerWriter<rpc::v1::EventRecord>* writer) {
  if (!IsPublic(request->topic())) {
    return {grpc::StatusCode::PERMISSION_DENIED, request->topic() + " is not a public topic"};
  }
  const Result<std::int32_t> partitions = bus_.PartitionCount(request->topic(), kTopicTimeout);
  if (!partitions) return rpc::ToStatus(partitions.error());
  if (request->partition() < 0 || request->partition() >= *partitions) {
    return {grpc::StatusCode::OUT_OF_RANGE, "there is no such partition"};
  }
  OnePartition handler(request->partition(), request->from_offset());
  auto consumer =
      bus_.Subscribe({"stream-" + std::to_string(++streams_), {request->topic()}, &handler});
  if (!consumer) return rpc::ToStatus(consumer.error());
  while (!stopping_ && !context->IsCancelled()) {
    const auto records = (*consumer)->Poll(kPollWait, kRecordsMax);
    if (const auto others = handler.TakeOthers(); !others.empty()) (*consumer)->Pause(others);
    if (!records) return rpc::ToStatus(records.error());
    for (const messaging::Delivered& record : *records) {
      if (record.source.partition != request->partition()) continue;
      rpc::v1::EventRecord out;
      Fill(record, out);
      if (!writer->Write(out)) return {grpc::StatusCode::CANCELLED, "the subscriber went away"};
    }
  }
  return {grpc::StatusCode::UNAVAILABLE, "the hub is stopping"};
}

grpc::Status EventRpc::Publish(grpc::ServerContext* context, const rpc::v1::EventRecord* request,
                               rpc::v1::PublishReply* reply) {
  const std::string_view topic = request->topic();
  if (!topic.starts_with(kDecisions) || topic.ends_with(kDeadLetters)) {
    return {grpc::StatusCode::PERMISSION_DENIED, request->topic() + " is not a decisions topic"};
  }
  messaging::Record record;
  record.topic = request->topic();
  record.key = request->key();
  for (const auto& [name, value] : request->headers()) record.headers.push_back({name, value});
  record.value = request->value();
  // Shared with the report, which may come after this call has given up.
  const auto promise = std::make_shared<std::promise<Result<messaging::Position>>>();
  auto reported = promise->get_future();
  bus_.producer().Publish(std::move(record), [promise](Result<messaging::Position> position) {
    promise->set_value(std::move(position));
  });
  if (reported.wait_for(rpc::Remaining(*context, kPublishTimeout)) != std::future_status::ready) {
    return {grpc::StatusCode::DEADLINE_EXCEEDED, "not durable in time; it may be yet"};
  }
  const Result<messaging::Position> position = reported.get();
  if (!position) return rpc::ToStatus(position.error());
  reply->set_partition(position->partition);
  reply->set_offset(position->offset);
  return grpc::Status::OK;
}

}  // namespace guarantee::hub
