#include "hub/case_router.h"

#include <algorithm>

#include "rpc/server.h"
#include "rpc/steps.h"

namespace guarantee::hub {
namespace {

namespace v1 = guarantee::rpc::v1;

grpc::Status Nobody(std::string field, const std::string& what) {
  return rpc::ToStatus({ErrorKind::kRefused, "case.service", std::move(field),
                        "no service of this process has " + what});
}

}  // namespace

CaseRouter::Cases* CaseRouter::Of(const std::string& service) const {
  for (const Target& target : targets_) {
    if (target.service == service) return target.cases;
  }
  return nullptr;
}

CaseRouter::Cases* CaseRouter::OfKind(const std::string& kind) const {
  for (const Target& target : targets_) {
    if (std::find(target.kinds.begin(), target.kinds.end(), kind) != target.kinds.end()) {
      return target.cases;
    }
  }
  return nullptr;
}

grpc::Status CaseRouter::Answer(grpc::ServerContext* context, const v1::AnswerRequest* request,
                                v1::AnswerReply* reply) {
  const contract::Interface* interface = contract_->FindSection(request->section());
  Cases* cases = interface == nullptr ? nullptr : Of(interface->service);
  if (cases == nullptr) return Nobody("section", "section " + request->section());
  return cases->Answer(context, request, reply);
}

grpc::Status CaseRouter::Decide(grpc::ServerContext* context, const v1::CaseDecision* request,
                                v1::CaseOutcome* reply) {
  Cases* cases = OfKind(request->kind());
  if (cases == nullptr) return Nobody("kind", "the kind " + request->kind());
  return cases->Decide(context, request, reply);
}

grpc::Status CaseRouter::List(grpc::ServerContext* context, const v1::ListCasesRequest* request,
                              v1::ListCasesReply* reply) {
  Cases* cases = OfKind(request->kind());
  if (cases == nullptr) return Nobody("kind", "the kind " + request->kind());
  return cases->List(context, request, reply);
}

grpc::Status CaseRouter::Show(grpc::ServerContext* context, const v1::ShowCaseRequest* request,
                              v1::Summary* reply) {
  Cases* cases = OfKind(request->kind());
  if (cases == nullptr) return Nobody("kind", "the kind " + request->kind());
  return cases->Show(context, request, reply);
}

// A service may have written into a flow of another's.
grpc::Status CaseRouter::Flow(grpc::ServerContext* context, const v1::FlowRequest* request,
                              v1::FlowReply* reply) {
  for (const Target& target : targets_) {
    v1::FlowReply part;
    if (grpc::Status asked = target.cases->Flow(context, request, &part); !asked.ok()) {
      return asked;
    }
    reply->MergeFrom(part);
  }
  rpc::SortSteps(*reply);
  return grpc::Status::OK;
}

grpc::Status CaseRouter::GetLag(grpc::ServerContext* context, const v1::LagRequest* request,
                                v1::LagReply* reply) {
  for (const Target& target : targets_) {
    v1::LagReply part;
    if (grpc::Status asked = target.cases->GetLag(context, request, &part); !asked.ok()) {
      return asked;
    }
    reply->MergeFrom(part);
  }
  return grpc::Status::OK;
}

}  // namespace guarantee::hub
