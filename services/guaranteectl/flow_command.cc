#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>

#include "contract/flow.h"
#include "guarantee/rpc/v1/case.grpc.pb.h"
#include "guarantee/rpc/v1/dispatcher.grpc.pb.h"
#include "guarantee/rpc/v1/gateway.grpc.pb.h"
#include "guarantee/rpc/v1/order.grpc.pb.h"
#include "guaranteectl/case_calls.h"
#include "guaranteectl/client.h"
#include "guaranteectl/commands.h"

namespace guarantee::guaranteectl {
namespace {

namespace v1 = guarantee::rpc::v1;

constexpr const char* kFlowDetail = "flow";
constexpr const char* kUnknownCode = "rpc.unknown";
// A guarantee's claims and invoices have its number too; each is a flow of its own.
constexpr std::array<const char*, 4> kKinds{"guarantee", "claim", "invoice", "credit"};

void AddFlowOf(const v1::Summary& row, std::set<std::string>& flows) {
  for (const v1::Detail& detail : row.details()) {
    if (detail.name() == kFlowDetail) flows.insert(detail.value());
  }
}

// Numbers that we minted: the owners of orders and cases know them. What names nothing is no
// failure here, what cannot be asked is.
Result<std::set<std::string>> FindCases(const Context& context, const std::string& number) {
  std::set<std::string> flows;
  v1::Selector selector;
  selector.set_number(number);
  selector.set_partner(context.partner);
  std::vector<Result<v1::Summary>> rows;
  rows.push_back(Call<v1::OrderService>(context.endpoints.tls_folder, context.endpoints.order,
                                        "order", &v1::OrderService::Stub::Show, selector));
  for (const char* kind : kKinds) {
    if (IsReachable(context, kind)) rows.push_back(ShowCase(context, kind, number));
  }
  for (const Result<v1::Summary>& row : rows) {
    if (row) {
      AddFlowOf(*row, flows);
    } else if (row.error().kind != ErrorKind::kRefused || row.error().code != kUnknownCode) {
      return tl::unexpected(row.error());
    }
  }
  return flows;
}

struct Found {
  std::set<std::string> flows;
  // Where nobody has the number: the flows in which it would have been answered.
  std::vector<std::string> candidates;
};

// The register knows a request before any service does.
Result<Found> FindFlows(const Context& context, const std::string& number) {
  v1::Selector selector;
  selector.set_number(number);
  selector.set_partner(context.partner);
  Found found;
  const auto registered =
      Call<v1::GatewayService>(context.endpoints.tls_folder, context.endpoints.gateway, "gateway",
                               &v1::GatewayService::Stub::FindFlows, selector);
  if (registered) {
    found.flows.insert(registered->flows().begin(), registered->flows().end());
    found.candidates.assign(registered->candidates().begin(), registered->candidates().end());
  }
  if (!found.flows.empty()) return found;
  auto cases = FindCases(context, number);
  if (!cases) return tl::unexpected(cases.error());
  found.flows = *std::move(cases);
  return found;
}

// An order is found by the number of its letter as well; who gives that means the letter.
std::set<std::string> OwnersOf(const std::set<std::string>& flows, const std::string& number) {
  std::set<std::string> owners;
  for (const std::string& flow : flows) {
    const Result<contract::FlowKey> key = contract::SplitFlow(flow);
    if (key && key->number == number) owners.insert(flow);
  }
  return owners.empty() ? flows : owners;
}

// The steps of every owner, and who could not be asked.
struct Gathered {
  std::vector<v1::Step> steps;
  std::vector<std::string> missing;
};

Result<void> Add(Result<v1::FlowReply> reply, const std::string& owner, Gathered& gathered) {
  if (reply) {
    gathered.steps.insert(gathered.steps.end(), reply->steps().begin(), reply->steps().end());
    return {};
  }
  if (reply.error().kind != ErrorKind::kRetryable) return tl::unexpected(reply.error());
  gathered.missing.push_back(owner);
  return {};
}

Result<Gathered> Gather(const Context& context, const std::string& flow) {
  v1::FlowRequest request;
  request.set_flow(flow);
  Gathered gathered;
  // In the order in which they act, so that what has the same time stays so.
  Result<void> added =
      Add(Call<v1::GatewayService>(context.endpoints.tls_folder, context.endpoints.gateway,
                                   "gateway", &v1::GatewayService::Stub::Flow, request),
          "gateway", gathered);
  std::set<std::vector<std::string>> asked;  // one process may have the cases of all
  for (const std::string_view service : CaseServices()) {
    const std::vector<std::string>& addresses = *CasesAt(context.endpoints, service);
    if (!added || addresses.empty() || !asked.insert(addresses).second) continue;
    const std::string name(service);
    added = Add(Call<v1::CaseService>(context.endpoints.tls_folder, addresses, name.c_str(),
                                      &v1::CaseService::Stub::Flow, request),
                name, gathered);
  }
  if (added) {
    added =
        Add(Call<v1::DispatcherService>(context.endpoints.tls_folder, context.endpoints.dispatcher,
                                        "dispatcher", &v1::DispatcherService::Stub::Flow, request),
            "dispatcher", gathered);
  }
  if (!added) return tl::unexpected(added.error());
  std::stable_sort(
      gathered.steps.begin(), gathered.steps.end(),
      [](const v1::Step& left, const v1::Step& right) { return left.at() < right.at(); });
  return gathered;
}

// What names an order that nobody knows (a cancellation of it, say) is in no register and no
// state: only its steps tell that it was answered.
Result<std::set<std::string>> WithSteps(const Context& context,
                                        const std::vector<std::string>& candidates) {
  std::set<std::string> flows;
  for (const std::string& flow : candidates) {
    const Result<Gathered> gathered = Gather(context, flow);
    if (!gathered) return tl::unexpected(gathered.error());
    if (!gathered->steps.empty()) {
      flows.insert(flow);
    } else if (!gathered->missing.empty()) {
      return Retryable("flow.incomplete",
                       fmt::format("nothing is known of {}, but {} cannot be reached", flow,
                                   fmt::join(gathered->missing, ", ")));
    }
  }
  return flows;
}

Result<std::string> ResolveFlow(const Context& context, const std::string& number) {
  if (contract::SplitFlow(number)) return number;  // a flow key itself
  Result<Found> found = FindFlows(context, number);
  if (!found) return tl::unexpected(found.error());
  if (found->flows.empty()) {
    auto answered = WithSteps(context, found->candidates);
    if (!answered) return tl::unexpected(answered.error());
    found->flows = *std::move(answered);
  }
  if (found->flows.empty()) return Refused("flow.unknown", number + " names nothing");
  const std::set<std::string> owners = OwnersOf(found->flows, number);
  if (owners.size() > 1) {
    return Refused("flow.ambiguous",
                   fmt::format("{} names several things, narrow with --partner or give one of: {}",
                               number, fmt::join(owners, " ")));
  }
  return *owners.begin();
}

bool HasRecord(const v1::Step& step) {
  return !step.topic().empty() && step.partition() >= 0 && step.offset() >= 0;
}

Json StepJson(const v1::Step& step) {
  const bool record = HasRecord(step);
  return {{"at", MomentJson(step.at())},
          {"kind", step.kind()},
          {"section", step.section()},
          {"topic", step.topic()},
          {"partition", record ? Json(step.partition()) : Json(nullptr)},
          {"offset", record ? Json(step.offset()) : Json(nullptr)},
          {"detail", step.detail()}};
}

std::string MillisText(std::int64_t at) {
  return fmt::format("{}.{:03}", MomentText(at), at % 1000);
}

}  // namespace

Result<Report> FlowShow(const Context& context, const Arguments& arguments) {
  const Result<std::string> flow = ResolveFlow(context, arguments.positionals.front());
  if (!flow) return tl::unexpected(flow.error());
  const Result<Gathered> gathered = Gather(context, *flow);
  if (!gathered) return tl::unexpected(gathered.error());
  if (gathered->steps.empty() && gathered->missing.empty()) {
    return Refused("flow.unknown", "nothing is known of " + *flow);
  }
  Report report{{{"flow", *flow}, {"steps", Json::array()}}, {}, Exit::kDone, {}};
  Table table({"at (UTC+8)", "kind", "section", "topic", "partition", "offset", "detail"});
  for (const v1::Step& step : gathered->steps) {
    report.document["steps"].push_back(StepJson(step));
    const bool record = HasRecord(step);
    table.Add({MillisText(step.at()), step.kind(), step.section(), step.topic(),
               record ? std::to_string(step.partition()) : "",
               record ? std::to_string(step.offset()) : "", step.detail()});
  }
  report.text = *flow + "\n\n" + table.Text();
  if (!gathered->missing.empty()) {
    report.exit = Exit::kUnreachable;
    report.warning = fmt::format("steps of {} are missing: it cannot be reached",
                                 fmt::join(gathered->missing, ", "));
  }
  return report;
}

}  // namespace guarantee::guaranteectl
