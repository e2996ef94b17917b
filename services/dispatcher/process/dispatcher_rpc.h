// Notices, their attempts and the dispatcher's lag over gRPC, for operators.
#pragma once

#include "dispatcher/wiring.h"
#include "guarantee/rpc/v1/dispatcher.grpc.pb.h"
#include "messaging/lag.h"

namespace guarantee::dispatcher {

class DispatcherRpc final : public rpc::v1::DispatcherService::Service {
 public:
  // Both outlive the service.
  DispatcherRpc(Dispatcher& dispatcher, messaging::LagMeter& lag)
      : dispatcher_(dispatcher), lag_(lag) {}

  grpc::Status ListNotices(grpc::ServerContext* context, const rpc::v1::ListNoticesRequest* request,
                           rpc::v1::ListNoticesReply* reply) override;
  grpc::Status RetryNotice(grpc::ServerContext* context, const rpc::v1::RetryNoticeRequest* request,
                           rpc::v1::RetryNoticeReply* reply) override;
  grpc::Status Flow(grpc::ServerContext* context, const rpc::v1::FlowRequest* request,
                    rpc::v1::FlowReply* reply) override;
  grpc::Status GetLag(grpc::ServerContext* context, const rpc::v1::LagRequest* request,
                      rpc::v1::LagReply* reply) override;

 private:
  Dispatcher& dispatcher_;
  messaging::LagMeter& lag_;
};

}  // namespace guarantee::dispatcher
