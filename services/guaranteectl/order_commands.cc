#include <fmt/format.h>

#include <charconv>

#include "base/money.h"
#include "guarantee/rpc/v1/order.grpc.pb.h"
#include "guaranteectl/client.h"
#include "guaranteectl/commands.h"

namespace guarantee::guaranteectl {
namespace {

namespace v1 = guarantee::rpc::v1;

std::string AmountText(const v1::Summary& row) { return Money{row.amount_fen()}.ToText(); }

Json RowJson(const v1::Summary& row) {
  return {{"partner", row.partner()},        {"number", row.number()},
          {"businessNo", row.business_no()}, {"state", row.state()},
          {"amount", AmountText(row)},       {"updated_at", MomentJson(row.updated_at())}};
}

Result<std::int32_t> LimitOf(const Arguments& arguments) {
  if (!arguments.Has("--limit")) return 0;
  const std::string text = arguments.Value("--limit");
  std::int32_t limit = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
  if (error != std::errc{} || end != text.data() + text.size() || limit < 1) {
    return Refused(kUsageCode, "--limit must be a number from 1");
  }
  return limit;
}

}  // namespace

Result<Report> OrderList(const Context& context, const Arguments& arguments) {
  const Result<std::int32_t> limit = LimitOf(arguments);
  if (!limit) return tl::unexpected(limit.error());
  v1::ListOrdersRequest request;
  request.set_partner(context.partner);
  request.set_limit(*limit);
  const auto reply = Call<v1::OrderService>(context.endpoints.order, "order",
                                            &v1::OrderService::Stub::List, request);
  if (!reply) return tl::unexpected(reply.error());
  Report report{Json::array(), {}, Exit::kDone, {}};
  Table table({"partner", "number", "businessNo", "state", "amount", "updated_at (UTC+8)"});
  for (const v1::Summary& row : reply->orders()) {
    report.document.push_back(RowJson(row));
    table.Add({row.partner(), row.number(), row.business_no(), row.state(), AmountText(row),
               MomentText(row.updated_at())});
  }
  report.text = table.Text();
  return report;
}

Result<Report> OrderShow(const Context& context, const Arguments& arguments) {
  v1::Selector request;
  request.set_number(arguments.positionals.front());
  request.set_partner(context.partner);
  const auto reply = Call<v1::OrderService>(context.endpoints.order, "order",
                                            &v1::OrderService::Stub::Show, request);
  if (!reply) return tl::unexpected(reply.error());
  Report report{RowJson(*reply), {}, Exit::kDone, {}};
  Table table({"field", "value"});
  for (const auto& [key, value] : report.document.items()) {
    table.Add(
        {key, key == "updated_at" ? MomentText(reply->updated_at()) : value.get<std::string>()});
  }
  for (const v1::Detail& detail : reply->details()) {
    report.document[detail.name()] = detail.value();
    table.Add({detail.name(), detail.value()});
  }
  report.text = table.Text();
  return report;
}

}  // namespace guarantee::guaranteectl
