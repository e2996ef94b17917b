#include "dispatcher/process/remote_documents.h"

#include "crypto/digest.h"
#include "guarantee/rpc/v1/order.grpc.pb.h"
#include "rpc/server.h"

namespace guarantee::dispatcher {
namespace {

constexpr std::chrono::milliseconds kTimeout{5000};
constexpr std::size_t kBytesMax = 24U << 20;

Result<std::string> Fetch(rpc::v1::OrderService::Stub& orders, std::string_view sha256) {
  grpc::ClientContext context;
  rpc::SetDeadline(context, kTimeout);
  rpc::v1::DocumentHead head;
  head.set_sha256(std::string(sha256));
  const auto reader = orders.GetDocument(&context, head);
  std::string bytes;
  rpc::v1::DocumentChunk chunk;
  while (reader->Read(&chunk)) {
    if (bytes.size() + chunk.data().size() > kBytesMax) {
      context.TryCancel();
      return Permanent("document.size", "the document is larger than allowed");
    }
    bytes += chunk.data();
  }
  const grpc::Status status = reader->Finish();
  if (!status.ok()) return tl::unexpected(rpc::ToError(status));
  if (crypto::ToHex(crypto::Sha256(bytes)) != sha256) {
    return Retryable("document.digest", "the bytes that came are not the document's");
  }
  return bytes;
}

}  // namespace

contract::DocumentSource RemoteDocuments(const std::string& address,
                                         const std::string& tls_folder) {
  const std::shared_ptr<rpc::v1::OrderService::Stub> orders =
      rpc::v1::OrderService::NewStub(rpc::Connect(address, tls_folder));
  return [orders](std::string_view sha256) { return Fetch(*orders, sha256); };
}

}  // namespace guarantee::dispatcher
