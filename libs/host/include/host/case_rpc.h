// A desk over gRPC: the platform's synchronous requests, decisions as calls, look-ups, lag.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "contract/contract.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "host/write_path.h"
#include "service/task.h"

namespace guarantee::host {

// `desk` and `path`, which is started, outlive it.
class CaseRpc final : public rpc::v1::CaseService::Service {
 public:
  CaseRpc(std::shared_ptr<const contract::Contract> contract, service::Desk& desk, WritePath& path)
      : contract_(std::move(contract)), desk_(desk), path_(path) {}

  grpc::Status Answer(grpc::ServerContext* context, const rpc::v1::AnswerRequest* request,
                      rpc::v1::AnswerReply* reply) override;
  grpc::Status Decide(grpc::ServerContext* context, const rpc::v1::CaseDecision* request,
                      rpc::v1::CaseOutcome* reply) override;
  grpc::Status List(grpc::ServerContext* context, const rpc::v1::ListCasesRequest* request,
                    rpc::v1::ListCasesReply* reply) override;
  grpc::Status Show(grpc::ServerContext* context, const rpc::v1::ShowCaseRequest* request,
                    rpc::v1::Summary* reply) override;
  grpc::Status Flow(grpc::ServerContext* context, const rpc::v1::FlowRequest* request,
                    rpc::v1::FlowReply* reply) override;
  grpc::Status GetLag(grpc::ServerContext* context, const rpc::v1::LagRequest* request,
                      rpc::v1::LagReply* reply) override;

 private:
  struct Found {
    messaging::StoredRow row;
    service::CaseView view;
  };
  [[nodiscard]] Result<const service::CaseKind*> KindOf(const std::string& word) const;
  [[nodiscard]] Result<std::vector<Found>> Matches(const service::CaseKind& kind,
                                                   const rpc::v1::Selector& selector) const;
  // The one case that the selector means; refused "case.unknown" or "case.ambiguous".
  [[nodiscard]] Result<Found> FindOne(grpc::ServerContext* context, const service::CaseKind& kind,
                                      const rpc::v1::Selector& selector) const;
  // The row that a decision which opens a case will make.
  [[nodiscard]] Result<messaging::RowKey> Opened(const service::CaseKind& kind,
                                                 const rpc::v1::CaseDecision& request) const;
  // Until everything that was in the flow's partition is handled.
  [[nodiscard]] Result<void> WaitFor(grpc::ServerContext* context, const std::string& flow) const;

  const std::shared_ptr<const contract::Contract> contract_;
  service::Desk& desk_;
  WritePath& path_;
};

}  // namespace guarantee::host
