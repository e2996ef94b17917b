#include "guaranteectl/case_calls.h"

#include <charconv>

#include "base/money.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "guaranteectl/client.h"
#include "guaranteectl/decision_parts.h"

namespace guarantee::guaranteectl {
namespace {

namespace v1 = guarantee::rpc::v1;

template <typename Request, typename Reply>
Result<Reply> CallCases(const Context& context, const std::string& kind,
                        grpc::Status (v1::CaseService::Stub::*method)(grpc::ClientContext*,
                                                                      const Request&, Reply*),
                        const Request& request) {
  const std::string service = ServiceOf(kind);
  return Call<v1::CaseService>(context.endpoints.tls_folder, *CasesAt(context.endpoints, service),
                               service.c_str(), method, request);
}

std::string AmountText(const v1::Summary& row) { return Money{row.amount_fen()}.ToText(); }

}  // namespace

std::string ServiceOf(const std::string& kind) {
  return kind == "credit" || kind == "claim" || kind == "invoice" ? kind : "order";
}

Json SummaryJson(const v1::Summary& row) {
  return {{"partner", row.partner()},        {"number", row.number()},
          {"businessNo", row.business_no()}, {"state", row.state()},
          {"amount", AmountText(row)},       {"updated_at", MomentJson(row.updated_at())}};
}

Report ListReport(const google::protobuf::RepeatedPtrField<v1::Summary>& rows) {
  Report report{Json::array(), {}, Exit::kDone, {}};
  Table table({"partner", "number", "businessNo", "state", "amount", "updated_at (UTC+8)"});
  for (const v1::Summary& row : rows) {
    report.document.push_back(SummaryJson(row));
    table.Add({row.partner(), row.number(), row.business_no(), row.state(), AmountText(row),
               MomentText(row.updated_at())});
  }
  report.text = table.Text();
  return report;
}

Report ShowReport(const v1::Summary& row) {
  Report report{SummaryJson(row), {}, Exit::kDone, {}};
  Table table({"field", "value"});
  for (const auto& [key, value] : report.document.items()) {
    table.Add({key, key == "updated_at" ? MomentText(row.updated_at()) : value.get<std::string>()});
  }
  for (const v1::Detail& detail : row.details()) {
    if (report.document.contains(detail.name())) continue;
    report.document[detail.name()] = detail.value();
    table.Add({detail.name(), detail.value()});
  }
  report.text = table.Text();
  return report;
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

bool IsReachable(const Context& context, const std::string& kind) {
  return !CasesAt(context.endpoints, ServiceOf(kind))->empty();
}

Result<v1::Summary> ShowCase(const Context& context, const std::string& kind,
                             const std::string& number) {
  v1::ShowCaseRequest request;
  request.set_kind(kind);
  request.mutable_selector()->set_number(number);
  request.mutable_selector()->set_partner(context.partner);
  return CallCases(context, kind, &v1::CaseService::Stub::Show, request);
}

Result<Report> DecideCase(const Context& context, const std::string& kind,
                          const v1::Selector& selector, const std::string& decision_id,
                          const google::protobuf::Message& decision) {
  v1::CaseDecision request;
  request.set_kind(kind);
  *request.mutable_selector() = selector;
  request.set_type(decision.GetDescriptor()->full_name());
  request.set_decision(decision.SerializeAsString());
  const auto reply = CallCases(context, kind, &v1::CaseService::Stub::Decide, request);
  if (!reply) return tl::unexpected(reply.error());
  return ReportOf(
      {decision_id, reply->business_no(), reply->result(), reply->reason(), reply->text()});
}

Result<std::string> OperationOf(const Context& context, const std::string& kind,
                                const std::string& number) {
  const Result<v1::Summary> row = ShowCase(context, kind, number);
  if (!row) return tl::unexpected(row.error());
  return row->number() == number ? std::string() : number;
}

Result<Report> CaseList(const Context& context, const Arguments& arguments) {
  const Result<std::int32_t> limit = LimitOf(arguments);
  if (!limit) return tl::unexpected(limit.error());
  const std::string kind(arguments.command->words.front());
  v1::ListCasesRequest request;
  request.set_kind(kind);
  request.set_partner(context.partner);
  request.set_limit(*limit);
  const auto reply = CallCases(context, kind, &v1::CaseService::Stub::List, request);
  if (!reply) return tl::unexpected(reply.error());
  return ListReport(reply->cases());
}

Result<Report> CaseShow(const Context& context, const Arguments& arguments) {
  const std::string kind(arguments.command->words.front());
  const Result<v1::Summary> row = ShowCase(context, kind, arguments.positionals.front());
  if (!row) return tl::unexpected(row.error());
  return ShowReport(*row);
}

}  // namespace guarantee::guaranteectl
