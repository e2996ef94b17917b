#include "gateway/process/gateway_rpc.h"

#include <array>
#include <set>

#include "contract/flow.h"
#include "rpc/server.h"

namespace guarantee::gateway {
namespace {

// Those whose number is one of the platform's; a credit's is hashed.
constexpr std::array kKinds{contract::FlowKind::kOrder, contract::FlowKind::kGuarantee,
                            contract::FlowKind::kClaim, contract::FlowKind::kInvoice};

void AddCandidates(const rpc::v1::Selector& request, const partner::PartnerDirectory& partners,
                   rpc::v1::FindFlowsReply& reply) {
  for (const std::string& id : partners.Ids()) {
    if (!request.partner().empty() && request.partner() != id) continue;
    for (const contract::FlowKind kind : kKinds) {
      reply.add_candidates(contract::JoinFlow(id, kind, request.number()));
    }
  }
}

}  // namespace

grpc::Status GatewayRpc::FindFlows(grpc::ServerContext*, const rpc::v1::Selector* request,
                                   rpc::v1::FindFlowsReply* reply) {
  const Result<std::vector<RegisterRow>> rows =
      reader_.FindNumber(request->number(), request->partner(), *partners_);
  if (!rows) return rpc::ToStatus(rows.error());
  std::set<std::string> flows;
  for (const RegisterRow& row : *rows) flows.insert(row.flow);
  for (const std::string& flow : flows) reply->add_flows(flow);
  if (flows.empty()) AddCandidates(*request, *partners_, *reply);
  return grpc::Status::OK;
}

grpc::Status GatewayRpc::Flow(grpc::ServerContext*, const rpc::v1::FlowRequest* request,
                              rpc::v1::FlowReply* reply) {
  const Result<contract::FlowKey> key = contract::SplitFlow(request->flow());
  if (!key) return rpc::ToStatus(key.error());
  const Result<std::vector<RegisterRow>> rows =
      reader_.FindNumber(key->number, key->partner, *partners_);
  if (!rows) return rpc::ToStatus(rows.error());
  for (const RegisterRow& row : *rows) {
    if (row.flow != request->flow()) continue;
    rpc::v1::Step& step = *reply->add_steps();
    step.set_at(row.received_at.value);
    step.set_kind("request");
    step.set_section(row.key.section);
    step.set_partition(-1);
    step.set_offset(-1);
    step.set_detail("registered as " + row.key.business_no + ", event " + row.event_id +
                    (row.confirmed ? "" : ", not confirmed"));
  }
  return grpc::Status::OK;
}

}  // namespace guarantee::gateway
