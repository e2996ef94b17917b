#include "guarantee/rpc/v1/order.grpc.pb.h"
#include "guaranteectl/case_calls.h"
#include "guaranteectl/client.h"
#include "guaranteectl/commands.h"

namespace guarantee::guaranteectl {

namespace v1 = guarantee::rpc::v1;

Result<Report> OrderList(const Context& context, const Arguments& arguments) {
  const Result<std::int32_t> limit = LimitOf(arguments);
  if (!limit) return tl::unexpected(limit.error());
  v1::ListOrdersRequest request;
  request.set_partner(context.partner);
  request.set_limit(*limit);
  const auto reply = Call<v1::OrderService>(context.endpoints.tls_folder, context.endpoints.order,
                                            "order", &v1::OrderService::Stub::List, request);
  if (!reply) return tl::unexpected(reply.error());
  return ListReport(reply->orders());
}

Result<v1::Summary> ShowOrder(const Context& context, const std::string& number) {
  v1::Selector request;
  request.set_number(number);
  request.set_partner(context.partner);
  return Call<v1::OrderService>(context.endpoints.tls_folder, context.endpoints.order, "order",
                                &v1::OrderService::Stub::Show, request);
}

Result<Report> OrderShow(const Context& context, const Arguments& arguments) {
  const auto reply = ShowOrder(context, arguments.positionals.front());
  if (!reply) return tl::unexpected(reply.error());
  return ShowReport(*reply);
}

}  // namespace guarantee::guaranteectl
