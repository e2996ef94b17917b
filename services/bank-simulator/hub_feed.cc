#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

#include "bank-simulator/feed.h"
#include "guarantee/rpc/v1/events.grpc.pb.h"
#include "rpc/server.h"
#include "runtime/service.h"

namespace guarantee::bank_simulator {
namespace {

namespace v1 = guarantee::rpc::v1;
using messaging::Delivered;

// A stream that has lasted this long is opened anew: none may hang for ever unnoticed.
constexpr std::chrono::minutes kStreamLength{10};

// gRPC's own pauses between two connects grow to minutes; a hub that starts is back sooner.
constexpr int kReconnectLeastMs = 100;
constexpr int kReconnectMostMs = 1'000;

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(rpc::kMessageBytesMax);
  arguments.SetInt(GRPC_ARG_INITIAL_RECONNECT_BACKOFF_MS, kReconnectLeastMs);
  arguments.SetInt(GRPC_ARG_MIN_RECONNECT_BACKOFF_MS, kReconnectLeastMs);
  arguments.SetInt(GRPC_ARG_MAX_RECONNECT_BACKOFF_MS, kReconnectMostMs);
  return grpc::CreateCustomChannel(address, grpc::InsecureChannelCredentials(), arguments);
}

Delivered ToDelivered(const v1::EventRecord& record) {
  Delivered event;
  event.source = {record.topic(), record.partition()};
  event.offset = record.offset();
  event.key = record.key();
  event.value = record.value();
  for (const auto& [name, value] : record.headers()) event.headers.push_back({name, value});
  return event;
}

v1::EventRecord ToRpc(const messaging::Record& record) {
  v1::EventRecord out;
  out.set_topic(record.topic);
  out.set_key(record.key);
  out.set_value(record.value);
  for (const messaging::Header& header : record.headers) {
    (*out.mutable_headers())[header.name] = header.value;
  }
  return out;
}

// One partition's stream, on a thread of its own.
class Stream {
 public:
  Stream(std::shared_ptr<grpc::Channel> channel, messaging::TopicPartition source, const Desk& desk,
         Positions& positions)
      : channel_(std::move(channel)),
        stub_(v1::EventService::NewStub(channel_)),
        source_(std::move(source)),
        desk_(desk),
        positions_(positions),
        thread_([this](const std::stop_token& stop) { Run(stop); }) {}

  ~Stream() {
    thread_.request_stop();
    const std::lock_guard lock(mutex_);
    for (grpc::ClientContext* call : calls_) call->TryCancel();
  }

  std::string Trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
  }

 private:
  // A call as long as it may be cut by a stop; one begun after the stop ends at once.
  class OpenCall {
   public:
    OpenCall(Stream& stream, grpc::ClientContext& context, const std::stop_token& stop)
        : stream_(stream) {
      const std::lock_guard lock(stream_.mutex_);
      stream_.calls_.push_back(&context);
      if (stop.stop_requested()) context.TryCancel();
    }
    OpenCall(const OpenCall&) = delete;
    OpenCall& operator=(const OpenCall&) = delete;
    ~OpenCall() {
      const std::lock_guard lock(stream_.mutex_);
      stream_.calls_.pop_back();  // calls of one thread end in the reverse order
    }

   private:
    Stream& stream_;
  };

  void Run(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const Result<void> read = ReadStream(stop);
      if (stop.stop_requested()) return;
      if (!read) Report(Describe(read.error()));
      Pause(stop);
    }
  }

  Result<void> ReadStream(const std::stop_token& stop) {
    // A stream without events says nothing at all, so the connection itself is looked at.
    if (!channel_->WaitForConnected(std::chrono::system_clock::now() + kRetryPause)) {
      return Retryable("hub.unreachable", "the hub does not answer");
    }
    Recovered();
    v1::SubscribeRequest request;
    request.set_topic(source_.topic);
    request.set_partition(source_.partition);
    request.set_from_offset(positions_.Next(source_));
    grpc::ClientContext context;
    rpc::SetDeadline(context, kStreamLength);
    const OpenCall open(*this, context, stop);
    const auto reader = stub_->Subscribe(&context, request);
    v1::EventRecord record;
    Result<void> handled;
    while (handled && reader->Read(&record)) handled = Handle(ToDelivered(record), stop);
    if (!handled) context.TryCancel();
    const grpc::Status status = reader->Finish();
    if (!handled) return handled;
    // The deadline is our own doing.
    if (status.ok() || status.error_code() == grpc::StatusCode::DEADLINE_EXCEEDED) return {};
    return tl::unexpected(rpc::ToError(status));
  }

  Result<void> Handle(const Delivered& event, const std::stop_token& stop) {
    const std::optional<messaging::Record> decision = AnswerOnce(desk_, positions_, event);
    if (decision) {
      if (Result<void> published = Publish(*decision, stop); !published) return published;
    }
    positions_.Remember(std::string(event.FindHeader("ce_id")));
    return positions_.Advance(source_, event.offset + 1);
  }

  // What the hub refuses for good is logged and passed over, or nothing behind it would be read.
  Result<void> Publish(const messaging::Record& decision, const std::stop_token& stop) {
    grpc::ClientContext context;
    rpc::SetDeadline(context, kPublishTimeout);
    const OpenCall open(*this, context, stop);
    v1::PublishReply reply;
    const grpc::Status status = stub_->Publish(&context, ToRpc(decision), &reply);
    if (status.ok()) return {};
    const Error error = rpc::ToError(status);
    if (error.kind == ErrorKind::kRetryable) return tl::unexpected(error);
    runtime::Log(runtime::Level::kError, "bank", "a decision was refused: " + Describe(error));
    return {};
  }

  void Pause(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, stop, kRetryPause, [] { return false; });
  }

  // Logged once, however often it is met again.
  void Report(const std::string& error) {
    const std::string trouble = fmt::format("{}/{}: {}", source_.topic, source_.partition, error);
    const std::lock_guard lock(mutex_);
    if (trouble_ != trouble) runtime::Log(runtime::Level::kWarning, "bank", trouble);
    trouble_ = trouble;
  }
  void Recovered() {
    const std::lock_guard lock(mutex_);
    trouble_.clear();
  }

  const std::shared_ptr<grpc::Channel> channel_;
  const std::unique_ptr<v1::EventService::Stub> stub_;
  const messaging::TopicPartition source_;
  const Desk& desk_;
  Positions& positions_;
  mutable std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<grpc::ClientContext*> calls_;  // what a stop has to cut
  std::string trouble_ = "not connected yet";
  std::jthread thread_;  // last: it uses everything above
};

class HubFeed final : public Feed {
 public:
  HubFeed(const BankOptions& options, const Desk& desk, Positions& positions)
      : channel_(Connect(options.hub_rpc)) {
    for (const char* topic : kEventsTopics) {
      for (std::int32_t partition = 0; partition < options.hub_partitions; ++partition) {
        streams_.push_back(std::make_unique<Stream>(
            channel_, messaging::TopicPartition{topic, partition}, desk, positions));
      }
    }
  }

  runtime::Reasons Troubles() const override {
    runtime::Reasons reasons;
    for (const auto& stream : streams_) {
      if (std::string trouble = stream->Trouble(); !trouble.empty()) {
        reasons.push_back(std::move(trouble));
      }
    }
    return reasons;
  }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::vector<std::unique_ptr<Stream>> streams_;
};

}  // namespace

Result<std::unique_ptr<Feed>> StartHubFeed(const BankOptions& options, const Desk& desk,
                                           Positions& positions) {
  return std::make_unique<HubFeed>(options, desk, positions);
}

}  // namespace guarantee::bank_simulator
