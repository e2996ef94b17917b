#include "gateway/process/gateway_rpc.h"

#include <set>

#include "contract/flow.h"
#include "rpc/server.h"

namespace guarantee::gateway {

grpc::Status GatewayRpc::FindFlows(grpc::ServerContext*, const rpc::v1::Selector* request,
                                   rpc::v1::FindFlowsReply* reply) {
  const Result<std::vector<RegisterRow>> rows =
      reader_.FindNumber(request->number(), request->partner(), *partners_);
  if (!rows) return rpc::ToStatus(rows.error());
  std::set<std::string> flows;
  for (const RegisterRow& row : *rows) flows.insert(row.flow);
  for (const std::string& flow : flows) reply->add_flows(flow);
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
