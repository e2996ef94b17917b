#include "host/case_rpc.h"

#include <algorithm>
#include <charconv>

#include "contract/messages.h"
#include "host/flow.h"
#include "rpc/server.h"
#include "rpc/steps.h"
#include "runtime/service.h"

namespace guarantee::host {
namespace {

// Whoever called is told a status only: what is wrong with us is for our own log.
grpc::Status Failed(const Error& error) {
  if (error.kind == ErrorKind::kPermanent) {
    runtime::Log(runtime::Level::kError, "calls", "a call failed: " + Describe(error));
  }
  return rpc::ToStatus(error);
}

constexpr const char* kUnknownCode = "case.unknown";

using messaging::StoredRow;

constexpr std::int32_t kListDefault = 200;
constexpr std::int32_t kListMax = 1'000;
constexpr std::size_t kMatchesMax = 20;
constexpr int kSuccessCode = 200;
constexpr int kRefusalCode = 500;

void Fill(const service::CaseView& view, rpc::v1::Summary& summary) {
  summary.set_partner(view.partner);
  summary.set_number(view.number);
  summary.set_business_no(view.business_no);
  summary.set_state(view.state);
  summary.set_amount_fen(view.amount_fen);
  summary.set_updated_at(view.updated_at.value);
  for (const auto& [name, value] : view.details) {
    if (value.empty()) continue;
    rpc::v1::Detail& detail = *summary.add_details();
    detail.set_name(name);
    detail.set_value(value);
  }
}

void FillAnswer(contract::AnswerShape shape, const service::Outcome& outcome,
                rpc::v1::AnswerReply& reply) {
  const bool refused = outcome.verdict == machine::Verdict::kRefused;
  reply.set_code(refused ? kRefusalCode : kSuccessCode);
  reply.set_text(refused || !outcome.text.empty() ? outcome.text
                                                  : std::string(contract::messages::kDone));
  if (shape == contract::AnswerShape::kCreditCheck && !refused) {
    int code = kRefusalCode;
    const char* end = outcome.data.data() + outcome.data.size();
    if (std::from_chars(outcome.data.data(), end, code).ec == std::errc{}) reply.set_code(code);
  }
}

}  // namespace

Result<service::Outcome> CaseRpc::Run(service::Task task) const {
  auto outcome = std::make_shared<service::Outcome>();
  task.done = [outcome](const service::Outcome& told) { *outcome = told; };
  const messaging::Unit unit = needs_.units->FromTask(std::move(task));
  const Result<void> done = needs_.processor->Execute(std::span(&unit, 1));
  if (!done) return tl::unexpected(done.error());
  return *outcome;
}

Result<void> CaseRpc::WaitFor(grpc::ServerContext* context, const std::string& flow) const {
  return needs_.processor->WaitUntilPassed(flow, rpc::Remaining(*context, rpc::kDefaultDeadline));
}

grpc::Status CaseRpc::Answer(grpc::ServerContext* context, const rpc::v1::AnswerRequest* request,
                             rpc::v1::AnswerReply* reply) {
  const contract::Interface* interface = needs_.contract->FindSection(request->section());
  if (interface == nullptr) {
    return rpc::ToStatus({ErrorKind::kRefused, "case.section", "section", "no such interface"});
  }
  messaging::Envelope envelope;
  envelope.id = needs_.event_id();
  envelope.type = request->type();
  envelope.partner = request->partner();
  envelope.flow = request->flow();
  envelope.time = {request->received_at()};
  envelope.interface_section = request->section();
  envelope.business_no = request->business_no();
  envelope.traceparent = request->traceparent();
  for (const bool last : {false, true}) {
    Result<service::Task> task = needs_.desk->FromRequest(envelope, request->message());
    if (!task) return Failed(task.error());
    const Result<service::Outcome> outcome = Run(std::move(*task));
    if (!outcome) return Failed(outcome.error());
    // What is not there may lie unread on the topic: it is unknown once we have passed its end.
    if (!outcome->missing || last) {
      FillAnswer(interface->answer, *outcome, *reply);
      break;
    }
    if (Result<void> passed = WaitFor(context, request->flow()); !passed) {
      return rpc::ToStatus(passed.error());
    }
  }
  return grpc::Status::OK;
}

Result<const service::CaseKind*> CaseRpc::KindOf(const std::string& word) const {
  for (const service::CaseKind& kind : needs_.desk->kinds()) {
    if (kind.word == word) return &kind;
  }
  return Refused("case.kind", "this service has no " + word, "kind");
}

Result<std::vector<CaseRpc::Found>> CaseRpc::Matches(const service::CaseKind& kind,
                                                     const rpc::v1::Selector& selector) const {
  const auto rows =
      needs_.store->List({kind.row_kind, selector.partner(), selector.number(), kMatchesMax});
  if (!rows) return tl::unexpected(rows.error());
  std::vector<Found> found;
  for (const StoredRow& row : *rows) {
    Result<std::optional<service::CaseView>> view = needs_.desk->Describe(kind, row);
    if (!view) return tl::unexpected(view.error());
    if (*view) found.push_back({row, std::move(**view)});
  }
  return found;
}

Result<CaseRpc::Found> CaseRpc::FindOne(grpc::ServerContext* context, const service::CaseKind& kind,
                                        const rpc::v1::Selector& selector) const {
  if (selector.number().empty()) return Refused("case.number", "must be set", "number");
  Result<std::vector<Found>> found = Matches(kind, selector);
  if (!found) return tl::unexpected(found.error());
  if (found->empty()) {
    // It may be the number of anything of that kind: it could lie on any partition.
    const Result<void> passed =
        needs_.processor->WaitUntilAllPassed(rpc::Remaining(*context, rpc::kDefaultDeadline));
    if (!passed) return tl::unexpected(passed.error());
    found = Matches(kind, selector);
    if (!found) return tl::unexpected(found.error());
  }
  if (found->empty()) return Refused(kUnknownCode, "no " + kind.word + " has this number");
  if (found->size() > 1) {
    std::string list;
    for (const Found& one : *found) list += " " + one.row.key.id;
    return Refused("case.ambiguous", "several have this number:" + list, "number");
  }
  return std::move(found->front());
}

Result<messaging::RowKey> CaseRpc::Opened(const service::CaseKind& kind,
                                          const rpc::v1::CaseDecision& request) const {
  const rpc::v1::Selector& selector = request.selector();
  if (!needs_.desk->Opens(request.type(), request.decision())) {
    return Refused(kUnknownCode, "no " + kind.word + " has this number");
  }
  const bool known = std::find(needs_.partners.begin(), needs_.partners.end(),
                               selector.partner()) != needs_.partners.end();
  if (!known) return Refused("case.partner", "must name the partner of a new case", "partner");
  return messaging::RowKey{
      kind.row_kind, contract::JoinFlow(selector.partner(), kind.flow_kind, selector.number())};
}

grpc::Status CaseRpc::Decide(grpc::ServerContext* context, const rpc::v1::CaseDecision* request,
                             rpc::v1::CaseOutcome* reply) {
  const Result<const service::CaseKind*> kind = KindOf(request->kind());
  if (!kind) return rpc::ToStatus(kind.error());
  const Result<Found> found = FindOne(context, **kind, request->selector());
  messaging::RowKey subject;
  std::string partner;
  if (found) {
    subject = found->row.key;
    partner = found->view.partner;
  } else {
    if (found.error().code != kUnknownCode) return rpc::ToStatus(found.error());
    const Result<messaging::RowKey> opened = Opened(**kind, *request);
    if (!opened) return rpc::ToStatus(opened.error());
    subject = *opened;
    partner = request->selector().partner();
  }
  Result<service::Task> task =
      needs_.desk->FromDecision(subject, partner, request->type(), request->decision());
  if (!task) return Failed(task.error());
  const Result<service::Outcome> outcome = Run(std::move(*task));
  if (!outcome) return Failed(outcome.error());
  reply->set_result(std::string(service::ResultWord(*outcome)));
  reply->set_reason(outcome->word);
  reply->set_text(outcome->text);
  reply->set_business_no(outcome->business_no);
  return grpc::Status::OK;
}

grpc::Status CaseRpc::List(grpc::ServerContext*, const rpc::v1::ListCasesRequest* request,
                           rpc::v1::ListCasesReply* reply) {
  const Result<const service::CaseKind*> kind = KindOf(request->kind());
  if (!kind) return rpc::ToStatus(kind.error());
  const std::int32_t limit = request->limit() == 0 ? kListDefault : request->limit();
  if (limit < 0 || limit > kListMax) {
    return rpc::ToStatus({ErrorKind::kRefused, "case.limit", "limit", "must be 1 to 1000"});
  }
  const auto rows = needs_.store->List(
      {(*kind)->row_kind, request->partner(), {}, static_cast<std::size_t>(limit)});
  if (!rows) return rpc::ToStatus(rows.error());
  for (const StoredRow& row : *rows) {
    const auto view = needs_.desk->Describe(**kind, row);
    if (!view) return rpc::ToStatus(view.error());
    if (*view) Fill(**view, *reply->add_cases());
  }
  return grpc::Status::OK;
}

grpc::Status CaseRpc::Show(grpc::ServerContext* context, const rpc::v1::ShowCaseRequest* request,
                           rpc::v1::Summary* reply) {
  const Result<const service::CaseKind*> kind = KindOf(request->kind());
  if (!kind) return rpc::ToStatus(kind.error());
  Result<Found> found = FindOne(context, **kind, request->selector());
  if (!found) return rpc::ToStatus(found.error());
  found->view.details.emplace_back("flow", found->row.key.id);
  Fill(found->view, *reply);
  return grpc::Status::OK;
}

grpc::Status CaseRpc::Flow(grpc::ServerContext*, const rpc::v1::FlowRequest* request,
                           rpc::v1::FlowReply* reply) {
  const Result<void> filled = FillFlow(*needs_.store, request->flow(), *reply);
  return filled ? grpc::Status::OK : rpc::ToStatus(filled.error());
}

grpc::Status CaseRpc::GetLag(grpc::ServerContext* context, const rpc::v1::LagRequest*,
                             rpc::v1::LagReply* reply) {
  const Result<void> filled = rpc::FillLag(*needs_.lag, needs_.processor->state().consumer.trouble,
                                           rpc::Remaining(*context, rpc::kDefaultDeadline), *reply);
  return filled ? grpc::Status::OK : rpc::ToStatus(filled.error());
}

}  // namespace guarantee::host
