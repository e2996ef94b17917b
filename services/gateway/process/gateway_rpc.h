// The register over gRPC, for operators.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "gateway/register/reader.h"
#include "guarantee/rpc/v1/gateway.grpc.pb.h"
#include "partner/directory.h"

namespace guarantee::gateway {

class GatewayRpc final : public rpc::v1::GatewayService::Service {
 public:
  GatewayRpc(RegisterReader reader, std::shared_ptr<const partner::PartnerDirectory> partners)
      : reader_(reader), partners_(std::move(partners)) {}

  grpc::Status FindFlows(grpc::ServerContext* context, const rpc::v1::Selector* request,
                         rpc::v1::FindFlowsReply* reply) override;
  grpc::Status Flow(grpc::ServerContext* context, const rpc::v1::FlowRequest* request,
                    rpc::v1::FlowReply* reply) override;

 private:
  const RegisterReader reader_;
  const std::shared_ptr<const partner::PartnerDirectory> partners_;
};

}  // namespace guarantee::gateway
