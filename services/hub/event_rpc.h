// Public topics over gRPC, for subscribers of a hub that has no Kafka: the same records with the
// same headers, and decisions back.
#pragma once

#include <atomic>

#include "guarantee/rpc/v1/events.grpc.pb.h"
#include "messaging/bus.h"

namespace guarantee::hub {

class EventRpc final : public rpc::v1::EventService::Service {
 public:
  explicit EventRpc(messaging::Bus& bus) : bus_(bus) {}

  // Ends the streams; calls that come later are refused.
  void Stop() { stopping_ = true; }

  grpc::Status Subscribe(grpc::ServerContext* context, const rpc::v1::SubscribeRequest* request,
                         grpc::ServerWriter<rpc::v1::EventRecord>* writer) override;
  grpc::Status Publish(grpc::ServerContext* context, const rpc::v1::EventRecord* request,
                       rpc::v1::PublishReply* reply) override;

 private:
  messaging::Bus& bus_;
  std::atomic<bool> stopping_{false};
  std::atomic<std::uint64_t> streams_{0};
};

}  // namespace guarantee::hub
