#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <condition_variable>
#include <filesystem>
#include <mutex>

#include "bank-simulator/feed.h"
#include "guarantee/event/v1/order.pb.h"
#include "guarantee/rpc/v1/events.grpc.pb.h"
#include "messaging/event.h"

namespace guarantee::bank_simulator {
namespace {

namespace v1 = guarantee::rpc::v1;

constexpr std::chrono::seconds kDeadline{20};

// A hub with one event on one partition; the first decision that comes is not taken.
class ScriptedHub final : public v1::EventService::Service {
 public:
  grpc::Status Subscribe(grpc::ServerContext* context, const v1::SubscribeRequest* request,
                         grpc::ServerWriter<v1::EventRecord>* writer) override {
    if (request->from_offset() < 1 && request->topic() == kEventsTopics.front()) {
      writer->Write(Event());
    }
    std::unique_lock lock(mutex_);
    subscribed_from_.push_back(request->from_offset());
    changed_.notify_all();
    while (!context->IsCancelled()) changed_.wait_for(lock, std::chrono::milliseconds(20));
    return grpc::Status::CANCELLED;
  }
  grpc::Status Publish(grpc::ServerContext*, const v1::EventRecord* record,
                       v1::PublishReply*) override {
    const std::lock_guard lock(mutex_);
    published_.push_back(*record);
    changed_.notify_all();
    if (published_.size() == 1) return {grpc::StatusCode::UNAVAILABLE, "not now"};
    return grpc::Status::OK;
  }
  bool WaitForPublished(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, kDeadline, [&] { return published_.size() >= count; });
  }
  std::vector<v1::EventRecord> published() {
    const std::lock_guard lock(mutex_);
    return published_;
  }

 private:
  static v1::EventRecord Event() {
    event::v1::OrderAccepted accepted;
    accepted.mutable_order()->set_state("accepted");
    accepted.set_amount_fen(1);
    messaging::Envelope envelope;
    envelope.id = "e-1";
    envelope.type = event::v1::OrderAccepted::descriptor()->full_name();
    envelope.partner = "demo";
    envelope.flow = "demo/order/T1";
    envelope.time = {1'700'000'000'000};
    v1::EventRecord record;
    record.set_topic(kEventsTopics.front());
    record.set_key(envelope.flow);
    for (const auto& header : messaging::MakeRecord(envelope, kEventsTopics.front(), {}).headers) {
      (*record.mutable_headers())[header.name] = header.value;
    }
    record.set_value(accepted.SerializeAsString());
    return record;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<v1::EventRecord> published_;
  std::vector<std::int64_t> subscribed_from_;
};

TEST(HubFeed, DecidesAgainWhatWasNotTakenAndEndsWhenAsked) {
  ScriptedHub hub;
  grpc::ServerBuilder builder;
  int port = 0;
  builder.AddListeningPort("127.0.0.1:0", grpc::InsecureServerCredentials(), &port);
  builder.RegisterService(&hub);
  const auto server = builder.BuildAndStart();
  const std::filesystem::path file =
      std::filesystem::temp_directory_path() / ("hub-feed." + std::to_string(getpid()));
  {
    const Desk desk({Money{100}, "payer", "62", "%PDF-", "%PDF-", Money{100}, 365, "-W"});
    auto positions = Positions::Load(file.string());
    ASSERT_TRUE(positions);
    BankOptions options;
    options.hub_rpc = "127.0.0.1:" + std::to_string(port);
    auto feed = StartHubFeed(options, desk, **positions);
    ASSERT_TRUE(feed);
    ASSERT_TRUE(hub.WaitForPublished(2));
  }
  const auto published = hub.published();
  EXPECT_EQ(published[0].value(), published[1].value());
  EXPECT_EQ(published[0].topic(), "guarantee.decisions.order.v1");
  EXPECT_EQ(published[0].key(), "demo/order/T1");
  server->Shutdown(std::chrono::system_clock::now() + kDeadline);
  std::filesystem::remove(file);
}

}  // namespace
}  // namespace guarantee::bank_simulator
