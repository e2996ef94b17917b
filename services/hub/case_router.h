// One CaseService for the four: a server can have only one of a name.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "contract/contract.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"

namespace guarantee::hub {

// Hands each call to the service whose it is: requests by their section, decisions and look-ups by
// the kind of case. Flows and lag are those of all, or of none. Thread-safe.
class CaseRouter final : public rpc::v1::CaseService::Service {
 public:
  struct Target {
    std::string service;                             // the contract's word
    std::vector<std::string> kinds;                  // of cases
    rpc::v1::CaseService::Service* cases = nullptr;  // outlives the router
  };
  CaseRouter(std::shared_ptr<const contract::Contract> contract, std::vector<Target> targets)
      : contract_(std::move(contract)), targets_(std::move(targets)) {}

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
  using Cases = rpc::v1::CaseService::Service;

  // Null where there is none.
  [[nodiscard]] Cases* Of(const std::string& service) const;
  [[nodiscard]] Cases* OfKind(const std::string& kind) const;

  const std::shared_ptr<const contract::Contract> contract_;
  const std::vector<Target> targets_;
};

}  // namespace guarantee::hub
