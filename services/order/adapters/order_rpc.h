// The order service over gRPC: decisions as calls, look-ups, documents, lag.
#pragma once

#include <memory>
#include <string>

#include "guarantee/rpc/v1/order.grpc.pb.h"
#include "host/write_path.h"
#include "order/app/order_tasks.h"
#include "sql/write_store.h"

namespace guarantee::order {

// Everything given outlives it; `path` is started.
class OrderRpc final : public rpc::v1::OrderService::Service {
 public:
  OrderRpc(OrderTasks& tasks, sql::SqlDocumentStore& documents, LetterMaker& letters,
           host::WritePath& path)
      : tasks_(tasks), documents_(documents), letters_(letters), path_(path) {}

  grpc::Status Decide(grpc::ServerContext* context, const rpc::v1::DecideRequest* request,
                      rpc::v1::DecideReply* reply) override;
  grpc::Status List(grpc::ServerContext* context, const rpc::v1::ListOrdersRequest* request,
                    rpc::v1::ListOrdersReply* reply) override;
  grpc::Status Show(grpc::ServerContext* context, const rpc::v1::Selector* request,
                    rpc::v1::Summary* reply) override;
  grpc::Status Flow(grpc::ServerContext* context, const rpc::v1::FlowRequest* request,
                    rpc::v1::FlowReply* reply) override;
  grpc::Status SpendRedirect(grpc::ServerContext* context,
                             const rpc::v1::SpendRedirectRequest* request,
                             rpc::v1::SpendRedirectReply* reply) override;
  grpc::Status PutDocument(grpc::ServerContext* context,
                           grpc::ServerReader<rpc::v1::DocumentChunk>* reader,
                           rpc::v1::DocumentHead* reply) override;
  grpc::Status GetDocument(grpc::ServerContext* context, const rpc::v1::DocumentHead* request,
                           grpc::ServerWriter<rpc::v1::DocumentChunk>* writer) override;
  grpc::Status GetLag(grpc::ServerContext* context, const rpc::v1::LagRequest* request,
                      rpc::v1::LagReply* reply) override;

 private:
  // The order's row behind a token; refused "order.unknown".
  [[nodiscard]] Result<messaging::StoredRow> FindByToken(grpc::ServerContext* context,
                                                         const std::string& token);
  // The one order that the selector means; refused "order.unknown" or "order.ambiguous".
  [[nodiscard]] Result<messaging::StoredRow> FindOne(grpc::ServerContext* context,
                                                     const rpc::v1::Selector& selector);
  [[nodiscard]] Result<std::vector<messaging::StoredRow>> Matches(
      const rpc::v1::Selector& selector);

  OrderTasks& tasks_;
  sql::SqlDocumentStore& documents_;
  LetterMaker& letters_;
  host::WritePath& path_;
};

}  // namespace guarantee::order
