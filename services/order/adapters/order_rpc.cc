#include "order/adapters/order_rpc.h"

#include <algorithm>

#include "host/attachments.h"
#include "host/call.h"
#include "host/document.h"
#include "host/flow.h"
#include "order/adapters/order_codec.h"
#include "order/app/order_view.h"
#include "rpc/server.h"
#include "rpc/steps.h"

namespace guarantee::order {
namespace {

using host::Failed;
using messaging::StoredRow;

constexpr std::int32_t kListDefault = 200;
constexpr std::int32_t kListMax = 1'000;
constexpr std::size_t kMatchesMax = 20;
constexpr std::size_t kVisitIdBytesMax = 64;

void Add(rpc::v1::Summary& summary, const char* name, const std::string& value) {
  if (value.empty()) return;
  rpc::v1::Detail& detail = *summary.add_details();
  detail.set_name(name);
  detail.set_value(value);
}

void Fill(const StoredRow& row, rpc::v1::Summary& summary) {
  summary.set_partner(row.summary.partner);
  summary.set_number(row.summary.number);
  summary.set_business_no(row.summary.business_no);
  summary.set_state(row.summary.status);
  summary.set_amount_fen(row.summary.amount_fen);
  summary.set_updated_at(row.updated_at.value);
}

}  // namespace

Result<std::vector<StoredRow>> OrderRpc::Matches(const rpc::v1::Selector& selector) {
  messaging::RowFilter filter{kOrderKind, selector.partner(), selector.number(), kMatchesMax};
  Result<std::vector<StoredRow>> rows = path_.store().List(filter);
  if (!rows) return rows;
  filter.kind = kGuaranteeKind;
  const Result<std::vector<StoredRow>> guarantees = path_.store().List(filter);
  if (!guarantees) return tl::unexpected(guarantees.error());
  for (const StoredRow& guarantee : *guarantees) {
    const Result<letter::GuaranteeRecord> record = letter::ParseGuarantee(guarantee.state);
    if (!record) return tl::unexpected(record.error());
    Result<std::optional<StoredRow>> order = path_.store().Load({kOrderKind, record->order_flow});
    if (!order) return tl::unexpected(order.error());
    const bool known = std::any_of(rows->begin(), rows->end(), [&](const StoredRow& one) {
      return one.key.id == record->order_flow;
    });
    if (*order && !known) rows->push_back(std::move(**order));
  }
  return rows;
}

Result<StoredRow> OrderRpc::FindOne(grpc::ServerContext* context,
                                    const rpc::v1::Selector& selector) {
  if (selector.number().empty()) return Refused("order.number", "must be set", "number");
  Result<std::vector<StoredRow>> rows = Matches(selector);
  if (!rows) return tl::unexpected(rows.error());
  if (rows->empty()) {
    // It may lie unread on the topic, and be the number of anything: what is unknown now is known
    // once we have passed the end of every partition.
    const Result<void> passed =
        path_.processor().WaitUntilAllPassed(rpc::Remaining(*context, rpc::kDefaultDeadline));
    if (!passed) return tl::unexpected(passed.error());
    rows = Matches(selector);
    if (!rows) return tl::unexpected(rows.error());
  }
  if (rows->empty()) return Refused("order.unknown", "no order has this number", "number");
  if (rows->size() > 1) {
    std::string list;
    for (const StoredRow& row : *rows) list += " " + row.key.id;
    return Refused("order.ambiguous", "several orders have this number:" + list, "number");
  }
  return std::move(rows->front());
}

Result<StoredRow> OrderRpc::FindByToken(grpc::ServerContext* context, const std::string& token) {
  if (token.empty()) return Refused("order.token", "must be set", "token");
  for (const bool last : {false, true}) {
    const auto link = path_.store().Load({kRedirectKind, token});
    if (!link) return tl::unexpected(link.error());
    if (*link) {
      auto order = path_.store().Load({kOrderKind, (*link)->state});
      if (!order) return tl::unexpected(order.error());
      if (*order) return std::move(**order);
    }
    if (last) break;
    const Result<void> passed =
        path_.processor().WaitUntilAllPassed(rpc::Remaining(*context, rpc::kDefaultDeadline));
    if (!passed) return tl::unexpected(passed.error());
  }
  return Refused("order.unknown", "no order has this token", "token");
}

grpc::Status OrderRpc::SpendRedirect(grpc::ServerContext* context,
                                     const rpc::v1::SpendRedirectRequest* request,
                                     rpc::v1::SpendRedirectReply* reply) {
  const Result<StoredRow> row = FindByToken(context, request->token());
  if (!row) return Failed(row.error());
  if (request->visit_id().size() > kVisitIdBytesMax) {
    return Failed(Error{ErrorKind::kRefused, "order.visit", "visit_id", "is longer than 64"});
  }
  Result<service::Task> task =
      tasks_.FromRedirect(row->summary.partner, row->key.id, request->visit_id());
  if (!task) return Failed(task.error());
  const Result<service::Outcome> outcome = path_.Run(std::move(*task));
  if (!outcome) return Failed(outcome.error());
  reply->set_result(std::string(service::ResultWord(*outcome)));
  reply->set_reason(outcome->word);
  reply->set_text(outcome->text);
  reply->set_partner(row->summary.partner);
  reply->set_order_no(row->summary.number);
  reply->set_business_no(row->summary.business_no);
  reply->set_flow(row->key.id);
  return grpc::Status::OK;
}

grpc::Status OrderRpc::Decide(grpc::ServerContext* context, const rpc::v1::DecideRequest* request,
                              rpc::v1::DecideReply* reply) {
  const Result<StoredRow> row = FindOne(context, request->selector());
  if (!row) return Failed(row.error());
  Result<service::Task> task =
      tasks_.FromCall(row->summary.partner, row->key.id, request->decision());
  if (!task) return Failed(task.error());
  const Result<service::Outcome> outcome = path_.Run(std::move(*task));
  if (!outcome) return Failed(outcome.error());
  reply->set_decision_id(request->decision().decision_id());
  reply->set_result(std::string(service::ResultWord(*outcome)));
  reply->set_reason(outcome->word);
  reply->set_text(outcome->text);
  reply->set_business_no(outcome->business_no);
  return grpc::Status::OK;
}

grpc::Status OrderRpc::List(grpc::ServerContext*, const rpc::v1::ListOrdersRequest* request,
                            rpc::v1::ListOrdersReply* reply) {
  const std::int32_t limit = request->limit() == 0 ? kListDefault : request->limit();
  if (limit < 0 || limit > kListMax) {
    return Failed(Error{ErrorKind::kRefused, "order.limit", "limit", "must be 1 to 1000"});
  }
  const Result<std::vector<StoredRow>> rows =
      path_.store().List({kOrderKind, request->partner(), {}, static_cast<std::size_t>(limit)});
  if (!rows) return Failed(rows.error());
  for (const StoredRow& row : *rows) Fill(row, *reply->add_orders());
  return grpc::Status::OK;
}

grpc::Status OrderRpc::Show(grpc::ServerContext* context, const rpc::v1::Selector* request,
                            rpc::v1::Summary* reply) {
  const Result<StoredRow> row = FindOne(context, *request);
  if (!row) return Failed(row.error());
  const Result<Order> order = ParseOrder(row->state);
  if (!order) return Failed(order.error());
  Fill(*row, *reply);
  Add(*reply, "flow", row->key.id);
  for (const auto& [name, value] : DetailsOf(*order)) Add(*reply, name.c_str(), value);
  const Result<void> added = host::AddAttachments(path_.store(), row->key.id, *reply);
  return added ? grpc::Status::OK : Failed(added.error());
}

grpc::Status OrderRpc::Flow(grpc::ServerContext*, const rpc::v1::FlowRequest* request,
                            rpc::v1::FlowReply* reply) {
  const Result<void> filled = host::FillFlow(path_.store(), request->flow(), *reply);
  return filled ? grpc::Status::OK : Failed(filled.error());
}

grpc::Status OrderRpc::PutDocument(grpc::ServerContext*,
                                   grpc::ServerReader<rpc::v1::DocumentChunk>* reader,
                                   rpc::v1::DocumentHead* reply) {
  std::string bytes;
  rpc::v1::DocumentChunk chunk;
  while (reader->Read(&chunk)) {
    if (bytes.size() + chunk.data().size() > sql::kDocumentBytesMax) {
      return Failed(Error{ErrorKind::kRefused, "document.size", "data", "at most 24 MiB"});
    }
    bytes += chunk.data();
  }
  const Result<DocumentFacts> facts = letters_.Keep(bytes);
  if (!facts) return Failed(facts.error());
  reply->set_sha256(facts->sha256);
  reply->set_media_type(facts->media_type);
  reply->set_size_bytes(facts->size_bytes);
  return grpc::Status::OK;
}

grpc::Status OrderRpc::GetDocument(grpc::ServerContext*, const rpc::v1::DocumentHead* request,
                                   grpc::ServerWriter<rpc::v1::DocumentChunk>* writer) {
  const Result<sql::Document> document = documents_.Get(request->sha256());
  return document ? host::WriteDocument(*document, *writer) : Failed(document.error());
}

grpc::Status OrderRpc::GetLag(grpc::ServerContext* context, const rpc::v1::LagRequest*,
                              rpc::v1::LagReply* reply) {
  const Result<void> filled = rpc::FillLag(path_.lag(), path_.State().consumer.trouble,
                                           rpc::Remaining(*context, rpc::kDefaultDeadline), *reply);
  return filled ? grpc::Status::OK : Failed(filled.error());
}

}  // namespace guarantee::order
