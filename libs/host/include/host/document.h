// A stored document as a stream of chunks.
#pragma once

#include <grpcpp/grpcpp.h>

#include "guarantee/rpc/v1/order.pb.h"
#include "sql/write_store.h"

namespace guarantee::host {

// 64 KiB a chunk, the head in the first. CANCELLED: the caller went away. Any thread.
[[nodiscard]] grpc::Status WriteDocument(const sql::Document& document,
                                         grpc::ServerWriter<rpc::v1::DocumentChunk>& writer);

}  // namespace guarantee::host
