#include "host/document.h"

#include <grpcpp/support/sync_stream.h>

namespace guarantee::host {
namespace {

constexpr std::size_t kChunkBytes = 64U << 10;

}  // namespace

grpc::Status WriteDocument(const sql::Document& document,
                           grpc::ServerWriter<rpc::v1::DocumentChunk>& writer) {
  for (std::size_t at = 0; at < document.bytes.size(); at += kChunkBytes) {
    rpc::v1::DocumentChunk chunk;
    if (at == 0) {
      chunk.mutable_head()->set_sha256(document.sha256);
      chunk.mutable_head()->set_media_type(document.media_type);
      chunk.mutable_head()->set_size_bytes(static_cast<std::int64_t>(document.bytes.size()));
    }
    chunk.set_data(document.bytes.substr(at, kChunkBytes));
    if (!writer.Write(chunk)) return {grpc::StatusCode::CANCELLED, "the caller went away"};
  }
  return grpc::Status::OK;
}

}  // namespace guarantee::host
