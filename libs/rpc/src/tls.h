// Credentials out of a folder, kept fresh by gRPC itself.
#pragma once

#include <grpcpp/grpcpp.h>

#include <memory>
#include <string>

#include "base/result.h"

namespace guarantee::rpc {

// Refused "rpc.tls" naming the first file that cannot be read.
[[nodiscard]] Result<void> CheckTls(const std::string& folder);
// A caller without a certificate of the same authority is turned away.
[[nodiscard]] std::shared_ptr<grpc::ServerCredentials> ServerTls(const std::string& folder);
// The server's certificate has to name the host that was dialled.
[[nodiscard]] std::shared_ptr<grpc::ChannelCredentials> ChannelTls(const std::string& folder);

}  // namespace guarantee::rpc
