#include "host/case_rpc.h"

#include <algorithm>
#include <charconv>

#include "contract/messages.h"
#include "host/attachments.h"
#include "host/call.h"
#include "host/flow.h"
#include "rpc/server.h"
#include "rpc/steps.h"

namespace guarantee::host {
namespace {

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

Result<void> CaseRpc::WaitFor(grpc::ServerContext* context, const std::string& flow) const {
  return path_.processor().WaitUntilPassed(flow, rpc::Remaining(*context, rpc::kDefaultDeadline));
}

grpc::Status CaseRpc::Answer(grpc::ServerContext* context, const rpc::v1::AnswerRequest* request,
                             rpc::v1::AnswerReply* reply) {
  const contract::Interface* interface = contract_->FindSection(request->section());
  if (interface == nullptr) {
    return Failed(Error{ErrorKind::kRefused, "case.section", "section", "no such interface"});
  }
  messaging::Envelope envelope;
  envelope.id = path_.NewId();
  envelope.type = request->type();
  envelope.partner = request->partner();
  envelope.flow = request->flow();
  envelope.time = {request->received_at()};
  envelope.interface_section = request->section();
  envelope.business_no = request->business_no();
  envelope.traceparent = request->traceparent();
  for (const bool last : {false, true}) {
    Result<service::Task> task = desk_.FromRequest(envelope, request->message());
    if (!task) return Failed(task.error());
    const Result<service::Outcome> outcome = path_.Run(std::move(*task));
    if (!outcome) return Failed(outcome.error());
    // What is not there may lie unread on the topic: it is unknown once we have passed its end.
    if (!outcome->missing || last) {
      FillAnswer(interface->answer, *outcome, *reply);
      break;
    }
    if (Result<void> passed = WaitFor(context, request->flow()); !passed) {
      return Failed(passed.error());
    }
  }
  return grpc::Status::OK;
}

Result<const service::CaseKind*> CaseRpc::KindOf(const std::string& word) const {
  for (const service::CaseKind& kind : desk_.kinds()) {
    if (kind.word == word) return &kind;
  }
  return Refused("case.kind", "this service has no " + word, "kind");
}

Result<std::vector<CaseRpc::Found>> CaseRpc::Matches(const service::CaseKind& kind,
                                                     const rpc::v1::Selector& selector) const {
  const auto rows =
      path_.store().List({kind.row_kind, selector.partner(), selector.number(), kMatchesMax});
  if (!rows) return tl::unexpected(rows.error());
  std::vector<Found> found;
  for (const StoredRow& row : *rows) {
    Result<std::optional<service::CaseView>> view = desk_.Describe(kind, row);
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
        path_.processor().WaitUntilAllPassed(rpc::Remaining(*context, rpc::kDefaultDeadline));
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
  if (!desk_.Opens(request.type(), request.decision())) {
    return Refused(kUnknownCode, "no " + kind.word + " has this number");
  }
  const bool known = std::find(path_.options().partners.begin(), path_.options().partners.end(),
                               selector.partner()) != path_.options().partners.end();
  if (!known) return Refused("case.partner", "must name the partner of a new case", "partner");
  return messaging::RowKey{
      kind.row_kind, contract::JoinFlow(selector.partner(), kind.flow_kind, selector.number())};
}

grpc::Status CaseRpc::Decide(grpc::ServerContext* context, const rpc::v1::CaseDecision* request,
                             rpc::v1::CaseOutcome* reply) {
  const Result<const service::CaseKind*> kind = KindOf(request->kind());
  if (!kind) return Failed(kind.error());
  const Result<Found> found = FindOne(context, **kind, request->selector());
  messaging::RowKey subject;
  std::string partner;
  if (found) {
    subject = found->row.key;
    partner = found->view.partner;
  } else {
    if (found.error().code != kUnknownCode) return Failed(found.error());
    const Result<messaging::RowKey> opened = Opened(**kind, *request);
    if (!opened) return Failed(opened.error());
    subject = *opened;
    partner = request->selector().partner();
  }
  Result<service::Task> task =
      desk_.FromDecision(subject, partner, request->type(), request->decision());
  if (!task) return Failed(task.error());
  const Result<service::Outcome> outcome = path_.Run(std::move(*task));
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
  if (!kind) return Failed(kind.error());
  const std::int32_t limit = request->limit() == 0 ? kListDefault : request->limit();
  if (limit < 0 || limit > kListMax) {
    return Failed(Error{ErrorKind::kRefused, "case.limit", "limit", "must be 1 to 1000"});
  }
  const auto rows = path_.store().List(
      {(*kind)->row_kind, request->partner(), {}, static_cast<std::size_t>(limit)});
  if (!rows) return Failed(rows.error());
  for (const StoredRow& row : *rows) {
    const auto view = desk_.Describe(**kind, row);
    if (!view) return Failed(view.error());
    if (*view) Fill(**view, *reply->add_cases());
  }
  return grpc::Status::OK;
}

grpc::Status CaseRpc::Show(grpc::ServerContext* context, const rpc::v1::ShowCaseRequest* request,
                           rpc::v1::Summary* reply) {
  const Result<const service::CaseKind*> kind = KindOf(request->kind());
  if (!kind) return Failed(kind.error());
  Result<Found> found = FindOne(context, **kind, request->selector());
  if (!found) return Failed(found.error());
  found->view.details.emplace_back("flow", found->row.key.id);
  Fill(found->view, *reply);
  const Result<void> added = AddAttachments(path_.store(), found->row.key.id, *reply);
  return added ? grpc::Status::OK : Failed(added.error());
}

grpc::Status CaseRpc::Flow(grpc::ServerContext*, const rpc::v1::FlowRequest* request,
                           rpc::v1::FlowReply* reply) {
  const Result<void> filled = FillFlow(path_.store(), request->flow(), *reply);
  return filled ? grpc::Status::OK : Failed(filled.error());
}

grpc::Status CaseRpc::GetLag(grpc::ServerContext* context, const rpc::v1::LagRequest*,
                             rpc::v1::LagReply* reply) {
  const Result<void> filled = rpc::FillLag(path_.lag(), path_.State().consumer.trouble,
                                           rpc::Remaining(*context, rpc::kDefaultDeadline), *reply);
  return filled ? grpc::Status::OK : Failed(filled.error());
}

}  // namespace guarantee::host
