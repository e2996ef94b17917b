#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "guarantee/rpc/v1/dispatcher.grpc.pb.h"
#include "guaranteectl/client.h"
#include "guaranteectl/commands.h"

namespace guarantee::guaranteectl {
namespace {

namespace v1 = guarantee::rpc::v1;

constexpr std::array<std::string_view, 4> kStates{"pending", "parked", "accepted", "expired"};

Json RowJson(const v1::NoticeRow& row) {
  return {{"id", row.id()},
          {"partner", row.partner()},
          {"section", row.section()},
          {"flow", row.flow()},
          {"state", row.state()},
          {"attempts", row.attempts()},
          {"next_attempt_at", MomentJson(row.next_attempt_at())},
          {"last_answer", row.last_answer()}};
}

Result<v1::ListNoticesRequest> RequestOf(const Context& context, const Arguments& arguments) {
  v1::ListNoticesRequest request;
  request.set_partner(context.partner);
  const std::string state = arguments.Value("--state");
  if (!state.empty() && std::find(kStates.begin(), kStates.end(), state) == kStates.end()) {
    return Refused(kUsageCode,
                   fmt::format("--state {}: expected {}", state, fmt::join(kStates, ", ")));
  }
  request.set_state(state);
  if (arguments.Has("--limit")) {
    const std::string text = arguments.Value("--limit");
    std::int32_t limit = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), limit);
    if (error != std::errc{} || end != text.data() + text.size() || limit < 1) {
      return Refused(kUsageCode, "--limit must be a number from 1");
    }
    request.set_limit(limit);
  }
  return request;
}

}  // namespace

Result<Report> NoticeList(const Context& context, const Arguments& arguments) {
  const Result<v1::ListNoticesRequest> request = RequestOf(context, arguments);
  if (!request) return tl::unexpected(request.error());
  const auto reply = Call<v1::DispatcherService>(
      context.endpoints.tls_folder, context.endpoints.dispatcher, "dispatcher",
      &v1::DispatcherService::Stub::ListNotices, *request);
  if (!reply) return tl::unexpected(reply.error());
  Report report{Json::array(), {}, Exit::kDone, {}};
  Table table({"id", "partner", "section", "flow", "state", "attempts", "next_attempt_at (UTC+8)",
               "last_answer"});
  for (const v1::NoticeRow& row : reply->notices()) {
    report.document.push_back(RowJson(row));
    table.Add({row.id(), row.partner(), row.section(), row.flow(), row.state(),
               std::to_string(row.attempts()), MomentText(row.next_attempt_at()),
               row.last_answer()});
  }
  report.text = table.Text();
  return report;
}

Result<Report> NoticeRetry(const Context& context, const Arguments& arguments) {
  v1::RetryNoticeRequest request;
  request.set_id(arguments.positionals.front());
  request.set_requested_by(context.decided_by);
  request.set_partner(context.partner);
  const auto reply =
      Call<v1::DispatcherService>(context.endpoints.tls_folder, context.endpoints.dispatcher,
                                  "dispatcher", &v1::DispatcherService::Stub::RetryNotice, request);
  if (!reply) return tl::unexpected(reply.error());
  Report report;
  report.document = {{"id", request.id()}, {"result", reply->result()}};
  if (!reply->reason().empty()) report.document["reason"] = reply->reason();
  if (reply->result() == "refused") {
    report.exit = Exit::kRefused;
    report.warning = fmt::format("{} refused: {}", request.id(), reply->reason());
  } else {
    report.text = fmt::format("{}: {}\n", request.id(), reply->result());
  }
  return report;
}

}  // namespace guarantee::guaranteectl
